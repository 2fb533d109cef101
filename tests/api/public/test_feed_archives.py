"""Atom's archive documents and the sitemaps: every article is in exactly one of each, and only the clock moves it."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app import clock
from app.domain.calendar import date_at, find_zone, start_of_day
from app.domain.instant import SECOND_US, format_instant, parse_instant
from app.queries.feeds import feeds
from app.syndication.feed_document import urn_for
from tests.api.public.reading_feeds import fetch, ids_in, link, locations, path_of, walk_archives
from tests.archive import ArchivedArticle, make_archive, matching
from tests.conftest import NOW, Store
from tests.records import article, edition

HOUR_US = 3_600 * SECOND_US
MIN_CURRENT = 40


def text_of(instant: int) -> str:
    """Return an instant as records have it."""
    return format_instant(instant, find_zone("UTC"))


@pytest.mark.parametrize("query", ["", "?tag=trams", "?section=city&label=opinion", "?tag=nobody-knows-it"])
async def test_every_article_is_in_the_subscription_document_or_an_archive(
    client: httpx.AsyncClient, store: Store, query: str
) -> None:
    filed = make_archive(160, seed=11, days=30)
    await store(edition(), *(each.record for each in filed))
    filters = {name: [value] for name, value in httpx.QueryParams(query[1:]).items()}
    expected, zone = matching(filed, **filters), find_zone("Europe/Kyiv")
    (current, newest), *archives = await walk_archives(client, "global", query)
    today = [each for each in expected if date_at(each.published_at, zone).isoformat() == "2026-11-20"]
    assert current == f"/feeds/global/atom.xml{query}"
    assert newest == [urn_for(each.id) for each in expected[: max(MIN_CURRENT, len(today))]]
    days = Counter(each.day_in("Europe/Kyiv").isoformat() for each in expected if each not in today)
    sizes = {re.findall(r"atom/(.*?)\.xml", self)[0]: len(ids) for self, ids in archives}
    assert sizes == days
    assert list(sizes) == sorted(days, reverse=True)
    archived = [each for _, ids in archives for each in ids]
    assert archived == [urn_for(each.id) for each in expected[len(today) :]]
    assert set(newest) | set(archived) == {urn_for(each.id) for each in expected}


async def test_subscription_document_has_all_of_a_long_day(client: httpx.AsyncClient, store: Store) -> None:
    instants = [NOW - number * SECOND_US for number in range(60)]
    await store(
        edition(), *(article(text_of(at), source_id=str(at)) for at in instants), article("2026-11-18T10:00:00Z")
    )
    response = await fetch(client, "/feeds/global/atom.xml")
    assert len(ids_in(response)) == 60
    assert path_of(link(response, "prev-archive") or "") == "/feeds/global/atom/2026-11-18.xml"


async def test_short_subscription_document_includes_older_articles(client: httpx.AsyncClient, store: Store) -> None:
    await store(
        edition(), article("2026-11-10T10:00:00Z", source_id="a"), article("2026-11-09T10:00:00Z", source_id="b")
    )
    assert len(ids_in(await fetch(client, "/feeds/global/atom.xml"))) == 2
    await store(article("2026-11-01T10:00:00Z", source_id="c"))
    assert len(ids_in(await fetch(client, "/feeds/global/atom.xml"))) == 3


async def test_archives_link_neighbours_of_finished_days_only(client: httpx.AsyncClient, newsroom: None) -> None:
    assert newsroom is None
    middle = await fetch(client, "/feeds/global/atom/2026-11-18.xml?utm_source=x&tag=trams&tag=budget")
    assert ids_in(middle) == []
    assert "<fh:archive/>" in middle.text
    query = "?tag=budget&tag=trams"
    links = {rel: link(middle, rel) for rel in ("current", "next-archive", "prev-archive", "self")}
    base = "https://courier.example/feeds/global/atom"
    assert links == {
        "current": f"{base}.xml{query}",
        "next-archive": f"{base}/2026-11-19.xml{query}",
        "prev-archive": None,
        "self": f"{base}/2026-11-18.xml{query}",
    }
    assert link(await fetch(client, "/feeds/global/atom/2026-11-19.xml"), "next-archive") is None
    for day in ("2026-11-20", "2026-11-21", "9998-12-31"):
        response = await fetch(client, f"/feeds/global/atom/{day}.xml", 404)
        assert response.json()["type"] == "/problems/not-found"


async def test_skipped_day_has_no_archive(client: httpx.AsyncClient, store: Store) -> None:
    await store(edition(timezone="Pacific/Apia"))
    assert (await fetch(client, "/feeds/global/atom/2011-12-30.xml", 404)).json()["type"] == "/problems/no-such-day"
    assert ids_in(await fetch(client, "/feeds/global/atom/2011-12-29.xml")) == []


@pytest.mark.parametrize(
    "zone", ["Europe/Kyiv", "Pacific/Apia", "Asia/Kathmandu", "America/Havana", "America/St_Johns"]
)
async def test_cached_feeds_expire_at_midnight_of_the_zone(client: httpx.AsyncClient, store: Store, zone: str) -> None:
    today = date_at(NOW, find_zone(zone))
    midnight = start_of_day(today + timedelta(days=1), find_zone(zone))
    await store(edition(timezone=zone), *(article(text_of(NOW - i), source_id=str(i)) for i in range(3)))
    archive, yesterday = f"/feeds/global/atom/{today}.xml", f"/feeds/global/atom/{today - timedelta(days=1)}.xml"
    for instant, is_over in ((NOW, False), (midnight - 1, False), (midnight, True), (midnight + 1, True)):
        with clock.frozen(instant):
            for _ in range(2):
                current = await fetch(client, "/feeds/global/atom.xml")
                assert len(ids_in(current)) == 3
                assert (link(current, "prev-archive") is not None) is is_over
                past = await fetch(client, archive, 200 if is_over else 404)
                assert len(ids_in(past)) == (3 if is_over else 0)
                assert (link(await fetch(client, yesterday), "next-archive") is not None) is is_over


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Kyiv", "2026-03-29", 23),
        ("Europe/Kyiv", "2026-10-25", 25),
        ("America/Havana", "2024-03-10", 23),  # which has no midnight
        ("America/Havana", "2024-11-03", 25),
        ("Asia/Kathmandu", "2026-10-25", 24),
    ],
)
async def test_archive_contains_its_whole_day(
    client: httpx.AsyncClient, store: Store, zone: str, day: str, hours: int
) -> None:
    first = start_of_day(datetime.fromisoformat(day).date(), find_zone(zone))
    last = first + hours * HOUR_US - 1
    times = (first - 1, first, last, last + 1)
    await store(edition(timezone=zone), *(article(text_of(at), source_id=f"s{at - first}") for at in times))
    response = await fetch(client, f"/feeds/global/atom/{day}.xml")
    assert len(ids_in(response)) == 2
    assert {rel for rel in ("prev-archive", "next-archive") if link(response, rel)} == {"prev-archive", "next-archive"}


async def test_news_sitemap_drops_articles_after_48_hours(client: httpx.AsyncClient, store: Store) -> None:
    at = NOW - 47 * HOUR_US
    await store(edition(), article(text_of(at), source_id="old", slug="old"), article(text_of(NOW), slug="new"))
    new, old = "https://courier.example/new", "https://courier.example/old"
    ends = at + 48 * HOUR_US
    for instant, expected in ((NOW, [new, old]), (ends - 1, [new, old]), (ends, [new, old]), (ends + 1, [new])):
        with clock.frozen(instant):
            for _ in range(2):
                assert locations(await fetch(client, "/feeds/global/news-sitemap.xml")) == expected
    with clock.frozen(NOW + 48 * HOUR_US + 1):
        assert locations(await fetch(client, "/feeds/global/news-sitemap.xml")) == ["https://courier.example/"]


async def test_large_news_sitemap_is_split_under_an_index(
    client: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "NEWS_PART", 3)
    stories = [article(text_of(NOW - i), slug=f"story-{i}", source_id=f"s{i}", tags=["fog"]) for i in range(7)]
    await store(edition(), *stories)
    base = "https://courier.example/feeds/global/news-sitemap.xml"
    for query, joint in (("", "?"), ("?tag=fog", "&")):
        index = await fetch(client, f"/feeds/global/news-sitemap.xml{query}")
        assert "<sitemapindex" in index.text
        assert locations(index) == [f"{base}{query}{joint}part={part}" for part in (1, 2, 3)]
        parts = [locations(await fetch(client, path_of(url))) for url in locations(index)]
        assert [len(part) for part in parts] == [3, 3, 1]
        assert [url for part in parts for url in part] == [f"https://courier.example/story-{i}" for i in range(7)]
    await fetch(client, "/feeds/global/news-sitemap.xml?part=4", 404)
    assert len(locations(await fetch(client, "/feeds/global/news-sitemap.xml?part=1&tag=fog"))) == 3


DATES = (
    "1000-01-01T00:00:00Z",
    "1899-12-31T23:59:59.999999Z",
    "1969-12-28T23:59:59.999999Z",  # a Sunday
    "1969-12-29T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "1970-01-04T23:59:59.999999Z",
    "2015-12-31T23:00:00Z",  # of the 53rd week, which ends in the next year
    "2016-01-03T23:59:59.999999Z",
    "2016-01-04T00:00:00Z",
    "2024-12-30T00:00:00Z",  # of the first week of the next year
    "2026-11-15T23:59:59.999999Z",
    "2026-11-16T00:00:00Z",
    "2026-11-20T11:59:59.999999Z",
)


async def test_every_article_is_in_exactly_one_weekly_sitemap(client: httpx.AsyncClient, store: Store) -> None:
    filed: list[ArchivedArticle] = make_archive(60, seed=3, days=400)
    dated = [article(text, source_id=text, slug=f"at-{number}") for number, text in enumerate(DATES)]
    await store(edition(), edition("other", default=False), *(each.record for each in filed), *dated)
    await store(article("2019-01-01T00:00:00Z", edition="other", source_id="o"))
    index = await fetch(client, "/feeds/global/sitemap.xml")
    found = Counter[str]()
    expected = {each.record.slug or "": each.published_at for each in filed}
    expected |= {f"at-{number}": parse_instant(text) for number, text in enumerate(DATES)}
    for url in locations(index):
        pages = locations(await fetch(client, path_of(url)))
        assert pages, url
        found.update(pages)
        for page in pages:
            moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=expected[page.rpartition("/")[2]])
            assert url.endswith(f"/sitemap/{moment.isocalendar().year:04}-W{moment.isocalendar().week:02}.xml")
    assert found == Counter(f"https://courier.example/{slug}" for slug in expected)
    mondays = [datetime.strptime(f"{url[-12:-4]}-1", "%G-W%V-%u").replace(tzinfo=UTC) for url in locations(index)]
    assert mondays == sorted(set(mondays), reverse=True)


async def test_sitemap_lastmod_is_the_later_of_publication_and_update(
    client: httpx.AsyncClient, newsroom: None
) -> None:
    assert newsroom is None
    text = (await fetch(client, "/feeds/global/sitemap/2026-W47.xml?section=world")).text
    assert re.findall(r"<lastmod>(.*?)</lastmod>", text)[:2] == [
        "2026-11-20T11:00:00+00:00",
        "2026-11-20T08:00:00+00:00",
    ]
    assert len(re.findall("<url>", text)) == 5
