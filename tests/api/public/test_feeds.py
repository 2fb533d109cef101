"""Feeds: their articles, pages, contents and names, on each database."""

from typing import Any

import httpx
import pytest

from app.domain.cursor import encode_position
from app.queries.feeds import feeds
from app.syndication.feed_document import urn_for
from tests.api.public.reading_feeds import PAGED, SITEMAPS, SUBSCRIBED, fetch, ids_in, locations, next_url, walk_feed
from tests.archive import make_archive, matching
from tests.conftest import Store, app_of
from tests.records import article, edition, section

ADDRESSES = tuple(f"/feeds/global/{name}" for name in (*SUBSCRIBED, "atom/2026-11-19.xml", *SITEMAPS))
FILTERS: tuple[dict[str, list[str]], ...] = (
    {},
    {"section": ["city"]},
    {"tag": ["trams", "storm"]},
    {"author": ["ada-moss"], "label": ["opinion", "exclusive"]},
    {"section": ["coast", "city"], "tag": ["harbour"], "author": ["ben-tarn", "cleo-vint"]},
    {"tag": ["nobody-knows-it"]},
)


def response_store() -> Any:
    """Return the response store of the app under test."""
    return app_of(0)[0].state.services.store


@pytest.mark.parametrize("limit", [1, 2, 7])
async def test_feed_pages_contain_every_article_once(client: httpx.AsyncClient, store: Store, limit: int) -> None:
    filed = make_archive(limit * 6 + 5, seed=5)
    await store(edition(), *(each.record for each in filed))
    for filters in FILTERS:
        expected = [urn_for(each.id) for each in matching(filed, **filters)]
        for name in PAGED:
            requested = httpx.QueryParams({**filters, "limit": str(limit)})
            pages = await walk_feed(client, f"/feeds/global/{name}?{requested}")
            assert [each for page in pages for each in page] == expected, (name, filters)
            assert all(len(page) == limit for page in pages[:-1])


async def test_feeds_ignore_unknown_parameters(client: httpx.AsyncClient, newsroom: None) -> None:
    assert newsroom is None
    for address in ADDRESSES:
        plain = await fetch(client, f"{address}?tag=trams")
        before = len(response_store())
        for more in (
            "utm_source=mail&tag=trams&%75tm_id=7",
            "tag=trams&edition=ua&from=1&fields=x&sort=%FF",
            "&&tag=trams&a",
        ):
            again = await fetch(client, f"{address}?{more}")
            assert (again.content, again.headers["etag"]) == (plain.content, plain.headers["etag"]), (address, more)
        assert len(response_store()) == before, address


async def test_feeds_ignore_parameters_of_other_feeds(client: httpx.AsyncClient, newsroom: None) -> None:
    assert newsroom is None
    for address, query in (
        ("atom.xml", "limit=1&limit=x&cursor=torn&part=0"),
        ("rss.xml", "part=x"),
        ("sitemap.xml", "section=city&section=city&limit=0"),
        ("sitemap/2026-W47.xml", "tag=%FF&limit=0"),
    ):
        plain = await fetch(client, f"/feeds/global/{address}")
        assert (await fetch(client, f"/feeds/global/{address}?{query}")).content == plain.content, address


async def test_feeds_validate_known_parameters(client: httpx.AsyncClient, newsroom: None) -> None:
    assert newsroom is None
    wrong = {
        "rss.xml?limit=0": (422, "limit"),
        "rss.xml?limit=51": (422, "limit"),
        "feed.json?limit=some&utm_source=x": (422, "limit"),
        "ninjs.json?limit=1&limit=1": (422, "limit"),
        "rss.xml?" + "&".join(f"tag=t{number}" for number in range(51)): (422, "tag"),
        "news-sitemap.xml?part=0": (422, "part"),
        "news-sitemap.xml?part=51": (422, "part"),
        "sitemap/2026-W47.xml?part=0": (422, "part"),
        "rss.xml?cursor=torn": (400, None),
        f"rss.xml?cursor={encode_position(1, 1, b'12345678')}": (400, None),
        "news-sitemap.xml?part=2": (404, None),
        "sitemap/2026-W54.xml": (404, None),
        "sitemap/2026-W7.xml": (404, None),
        "atom/2026-02-30.xml": (404, None),
        "nothing.xml": (404, None),
    }
    for address, (status, where) in wrong.items():
        response = await fetch(client, f"/feeds/global/{address}", status)
        assert response.headers["content-type"] == "application/problem+json", address
        assert response.headers["cache-control"] == "no-cache"
        assert [each["where"] for each in response.json().get("errors", [])] == ([] if where is None else [where]), (
            address
        )


@pytest.mark.parametrize("slug", ["nowhere", "*", "a%22b", "%E2%98%83"])
async def test_feed_requires_an_existing_edition(client: httpx.AsyncClient, newsroom: None, slug: str) -> None:
    assert newsroom is None
    for address in ADDRESSES:
        response = await fetch(client, address.replace("global", slug), 404)
        assert response.headers["content-type"] == "application/problem+json", address


async def test_empty_edition_has_empty_feeds_and_home_page_sitemaps(client: httpx.AsyncClient, store: Store) -> None:
    await store(edition())
    for address in ADDRESSES:
        response = await fetch(client, address)
        if "sitemap" in address:
            assert locations(response) == ["https://courier.example/"], address
        else:
            assert ids_in(response) == [], address


async def test_feeds_are_scoped_by_edition(client: httpx.AsyncClient, newsroom: None) -> None:
    assert newsroom is None
    for name in SUBSCRIBED:
        own = set(ids_in(await fetch(client, f"/feeds/ua/{name}")))
        assert len(own) == 2
        assert own.isdisjoint(ids_in(await fetch(client, f"/feeds/global/{name}")))
    assert "Люмський кур" in (await fetch(client, "/feeds/ua/rss.xml")).text


