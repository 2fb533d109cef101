"""Editions with their interface strings, and the service document."""

from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from app import clock
from app.actions.catalogue.entries import upsert_entry
from app.db.database import Database
from app.domain.calendar import date_at, find_zone
from app.domain.interface_strings import load_strings
from tests.conftest import NOW, Store
from tests.records import edition, section

SECOND_US = 1_000_000
NAMED_BY_THE_PAGE = {
    "news": "News",
    "more_news": "More news",
    "read_also": "Read also",
    "tags": "Tags",
    "source": "Source",
    "about_author": "About the author",
}


async def get(client: httpx.AsyncClient, address: str) -> dict[str, Any]:
    response = await client.get(address)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_installation_without_editions(client: httpx.AsyncClient) -> None:
    assert (await get(client, "/v1"))["editions"] == []
    assert await get(client, "/v1/editions") == {"items": [], "next": None}
    for address in ("/v1/timeline", "/v1/articles", "/v1/tags", "/v1/articles/anything", "/v1/timeline/calendar"):
        response = await client.get(address)
        assert response.status_code == 404, address
        assert response.json()["type"] == "/problems/not-found"


@pytest.mark.usefixtures("newsroom")
async def test_service_document_links_everything(client: httpx.AsyncClient) -> None:
    service = await get(client, "/v1")
    assert service["name"] == "Dayline"
    assert service["version"]
    assert [each["slug"] for each in service["editions"]] == ["global", "ua"]
    assert [each["default"] for each in service["editions"]] == [True, False]
    hrefs = [*service["links"].values(), *(each["href"] for each in service["editions"])]
    for href in hrefs:
        assert href.startswith("/")
        assert (await client.head(href)).status_code == 200, href  # a stream has no end
    for each in service["editions"]:
        whole = await get(client, each["href"])
        assert {name: whole[name] for name in each} == each


@pytest.mark.usefixtures("newsroom")
async def test_edition_has_every_member(client: httpx.AsyncClient) -> None:
    page = await get(client, "/v1/editions/ua")
    plurals, strings = page.pop("plurals"), page.pop("strings")
    today = date_at(clock.now(), find_zone("Europe/Kyiv")).isoformat()
    assert plurals == load_strings("uk")["plurals"]
    assert page == {
        "slug": "ua",
        "name": "Люмський кур'єр",
        "language": "uk",
        "direction": "ltr",
        "timezone": "Europe/Kyiv",
        "default": False,
        "href": "/v1/editions/ua",
        "site_url": "https://courier.example/ua",
        "base_url": "https://courier.example",
        "today": today,
        "article_url": "{site_url}/n/{id}",
        "section_fallback": "news",
        "section_url": None,
        "tag_url": None,
        "author_url": None,
        "logo": None,
        "icon": None,
        "date_language": None,
        "string_languages": {},
        "strings_proofread": False,
        "alternates": [
            {"rel": "alternate", "type": kind, "href": f"/feeds/ua/{name}", "title": f"Люмський кур'єр: {form}"}
            for name, kind, form in (
                ("rss.xml", "application/rss+xml", "RSS"),
                ("atom.xml", "application/atom+xml", "Atom"),
                ("feed.json", "application/feed+json", "JSON Feed"),
                ("ninjs.json", "application/json", "ninjs"),
            )
        ],
    }
    for each in page["alternates"]:
        response = await client.get(each["href"])
        assert (response.status_code, response.headers["content-type"]) == (200, each["type"])
    listed = (await get(client, "/v1/editions"))["items"]
    assert listed[1] == {**page, "strings": strings, "plurals": plurals}
    assert (await get(client, "/v1/editions/global"))["default"] is True
    assert (await client.get("/v1/editions/nowhere")).status_code == 404
    assert urlsplit(page["href"]).netloc == ""


