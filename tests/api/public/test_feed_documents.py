"""Feed documents as sent: official schemas, a feed reader, absolute URLs, HTTP semantics of every response."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest

from app import clock
from app.main import create_app
from app.settings import Settings
from tests.api.newsroom import ADDRESSES, FOREIGN
from tests.api.public.reading_feeds import SUBSCRIBED, fetch, ids_in, link, locations
from tests.conftest import NOW, running
from tests.syndication.standards import (
    atom_errors,
    json_feed_errors,
    ninjs_errors,
    sitemap_errors,
    vocabulary_errors,
)

SITE, API = "https://courier.example", "https://api.lume.example/news"
VALIDATORS: dict[str, Any] = {
    "get_atom": atom_errors,
    "get_atom_archive": atom_errors,
    "get_json_feed": json_feed_errors,
    "get_ninjs_feed": ninjs_errors,
    "get_ninjs": ninjs_errors,
    "get_json_ld": vocabulary_errors,
    "get_news_sitemap": sitemap_errors,
    "get_sitemap": sitemap_errors,
}
TYPES = {
    "get_rss": "application/rss+xml",
    "get_atom": "application/atom+xml",
    "get_atom_archive": "application/atom+xml",
    "get_json_feed": "application/feed+json",
    "get_ninjs_feed": "application/json",
    "get_ninjs": "application/json",
    "get_json_ld": "application/ld+json",
    "get_news_sitemap": "application/xml",
    "get_sitemap_index": "application/xml",
    "get_sitemap": "application/xml",
}


@pytest.fixture(scope="module")
async def elsewhere(
    newsroom_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.AsyncClient]:
    """Create a client of the newsroom under another base URL."""
    path = tmp_path_factory.mktemp("newsroom") / "dayline.db"
    shutil.copy(newsroom_template, path)
    address = f"sqlite:///{path}"
    with clock.frozen(NOW):
        async with running(create_app(Settings(database_url=address, public_url=API))) as client:
            yield client


@pytest.mark.parametrize("name", sorted(VALIDATORS))
async def test_feeds_are_valid_by_their_official_schemas(
    shared_folder: Path, reader: httpx.AsyncClient, name: str
) -> None:
    for address in (ADDRESSES[name], ADDRESSES[name].replace("global", "ua").replace("trams-return", "ferry-waits")):
        assert VALIDATORS[name](shared_folder, (await fetch(reader, address)).content) == [], address


async def test_stub_of_a_withdrawn_article_is_valid_by_its_schema(
    shared_folder: Path, reader: httpx.AsyncClient
) -> None:
    stub = await fetch(reader, "/v1/articles/taken-back/ninjs", 410)
    assert ninjs_errors(shared_folder, stub.content) == []
    assert "Text nobody reads" not in stub.text
    assert "A secret of the desk" not in stub.text


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "atom/2026-11-19.xml"])
async def test_feedparser_reads_the_served_feeds(reader: httpx.AsyncClient, name: str) -> None:
    response = await fetch(reader, f"/feeds/global/{name}")
    parsed = feedparser.parse(response.content, response_headers={"content-type": response.headers["content-type"]})
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.feed.title == "The Lume Courier"
    assert [entry.id for entry in parsed.entries] == ids_in(response)
    assert all(entry.link.startswith(f"{SITE}/news/") for entry in parsed.entries)
    assert [entry.published_parsed for entry in parsed.entries] == sorted(
        (entry.published_parsed for entry in parsed.entries), reverse=True
    )


@pytest.mark.parametrize("name", sorted(FOREIGN))
async def test_feed_formats_have_their_media_type_and_no_request_host(reader: httpx.AsyncClient, name: str) -> None:
    for host in ("dayline.test", "evil.example"):
        response = await reader.get(ADDRESSES[name], headers={"host": host, "x-forwarded-host": host})
        assert response.headers["content-type"].partition(";")[0] == TYPES[name]
        assert host not in response.text
        assert "://localhost" not in response.text


async def test_feed_self_link_is_on_the_editions_site(reader: httpx.AsyncClient) -> None:
    assert link(await fetch(reader, "/feeds/global/rss.xml?limit=2"), "self") == f"{SITE}/feeds/global/rss.xml?limit=2"
    assert link(await fetch(reader, "/feeds/ua/atom.xml"), "self") == f"{SITE}/feeds/ua/atom.xml"  # not below /ua


async def test_feed_self_link_follows_public_url(elsewhere: httpx.AsyncClient) -> None:
    for name in SUBSCRIBED:
        response = await fetch(elsewhere, f"/feeds/global/{name}")
        assert f"{API}/feeds/global/{name}" in response.text
        assert f"{SITE}/news/" in response.text
        assert f"{SITE}/feeds" not in response.text
    archive = await fetch(elsewhere, "/feeds/global/atom/2026-11-19.xml")
    assert link(archive, "prev-archive") == f"{API}/feeds/global/atom/2026-11-17.xml"


async def test_sitemaps_are_on_the_site_of_their_pages(elsewhere: httpx.AsyncClient) -> None:
    assert locations(await fetch(elsewhere, "/feeds/global/sitemap.xml")) == [
        f"{SITE}/feeds/global/sitemap/2026-W47.xml"
    ]
    pages = locations(await fetch(elsewhere, "/feeds/ua/sitemap/2026-W47.xml"))
    assert len(pages) == 2
    assert all(page.startswith(f"{SITE}/ua/n/") for page in pages)


@pytest.mark.parametrize("value", ["api.example", "ftp://api.example", "javascript:1", ""])
def test_invalid_public_url_is_rejected(value: str) -> None:
    with pytest.raises(ValueError, match="public_url"):
        Settings(public_url=value)
