"""Filters by format, language, prominence and access, on every list that takes filters."""

from itertools import product
from random import Random
from typing import Any

import httpx
import pytest

from app.actions.catalogue.entries import upsert_entry
from app.db.database import Database
from tests.archive import ids_of
from tests.conftest import NOW, Store
from tests.pagination import error_locations, follow_pages, get_page
from tests.records import article, edition

pytestmark = pytest.mark.usefixtures("edition_kyiv")
FORMATS = ("article", "gallery", "video", "audio")
LANGUAGES = (None, "de", "uk", "en-GB")
VALUES = (None, "free", "registered", "paid")
FILTERS: tuple[dict[str, Any], ...] = (
    {"format": ["video"]},
    {"format": ["article", "gallery"]},
    {"language": ["de"]},
    {"language": ["EN-gb"]},
    {"language": ["uk", "en-GB"]},
    {"featured": True},
    {"featured": False},
    {"access": ["paid", "registered"]},
    {"format": ["video", "audio"], "language": ["de", "uk"], "featured": True, "access": ["free"]},
    {"format": ["article"], "featured": False, "tag": ["trams"]},
)


def matches(members: dict[str, Any], filters: dict[str, Any], *, own: str = "en-GB") -> bool:
    """Return whether an article with these members is selected, by the documented rules alone."""
    language = (members["language"] or own).lower()
    return (
        members["format"] in filters.get("format", FORMATS)
        and ("language" not in filters or language in [each.lower() for each in filters["language"]])
        and filters.get("featured") in {None, members["featured"]}
        and ("access" not in filters or members["access"] in filters["access"])
        and set(filters.get("tag", ())) <= set(members["tags"])
    )


def as_query(filters: dict[str, Any]) -> dict[str, Any]:
    """Return the filters as query parameters."""
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in filters.items()}


async def stored(store: Store) -> dict[str, dict[str, Any]]:
    """Store an article of each combination, and return their members by headline, the newest first."""
    given = {}
    for number, combination in enumerate(product(FORMATS, LANGUAGES, (False, True), VALUES)):
        members = dict(zip(("format", "language", "featured", "access"), combination, strict=True))
        given[f"n{number}"] = {**members, "tags": ["trams"] if number % 3 else []}
    instants = [f"2026-11-{1 + number // 8:02}T{8 + number % 8:02}:00:00Z" for number in range(len(given))]
    Random(7).shuffle(instants)
    dated = sorted(zip(instants, given.items(), strict=True), reverse=True)
    await store(*(article(at, headline=name, **members) for at, (name, members) in dated))
    return {name: members for _, (name, members) in dated}


def names(pages: list[Any]) -> list[str]:
    found = [item for page in pages for item in page.get("items", ())]
    found += [item for page in pages for day in page.get("days", ()) for item in day["items"]]
    return [item["headline"] for item in found]


async def test_trait_filters_select_by_their_rules_on_every_list(client: httpx.AsyncClient, store: Store) -> None:
    members = await stored(store)
    for filters in FILTERS:
        expected = [name for name, each in members.items() if matches(each, filters)]
        assert 0 < len(expected) < len(members)
        requested = as_query(filters)
        assert names(await follow_pages(client, "/v1/articles", limit=17, **requested)) == expected
        assert names(await follow_pages(client, "/v1/timeline", limit=17, **requested)) == expected
        everywhere = await follow_pages(client, "/v1/articles", edition="*", limit=200, **requested)
        assert names(everywhere) == expected
        feed = (await client.get("/feeds/global/feed.json", params={**requested, "limit": 50})).json()
        assert [item["title"] for item in feed["items"]] == expected[:50]
        calendar = await get_page(client, "/v1/timeline/calendar", **{"from": "2026-11-01", **requested})
        assert sum(day["total"] for day in calendar["days"]) == len(expected)
        exported = await client.get("/v1/export", params={**requested, "fields": "headline"})
        assert exported.text.count("\n") == len(expected)
        changed = await follow_pages(client, "/v1/changes", since=0, limit=200, fields="headline", **requested)
        kinds = {each["article"].get("headline") for page in changed for each in page["items"] if each["article"]}
        assert kinds - {None} == set(expected)


async def test_language_filter_follows_the_language_of_the_edition(
    client: httpx.AsyncClient, store: Store, database: Database
) -> None:
    await store(article(headline="own"), article(headline="german", language="DE"))
    assert names([await get_page(client, "/v1/articles", language="de")]) == ["german"]
    assert names([await get_page(client, "/v1/articles", language="en-gb")]) == ["own"]
    await database.write(upsert_entry, edition(language="de"), now=NOW)
    assert sorted(names([await get_page(client, "/v1/articles", language="de")])) == ["german", "own"]
    assert ids_of(await get_page(client, "/v1/articles", language="en-GB")) == []


async def test_unknown_trait_value_is_422(client: httpx.AsyncClient) -> None:
    for path in ("/v1/articles", "/v1/timeline", "/v1/timeline/calendar", "/v1/changes", "/v1/export", "/v1/stream"):
        for name, value in (("format", "essay"), ("language", "ukrainian!"), ("featured", "yes"), ("access", "none")):
            problem = await get_page(client, path, 422, **{name: value})
            assert error_locations(problem) == [name]
    assert error_locations(await get_page(client, "/feeds/global/rss.xml", 422, format="essay")) == ["format"]


async def test_cursor_is_bound_to_traits(client: httpx.AsyncClient, store: Store) -> None:
    await stored(store)
    page = await get_page(client, "/v1/articles", limit=2, format="video", language="DE")
    cursor = page["next"]["cursor"]
    assert await get_page(client, "/v1/articles", limit=2, format="video", language="de", cursor=cursor)
    for other in ({"format": "audio", "language": "de"}, {"format": "video"}, {}):
        problem = await get_page(client, "/v1/articles", 400, limit=2, cursor=cursor, **other)
        assert problem["type"] == "/problems/cursor-mismatch"