CONTENT = {
    "headlines": (),
    "summary": ("After eleven years",),
    "full": ("After eleven years", "on time"),
}


@pytest.mark.parametrize("content", CONTENT)
async def test_feed_content_follows_the_edition(
    client: httpx.AsyncClient, newsroom: None, store: Store, content: str
) -> None:
    assert newsroom is None
    await store(edition(article_url="{site_url}/news/{slug}", feed_content=content))
    for address in (*ADDRESSES[:4], "/feeds/global/atom/2026-11-19.xml"):
        text = (await fetch(client, address)).text
        shown = {words for words in ("After eleven years", "on time") if words in text}
        assert shown == (set(CONTENT[content]) if "2026-11-19" not in address else set()), address


async def test_feed_content_defaults_to_summaries(client: httpx.AsyncClient, newsroom: None) -> None:
    assert newsroom is None
    text = (await fetch(client, "/feeds/global/rss.xml")).text
    assert "After eleven years" in text
    assert "content:encoded" not in text


async def test_article_formats_are_complete_regardless_of_feed_content(
    client: httpx.AsyncClient, newsroom: None, store: Store
) -> None:
    assert newsroom is None
    await store(edition(article_url="{site_url}/news/{slug}", feed_content="headlines"))
    news = (await fetch(client, "/v1/articles/trams-return/ninjs")).json()
    assert "on time" in news["bodies"][0]["value"]
    assert news["pubStatus"] == "usable"
    structured = (await fetch(client, "/v1/articles/ferry-waits/json-ld")).json()
    assert (structured["@type"], structured["headline"]) == ("OpinionNewsArticle", "The ferry will wait")
    assert structured["publisher"]["name"] == "The Lume Courier"


async def test_filtered_feeds_have_distinct_titles_and_ids(client: httpx.AsyncClient, newsroom: None) -> None:
    assert newsroom is None
    first = await fetch(client, "/feeds/global/ninjs.json?limit=1")
    second = await fetch(client, next_url(first) or "")
    assert first.json()["uri"] == second.json()["uri"]
    trams = (await fetch(client, "/feeds/global/ninjs.json?tag=trams&section=city")).json()
    assert trams["uri"] != first.json()["uri"]
    assert trams["title"] == "The Lume Courier: City, Trams"
    same = (await fetch(client, "/feeds/global/ninjs.json?section=city&tag=trams&limit=1")).json()
    assert same["uri"] == trams["uri"]


async def test_feed_id_ignores_the_order_of_repeats(client: httpx.AsyncClient, newsroom: None) -> None:
    assert newsroom is None
    for name in (*SUBSCRIBED, "atom/2026-11-19.xml"):
        found = set()
        for query in ("tag=trams&tag=fog&tag=nobody", "tag=nobody&tag=fog&tag=trams&tag=fog"):
            response_store().clear()
            found.add((await fetch(client, f"/feeds/global/{name}?{query}")).content)
        assert len(found) == 1, name


async def test_feeds_of_equally_named_sections_are_distinct(client: httpx.AsyncClient, store: Store) -> None:
    await store(
        edition(),
        section("coast", "Coast"),
        article("2026-11-20T10:00:00Z", source_id="a", section="coast"),
        article("2026-11-20T09:00:00Z", source_id="b", tags=["coast"]),
    )
    [by_section] = ids_in(await fetch(client, "/feeds/global/rss.xml?section=coast"))
    [by_tag] = ids_in(await fetch(client, "/feeds/global/rss.xml?tag=coast"))
    assert by_section != by_tag


async def test_feed_urls_on_international_hosts_are_ascii(client: httpx.AsyncClient, store: Store) -> None:
    await store(edition(site_url="https://газета.example/нове"), article(source_id="a"), article(source_id="b"))
    base = "https://xn--80aahjj1e.example/feeds/global"
    feed = (await fetch(client, "/feeds/global/feed.json?limit=1")).json()
    assert feed["feed_url"] == f"{base}/feed.json?limit=1"
    assert feed["next_url"].startswith(f"{base}/feed.json?")
    for name in (*SUBSCRIBED, "sitemap.xml"):
        response = await fetch(client, f"/feeds/global/{name}")
        assert f"{base}/" in response.text
        assert "газета" not in response.text


@pytest.mark.parametrize(
    ("template", "base"),
    [
        (None, "https://courier.example"),
        ("{site_url}/news/{slug}", "https://courier.example"),
        ("https://stories.example:8443/{id}", "https://stories.example:8443"),
        ("HTTPS://газета.example?story={slug}", "HTTPS://xn--80aahjj1e.example"),
        ("https://{slug}.courier.example/", "https://courier.example"),
    ],
)
async def test_sitemap_urls_are_on_the_host_of_their_pages(
    client: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch, template: str | None, base: str
) -> None:
    monkeypatch.setattr(feeds, "NEWS_PART", 1)
    await store(edition(article_url=template), article(source_id="a"), article("2026-11-20T10:00:00Z", source_id="b"))
    index = locations(await fetch(client, "/feeds/global/sitemap.xml"))
    assert index == [f"{base}/feeds/global/sitemap/2026-W47.xml"]
    parts = locations(await fetch(client, "/feeds/global/news-sitemap.xml"))
    assert parts == [f"{base}/feeds/global/news-sitemap.xml?part={part}" for part in (1, 2)]
    feed = (await fetch(client, "/feeds/global/feed.json")).json()
    assert feed["feed_url"] == "https://courier.example/feeds/global/feed.json"
