"""Translations in feeds, sitemaps and formats of articles, on each database."""

from typing import Any

import httpx
import pytest

from tests.conftest import Store
from tests.records import article, edition, section
from tests.syndication.standards import read_xml

XHTML_LINK = "{http://www.w3.org/1999/xhtml}link"
LOCATION = "{*}loc"
SITE = "https://courier.example"


@pytest.fixture
async def _stories(store: Store) -> None:
    """One story in three languages of two editions, another one that search engines must not index, and one alone."""
    await store(
        edition(),
        edition("ua", language="uk", default=False, article_url="{site_url}/ua/{section}/{slug}"),
        section("kultura", "Культура", edition="ua"),
    )
    english = {"edition": "global", "source_id": "fog"}
    await store(
        article(source_id="fog", slug="fog"),
        article(source_id="brume", slug="brume", language="fr", translations=["fog"]),
        article(source_id="tuman", slug="tuman", edition="ua", section="kultura", translations=[english]),
        article(
            source_id="mgla", slug="mgla", edition="ua", language="ru", seo={"noindex": True}, translations=[english]
        ),
        article(source_id="niebla", slug="niebla", language="es", status="draft", translations=["fog"]),
        article(source_id="alone", slug="alone"),
    )


async def sitemap(client: httpx.AsyncClient, edition_slug: str) -> dict[str, dict[str, str]]:
    """Return the languages and URLs that a weekly sitemap has for each page."""
    document = (await client.get(f"/feeds/{edition_slug}/sitemap/2026-W47.xml")).content
    return {
        url.findtext(LOCATION): {link.get("hreflang"): link.get("href") for link in url.findall(XHTML_LINK)}
        for url in read_xml(document)
    }


@pytest.mark.usefixtures("_stories")
async def test_sitemap_lists_every_language_on_every_page(client: httpx.AsyncClient) -> None:
    pages = {"en-GB": f"{SITE}/fog", "fr": f"{SITE}/brume", "uk": f"{SITE}/ua/kultura/tuman"}
    assert await sitemap(client, "global") == {pages["en-GB"]: pages, pages["fr"]: pages, f"{SITE}/alone": {}}
    assert await sitemap(client, "ua") == {pages["uk"]: pages}


@pytest.mark.usefixtures("_stories")
async def test_feeds_and_formats_have_the_public_translations(client: httpx.AsyncClient) -> None:
    languages = {"fr", "ru", "uk"}
    feed: Any = (await client.get("/feeds/global/feed.json")).json()
    fog = next(item for item in feed["items"] if item["url"] == f"{SITE}/fog")
    assert {each["language"] for each in fog["_dayline"]["translations"]} == languages
    for name in ("rss.xml", "atom.xml"):
        root = read_xml((await client.get(f"/feeds/global/{name}")).content)
        links = root.iter("{http://www.w3.org/2005/Atom}link")
        assert [each.get("hreflang") for each in links if each.get("hreflang")].count("uk") == 2
    written = (await client.get("/v1/articles/fog/json-ld")).json()
    assert {each["inLanguage"] for each in written["workTranslation"]} == languages
    news = (await client.get("/v1/articles/fog/ninjs")).json()
    assert {each["language"] for each in news["associations"] if each["rel"] == "translation"} == languages


@pytest.mark.usefixtures("_stories")
async def test_page_shows_the_public_translations_in_order(client: httpx.AsyncClient) -> None:
    page = (await client.get("/v1/articles/fog")).json()
    assert [(each["language"], each["edition"], each["url"]) for each in page["translations"]] == [
        ("fr", "global", f"{SITE}/brume"),
        ("ru", "ua", f"{SITE}/ua/news/mgla"),
        ("uk", "ua", f"{SITE}/ua/kultura/tuman"),
    ]
    assert (await client.get("/v1/articles/alone")).json()["translations"] == []


async def test_languages_of_translations_have_no_extensions(client: httpx.AsyncClient, store: Store) -> None:
    await store(
        edition(language="ar-EG-u-nu-latn"),
        edition("near", language="ar-EG", default=False, site_url="https://near.example"),
        article(source_id="fog", slug="fog"),
        article(source_id="brume", slug="brume", language="fr-u-hc-h12-x-house", translations=["fog"]),
        article(edition="near", slug="haze", translations=[{"edition": "global", "source_id": "fog"}]),
    )
    pages = {"ar-EG": f"{SITE}/fog", "fr": f"{SITE}/brume"}
    assert (await sitemap(client, "global"))[f"{SITE}/fog"] == pages
    shown = (await client.get("/v1/articles/brume")).json()["translations"]
    assert [each["language"] for each in shown] == ["ar-EG", "ar-EG"]
    feed = read_xml((await client.get("/feeds/global/rss.xml")).content)
    assert feed.findtext("channel/language") == "ar-EG"
    links = feed.iter("{http://www.w3.org/2005/Atom}link")
    assert {each.get("hreflang") for each in links} - {None} == {"ar-EG", "fr"}
