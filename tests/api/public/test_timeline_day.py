"""A whole local day over HTTP: complete at any length, with the neighbouring days that have news."""

import httpx
import pytest

from app.domain.instant import SECOND_US, parse_instant
from tests.archive import AUTHORS, SECTIONS, make_archive
from tests.conftest import Store
from tests.pagination import error_locations, follow_pages, get_page, join_pages
from tests.records import article, edition

pytestmark = pytest.mark.usefixtures("edition_kyiv")
MANY = 2_000
MIDNIGHT = parse_instant("2026-11-18T00:00:00+02:00")


async def test_day_is_complete_with_neighbours_that_have_news(client: httpx.AsyncClient, store: Store) -> None:
    await store(
        article("2026-11-10T10:00:00Z", source_id="long before"),
        article("2026-11-17T22:00:00Z", source_id="first"),
        article("2026-11-18T21:59:59.999999Z", source_id="last"),
        article("2026-11-20T10:00:00Z", source_id="after"),
    )
    page = await get_page(client, "/v1/timeline/2026-11-18")
    assert list(page) == ["edition", "timezone", "day", "previous", "next"]
    assert (page["edition"], page["timezone"]) == ("global", "Europe/Kyiv")
    day = page["day"]
    assert (day["date"], day["continued"], day["complete"]) == ("2026-11-18", False, True)
    assert day["heading"] == {"year": "2026", "weekday": "Wednesday", "day": "18 November"}
    assert [item["headline"] for item in day["items"]] == ["Story last", "Story first"]
    assert "total" not in day
    assert page["previous"] == {"date": "2026-11-10", "href": "/v1/timeline/2026-11-10"}
    assert page["next"] == {"date": "2026-11-20", "href": "/v1/timeline/2026-11-20"}
    assert (await get_page(client, "/v1/timeline/2026-11-20"))["next"] is None
    assert (await get_page(client, page["previous"]["href"]))["previous"] is None


async def test_day_without_news_has_neighbours(client: httpx.AsyncClient, store: Store) -> None:
    await store(article("2026-11-18T10:00:00Z"))
    for date, previous, following in (
        ("2026-11-17", None, "2026-11-18"),
        ("2026-11-19", "2026-11-18", None),
        ("2027-05-01", "2026-11-18", None),
        ("1000-01-01", None, "2026-11-18"),
        ("9998-12-31", "2026-11-18", None),
    ):
        page = await get_page(client, f"/v1/timeline/{date}", total="true")
        assert (page["day"]["items"], page["day"]["total"], page["day"]["complete"]) == ([], 0, True)
        assert (page["previous"] and page["previous"]["date"]) == previous
        assert (page["next"] and page["next"]["date"]) == following


async def test_day_neighbours_follow_the_filters(client: httpx.AsyncClient, store: Store) -> None:
    await store(
        article("2026-11-15T10:00:00Z", section="city"),
        article("2026-11-16T10:00:00Z", section="city", slug="the-one-being-read"),
        article("2026-11-17T10:00:00Z", section="sport"),
        article("2026-11-18T10:00:00Z", section="city"),
        article("2026-11-19T10:00:00Z", section="sport"),
    )
    page = await get_page(client, "/v1/timeline/2026-11-18", section="city", tz="UTC", exclude="the-one-being-read")
    assert page["next"] is None
    assert page["previous"]["date"] == "2026-11-15"
    address = httpx.URL(page["previous"]["href"])
    assert address.path == "/v1/timeline/2026-11-15"
    assert dict(address.params) == {"section": "city", "tz": "UTC", "exclude": "the-one-being-read"}
    cut = await get_page(client, "/v1/timeline/2026-11-18", **{"from": "2026-11-18"})
    assert cut["previous"] is None


async def test_day_of_two_thousand_items(client: httpx.AsyncClient, store: Store) -> None:
    await store(
        *[
            article(None, source_id=f"{n}").model_copy(update={"published_at": MIDNIGHT + n * 43 * SECOND_US})
            for n in range(MANY)
        ]
    )
    page = await get_page(client, "/v1/timeline/2026-11-18", total="true")
    assert [item["headline"] for item in page["day"]["items"]] == [f"Story {n}" for n in reversed(range(MANY))]
    assert (page["day"]["total"], page["day"]["complete"]) == (MANY, True)
    pages = await follow_pages(client, "/v1/timeline", limit=200, total="true")
    assert [len(each["days"][0]["items"]) for each in pages] == [200] * 10
    assert [each["days"][0]["continued"] for each in pages] == [False] + [True] * 9
    assert [each["days"][0]["complete"] for each in pages] == [False] * 9 + [True]
    assert {each["days"][0]["total"] for each in pages} == {MANY}
    assert join_pages(pages) == [page["day"]]


async def test_day_equals_the_timeline(client: httpx.AsyncClient, store: Store) -> None:
    filed = make_archive(150, seed=71)
    await store(*(each.record for each in filed))
    for names in ({}, {"section": SECTIONS[0]}, {"author": AUTHORS[:2], "tag": "harbour"}):
        days = join_pages(await follow_pages(client, "/v1/timeline", total="true", **names))
        pages = [await get_page(client, f"/v1/timeline/{day['date']}", total="true", **names) for day in days]
        assert [page["day"] for page in pages] == days
        assert [page["previous"] and page["previous"]["date"] for page in pages] == [
            *(day["date"] for day in days[1:]),
            None,
        ]


async def test_date_out_of_range_is_rejected_everywhere(client: httpx.AsyncClient) -> None:
    for text in (
        "0999-12-31",
        "9999-01-01",
        "2026-02-30",
        "2026-13-01",
        "2026-1-1",
        "20261120",
        "yesterday",
        "2026-11-20T00:00:00Z",
        "+2026-11-20",
        "２０２６-11-20",  # noqa: RUF001 - digits of another script are no date
    ):
        assert error_locations(await get_page(client, f"/v1/timeline/{text}", 422)) == ["day"]
        assert error_locations(await get_page(client, "/v1/timeline", 422, newest_day=text)) == ["newest_day"]
        assert error_locations(await get_page(client, "/v1/timeline/calendar", 422, **{"from": text})) == ["from"]
        assert error_locations(await get_page(client, "/v1/timeline/calendar", 422, to=text)) == ["to"]


async def test_day_rejects_cursor_limit_and_newest_day(client: httpx.AsyncClient) -> None:
    for name, value in (("cursor", "x"), ("limit", "5"), ("newest_day", "2026-11-20"), ("colour", "red")):
        assert error_locations(await get_page(client, "/v1/timeline/2026-11-20", 422, **{name: value})) == [name]


async def test_day_of_another_edition_is_in_its_zone(client: httpx.AsyncClient, store: Store) -> None:
    await store(
        edition("harbour", timezone="America/New_York", default=False),
        article("2026-11-19T02:00:00Z", edition="harbour", source_id="theirs"),
        article("2026-11-19T02:00:00Z", source_id="ours"),
    )
    page = await get_page(client, "/v1/timeline/2026-11-18", edition="harbour")
    assert [item["headline"] for item in page["day"]["items"]] == ["Story theirs"]
    assert page["timezone"] == "America/New_York"
    assert (await get_page(client, "/v1/timeline/2026-11-18", 404, edition="nowhere"))["type"] == "/problems/not-found"
    assert error_locations(await get_page(client, "/v1/timeline/2026-11-18", 422, edition="*")) == ["tz"]