@pytest.mark.usefixtures("newsroom")
async def test_edition_strings_are_complete_in_english_and_ukrainian(client: httpx.AsyncClient) -> None:
    english = (await get(client, "/v1/editions/global"))["strings"]
    ukrainian = (await get(client, "/v1/editions/ua"))["strings"]
    assert {**NAMED_BY_THE_PAGE, "more_news": "More from the Courier"}.items() <= english.items()
    assert english["motto"] == "Fair"  # a string of the newsroom's own
    assert load_strings("en")["strings"].keys() | {"motto"} == english.keys()
    assert ukrainian == load_strings("uk")["strings"]
    assert load_strings("uk")["strings"].keys() == load_strings("en")["strings"].keys()
    for strings in (english, ukrainian):
        for key, text in strings.items():
            assert text.strip(), key
            assert text != key
            assert "_" not in text, key
    same = {key for key in ukrainian if ukrainian[key] == load_strings("en")["strings"][key]}
    assert same <= {"rss_feed"}, "left untranslated"


@pytest.mark.parametrize(
    ("language", "news"),
    [("en-US", "News"), ("uk-UA", "Новини"), ("uk-Cyrl-UA", "Новини"), ("cs", "News"), ("de-AT", "Nachrichten")],
)
async def test_edition_strings_of_other_languages_fall_back(
    client: httpx.AsyncClient, store: Store, language: str, news: str
) -> None:
    await store(edition("far", language=language, strings={"read_also": "Czytaj także"}))
    strings = (await get(client, "/v1/editions/far"))["strings"]
    assert strings["news"] == news
    assert strings["read_also"] == "Czytaj także"
    assert strings.keys() == load_strings("en")["strings"].keys()


@pytest.mark.parametrize("language", ["en-US", "eng", "uk-UA"])
async def test_edition_in_a_shipped_language_has_no_string_of_another(
    client: httpx.AsyncClient, store: Store, language: str
) -> None:
    await store(edition("near", language=language, strings={"live_now": ""}))
    languages = (await get(client, "/v1/editions/near"))["string_languages"]
    assert languages == ({"live_now": "en"} if language == "uk-UA" else {})


async def test_edition_names_the_language_of_strings_without_translation(
    client: httpx.AsyncClient, store: Store
) -> None:
    own = {"read_also": "Čtěte také", "motto": "Pravda", "news": "news", "new_stories.many": "{count} nové zprávy"}
    await store(edition("far", language="cs", strings=own))
    forms = ("new_stories.one", "new_stories.few", "new_stories.other")
    found = await get(client, "/v1/editions/far")
    assert found["string_languages"] == dict.fromkeys(
        sorted((load_strings("en")["strings"].keys() | set(forms)) - {"read_also"}), "en"
    )
    assert found["plurals"]["new_stories"] == {
        "one": "{count} new story",
        "few": "{count} new stories",
        "many": "{count} nové zprávy",
        "other": "{count} new stories",
    }


async def test_one_edition_is_the_default(client: httpx.AsyncClient, store: Store) -> None:
    await store(edition("first", default=False))
    assert (await get(client, "/v1/editions/first"))["default"] is True
    await store(edition("second", default=False), edition("third", default=True))
    assert [each["slug"] for each in (await get(client, "/v1"))["editions"]] == ["third", "first", "second"]
    assert [each["default"] for each in (await get(client, "/v1/editions"))["items"]] == [False, False, True]
    assert (await get(client, "/v1/timeline"))["edition"] == "third"


async def test_last_modified_never_decreases_with_another_default_edition(
    client: httpx.AsyncClient, database: Database, store: Store
) -> None:
    await store(edition("old"), edition("other", default=False), section("city", "Other", edition="other"))
    await database.write(upsert_entry, section("city", "Old", edition="old"), now=NOW + 60 * SECOND_US)
    first = await client.get("/v1/sections/city")
    await database.write(upsert_entry, edition("other", default=True), now=NOW + 120 * SECOND_US)
    second = await client.get("/v1/sections/city", headers={"if-modified-since": first.headers["last-modified"]})
    assert second.status_code == 200
    assert (first.json()["name"], second.json()["name"]) == ("Old", "Other")
    assert second.headers["last-modified"] > first.headers["last-modified"]
