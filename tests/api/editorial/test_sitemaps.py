"""The sitemaps by week: when each last changed, and weeks with more pages than one sitemap may have."""

import re

import httpx
import pytest

from app import clock
from app.domain.calendar import UTC
from app.domain.instant import DAY_US, format_instant
from app.queries.feeds import feeds, sitemaps
from tests.api.editorial.editor_client import Desk
from tests.api.public.reading_feeds import fetch, locations, path_of
from tests.conftest import NOW, Store
from tests.records import article, edition

INDEX = "/feeds/global/sitemap.xml"


async def changes_by_week(client: httpx.AsyncClient, index: str = INDEX) -> dict[str, str | None]:
    """Return the last change of each week in the index, None where it has none, by its name."""
    entries = re.findall(r"<sitemap>(.*?)</sitemap>", (await fetch(client, index)).text, re.DOTALL)
    pairs = [
        (re.search(r"sitemap/([^<]*)\.xml", each), re.search(r"<lastmod>(.*?)</lastmod>", each)) for each in entries
    ]
    return {week[1]: None if changed is None else changed[1] for week, changed in pairs if week is not None}


def at(days: int) -> str:
    """Return the instant of so many days after NOW, as sitemaps write it."""
    return format_instant(NOW + days * DAY_US, UTC).replace(".000000", "")


async def test_index_has_the_last_change_of_each_week(desk: Desk) -> None:
    client = desk.client
    with clock.frozen(NOW):
        new = await desk.make(published_at="2026-11-20T10:00:00Z")
        old = await desk.make(published_at="2026-11-03T10:00:00Z")
        await desk.make(published_at="2026-11-02T10:00:00Z")
        await desk.make(published_at="2026-11-09T10:00:00Z", format="page")
        await desk.make(headline="A draft")
    assert await changes_by_week(client) == {"2026-W47": at(0), "2026-W46": at(0), "2026-W45": at(0)}
    with clock.frozen(NOW + DAY_US):
        await desk.edit(old, {"headline": "Another"})
    assert await changes_by_week(client) == {"2026-W47": at(0), "2026-W46": at(0), "2026-W45": at(1)}
    with clock.frozen(NOW + 2 * DAY_US):
        await desk.withdraw(old)
    assert await changes_by_week(client) == {"2026-W47": at(0), "2026-W46": at(0), "2026-W45": at(2)}
    with clock.frozen(NOW + 3 * DAY_US):
        await desk.done("PUT", f"/articles/{new['id']}/bump", {"at": "2026-11-10T10:00:00Z"})
    assert await changes_by_week(client) == {"2026-W46": at(3), "2026-W45": at(2)}
    with clock.frozen(NOW + 4 * DAY_US):
        await desk.done("PATCH", "/editions/global", {"article_url": "{site_url}/news/{slug}"})
    assert await changes_by_week(client) == {"2026-W46": at(4), "2026-W45": at(4)}
    with clock.frozen(NOW + 5 * DAY_US):
        await desk.done("PATCH", "/editions/global", {"name": "Another name"})
    assert await changes_by_week(client) == {"2026-W46": at(4), "2026-W45": at(4)}


