"""Timelines of all editions: their zone, the language of their headings, and items of each edition."""

import httpx
import pytest

from tests.conftest import Store
from tests.pagination import Page, error_locations, follow_newer_pages, follow_pages, get_page
from tests.records import article, edition, label, section

ADDRESSES = ("/v1/timeline", "/v1/timeline/2026-11-20", "/v1/timeline/calendar")


@pytest.fixture
async def filled(client: httpx.AsyncClient, store: Store) -> httpx.AsyncClient:
    """A client of two editions, in English (the default) and Ukrainian."""
    await store(
        edition(),
        edition("ua", default=False, language="uk", timezone="Europe/Warsaw", site_url="https://ua.example"),
        label("opinion", "Opinion", texts={"uk": "Думка"}),
        section("city", "City"),
        section("city", "Місто", edition="ua"),
        article("2026-11-20T08:00:00Z", source_id="a", slug="a", label="opinion", section="city"),
        article("2026-11-20T09:00:00Z", source_id="b", slug="a", edition="ua", label="opinion", section="city"),
        article("2026-11-19T22:30:00Z", source_id="c", slug="c", edition="ua", language="en-GB"),
    )
    return client


def items(page: Page) -> list[Page]:
    return [item for day in page["days"] for item in day["items"]]


@pytest.mark.parametrize("path", ADDRESSES)
async def test_timeline_of_all_editions_needs_a_zone(client: httpx.AsyncClient, store: Store, path: str) -> None:
    await store(edition())
    problem = await get_page(client, path, 422, edition="*")
    assert error_locations(problem) == ["tz"]
    assert "edition=*" in problem["errors"][0]["message"]
    assert (await get_page(client, path, edition="*", tz="UTC"))["edition"] == "*"


async def test_timeline_of_all_editions_merges_them(filled: httpx.AsyncClient) -> None:
    page = await get_page(filled, "/v1/timeline?edition=*&tz=UTC&fields=url,time,label,section,edition")
    assert (page["edition"], page["timezone"]) == ("*", "UTC")
    assert [(item["edition"], item["url"], item["time"]) for item in items(page)] == [
        ("ua", "https://ua.example/a", "09:00"),
        ("global", "https://courier.example/a", "08:00"),
        ("ua", "https://ua.example/c", "22:30"),
    ]
    second, first, _ = items(page)
    assert (first["label"]["text"], second["label"]["text"]) == ("Opinion", "Думка")
    assert (first["section"]["name"], second["section"]["name"]) == ("City", "Місто")
    assert second["section"]["href"] == "/v1/sections/city?edition=ua"
    fields = "&".join(f"fields={name}" for name in ("edition", "heading", "label", "local", "section", "time", "url"))
    assert page["newer"]["href"] == f"/v1/changes?since={page['as_of']}&edition=%2A&{fields}&tz=UTC"


async def test_headings_of_all_editions_are_in_the_default_language(filled: httpx.AsyncClient, store: Store) -> None:
    async def heading(**parameters: str) -> str:
        page = await get_page(filled, "/v1/timeline", edition="*", tz="UTC", **parameters)
        return str(page["days"][0]["heading"]["day"])

    assert await heading() == "20 November"
    assert await heading(language="uk") == "20 листопада"
    assert await heading(language="en-gb") == "20 November"
    day = await get_page(filled, "/v1/timeline/2026-11-20", edition="*", tz="UTC", language="uk")
    assert day["day"]["heading"]["day"] == "20 листопада"
    page = await get_page(filled, "/v1/timeline?edition=*&tz=UTC&language=uk&language=en-GB")
    assert page["days"][0]["heading"]["day"] == "20 November"
    await store(edition("ua", default=True, language="uk", timezone="Europe/Warsaw", site_url="https://ua.example"))
    assert await heading() == "20 листопада"


async def test_pages_of_all_editions_are_walked_in_both_directions(filled: httpx.AsyncClient) -> None:
    pages = await follow_pages(filled, "/v1/timeline", edition="*", tz="UTC", limit=1)
    assert [len(items(page)) for page in pages] == [1, 1, 1]
    above = await follow_newer_pages(filled, pages[-1])
    assert [items(page) for page in reversed(above)] == [items(page) for page in pages[:-1]]
    page = await get_page(filled, "/v1/timeline?edition=*&tz=UTC&section=city&total=true&newest_day=2026-11-20")
    assert [(day["date"], day["total"]) for day in page["days"]] == [("2026-11-20", 2)]


async def test_days_and_calendar_of_all_editions_count_them(filled: httpx.AsyncClient) -> None:
    calendar = await get_page(filled, "/v1/timeline/calendar?edition=*&tz=Europe/Kyiv")
    assert [(day["date"], day["total"]) for day in calendar["days"]] == [("2026-11-20", 3)]
    day = await get_page(filled, calendar["days"][0]["href"])
    assert len(day["day"]["items"]) == 3
    [utc, _] = (await get_page(filled, "/v1/timeline/calendar?edition=*&tz=UTC"))["days"]
    day = await get_page(filled, utc["href"])
    assert (day["previous"], len(day["day"]["items"]), day["next"]["date"]) == (None, 1, "2026-11-20")


async def test_timeline_of_no_edition_is_empty(client: httpx.AsyncClient) -> None:
    page = await get_page(client, "/v1/timeline?edition=*&tz=UTC")
    assert (page["edition"], page["days"], page["next"]) == ("*", [], None)


async def test_changes_of_all_editions_have_the_headings_of_their_timeline(filled: httpx.AsyncClient) -> None:
    for query in ("", "&language=uk", "&heading_language=uk", "&heading_language=fr&language=uk"):
        page = await get_page(filled, f"/v1/timeline?edition=*&tz=UTC{query}")
        headings = {item["id"]: day["heading"] for day in page["days"] for item in day["items"]}
        since = page["newer"]["href"].replace(f"since={page['as_of']}", "since=0")
        changes = await get_page(filled, since)
        shown = [item["article"] for item in changes["items"] if "heading" in (item["article"] or {})]
        assert {item["id"]: item["heading"] for item in shown} == headings
        assert headings


async def test_language_of_headings_is_chosen_without_leaving_out_articles(filled: httpx.AsyncClient) -> None:
    whole = await get_page(filled, "/v1/timeline?edition=*&tz=UTC")
    page = await get_page(filled, "/v1/timeline?edition=*&tz=UTC&heading_language=uk")
    assert items(page) == items(whole)
    assert page["days"][0]["heading"]["day"] == "20 листопада"
    assert (whole["heading_language"], page["heading_language"]) == ("en-GB", "uk")
    day = await get_page(filled, "/v1/timeline/2026-11-20?edition=*&tz=UTC&heading_language=uk")
    assert (day["day"]["heading"], day["heading_language"]) == (page["days"][0]["heading"], "uk")
    filtered = await get_page(filled, "/v1/timeline?edition=*&tz=UTC&language=uk")
    assert filtered["heading_language"] == "uk"
    undated = await get_page(filled, "/v1/timeline?edition=*&tz=UTC&heading_language=xx")
    assert undated["heading_language"] == "en"


@pytest.mark.parametrize("path", [*ADDRESSES[:2], "/v1/changes"])
async def test_headings_of_one_edition_are_in_its_language(filled: httpx.AsyncClient, path: str) -> None:
    problem = await get_page(filled, path, 422, heading_language="uk")
    assert error_locations(problem) == ["heading_language"]
    assert "heading_language" not in await get_page(filled, path)