async def test_week_changes_with_the_translations_that_its_pages_link(desk: Desk) -> None:
    client, index = desk.client, "/feeds/ua/sitemap.xml"
    with clock.frozen(NOW):
        page = await desk.make(edition="ua", published_at="2026-11-03T10:00:00Z")
        await desk.make(edition="ua", published_at="2026-11-12T10:00:00Z")
        other = await desk.make(published_at="2026-11-20T10:00:00Z")

    async def link(number: int, *linked: str) -> None:
        assert await changes_by_week(client, index) == {"2026-W46": at(0), "2026-W45": at(number)}
        languages = re.findall(r'hreflang="(.*?)"', (await fetch(client, "/feeds/ua/sitemap/2026-W45.xml")).text)
        assert languages == list(linked)

    await link(0)
    with clock.frozen(NOW + 1 * DAY_US):
        other = await desk.edit(other, {"translations": [{"id": page["id"]}]})
    await link(1, "uk", "en-GB")
    with clock.frozen(NOW + 2 * DAY_US):
        await desk.withdraw(other)
    await link(2)
    with clock.frozen(NOW + 3 * DAY_US):
        other = await desk.restore(other)
    await link(3, "uk", "en-GB")
    with clock.frozen(NOW + 4 * DAY_US):
        other = await desk.edit(other, {"seo": {"noindex": True}})
    await link(4)
    with clock.frozen(NOW + 5 * DAY_US):
        other = await desk.edit(other, {"seo": None})
    await link(5, "uk", "en-GB")
    with clock.frozen(NOW + 6 * DAY_US):
        other = await desk.edit(other, {"lead": "Nothing that another page shows."})
    await link(5, "uk", "en-GB")
    with clock.frozen(NOW + 7 * DAY_US):
        other = await desk.edit(other, {"slug": "another-slug"})
    await link(7, "uk", "en-GB")
    with clock.frozen(NOW + 8 * DAY_US):
        await desk.edit(other, {"translations": []})
    await link(8)


async def test_week_with_too_many_pages_is_split(
    client: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "MAX_PAGES", 3)
    same = [article("2026-11-17T10:00:00Z", source_id=f"s{number}", slug=f"s{number}") for number in range(5)]
    others = [article("2026-11-18T10:00:00Z", source_id=f"o{number}", slug=f"o{number}") for number in range(2)]
    await store(edition(), *same, *others, article("2026-11-18T10:00:00Z", source_id="p", slug="p", format="page"))
    await store(article("2026-11-10T10:00:00Z", source_id="before", slug="before"))
    base = "https://courier.example/feeds/global/sitemap"
    index = locations(await fetch(client, INDEX))
    assert index == [
        *(f"{base}/2026-W47.xml{query}" for query in ("", "?part=2", "?part=3")),
        f"{base}/2026-W46.xml",
    ]
    parts = [locations(await fetch(client, path_of(url))) for url in index]
    assert [len(part) for part in parts] == [3, 3, 2, 1]
    names = [url.rpartition("/")[2] for part in parts for url in part]
    assert sorted(names) == sorted(["before", "p", *(each.slug or "" for each in (*same, *others))])
    for week, pages in (("2026-W47.xml", parts[0]), ("2026-W40.xml", ["https://courier.example/"])):
        for query in ("", "?part=1"):
            assert locations(await fetch(client, f"/feeds/global/sitemap/{week}{query}")) == pages
    for query in ("2026-W47.xml?part=4", "2026-W46.xml?part=2", "2026-W40.xml?part=2"):
        await fetch(client, f"/feeds/global/sitemap/{query}", 404)
    await fetch(client, "/feeds/global/sitemap/2026-W47.xml?part=0", 422)


async def test_part_of_a_week_follows_its_changes(
    client: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "MAX_PAGES", 2)
    await store(edition(), *(article(f"2026-11-17T1{n}:00:00Z", source_id=f"s{n}", slug=f"s{n}") for n in range(3)))
    second = "/feeds/global/sitemap/2026-W47.xml?part=2"
    assert [url[-2:] for url in locations(await fetch(client, second))] == ["s0"]
    await store(article("2026-11-19T10:00:00Z", source_id="s9", slug="s9"))
    assert [url[-2:] for url in locations(await fetch(client, second))] == ["s1", "s0"]


async def test_parts_of_the_news_sitemap_have_their_last_change(
    client: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "NEWS_PART", 2)
    late = article("2026-11-20T08:00:00Z", source_id="c", updated_at="2026-11-20T11:30:00Z")
    await store(
        edition(), article("2026-11-20T10:00:00Z", source_id="a"), article("2026-11-20T09:00:00Z", source_id="b")
    )
    await store(late)
    text = (await fetch(client, "/feeds/global/news-sitemap.xml")).text
    assert re.findall(r"<lastmod>(.*?)</lastmod>", text) == ["2026-11-20T10:00:00+00:00", "2026-11-20T11:30:00+00:00"]
