"""The timeline in difficult time zones: days as long as the zone says, order by instant, times by the wall clock."""

import httpx
import pytest

from app.domain.tsid import format_id
from tests.conftest import Store
from tests.pagination import Page, error_locations, follow_pages, get_page, join_pages
from tests.records import article, edition, label


async def publish(store: Store, zone: str, *instants: str) -> None:
    """Store an edition in this zone with an article at each instant, named after it."""
    await store(edition(timezone=zone), *(article(instant, headline=instant) for instant in instants))


def times_by_date(page: Page) -> list[tuple[str, list[str]]]:
    """Return dates with the times below them."""
    return [(day["date"], [item["time"] for item in day["items"]]) for day in page["days"]]


def bounds(day: Page) -> tuple[str, str]:
    """Return the start and the end of each day."""
    return day["starts_at"], day["ends_at"]


@pytest.mark.usefixtures("edition_kyiv")
async def test_day_spans_its_first_instant_to_that_of_the_next(client: httpx.AsyncClient) -> None:
    for zone, date, starts_at, ends_at in (
        ("Europe/Kyiv", "2026-03-29", "2026-03-29T00:00:00.000000+02:00", "2026-03-30T00:00:00.000000+03:00"),
        ("Europe/Kyiv", "2026-10-25", "2026-10-25T00:00:00.000000+03:00", "2026-10-26T00:00:00.000000+02:00"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00.000000-02:00", "2018-11-05T00:00:00.000000-02:00"),
        ("Atlantic/Azores", "2026-10-25", "2026-10-25T00:00:00.000000+00:00", "2026-10-26T00:00:00.000000-01:00"),
        ("America/Havana", "2023-11-05", "2023-11-05T00:00:00.000000-04:00", "2023-11-06T00:00:00.000000-05:00"),
        ("America/St_Johns", "2010-11-07", "2010-11-07T00:00:00.000000-02:30", "2010-11-08T00:00:00.000000-03:30"),
        ("America/St_Johns", "2010-11-06", "2010-11-06T00:00:00.000000-02:30", "2010-11-07T00:00:00.000000-02:30"),
        ("Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00.000000-10:00", "2011-12-31T00:00:00.000000+14:00"),
        ("Asia/Kathmandu", "2026-11-01", "2026-11-01T00:00:00.000000+05:45", "2026-11-02T00:00:00.000000+05:45"),
        ("Europe/Kyiv", "1900-06-15", "1900-06-14T21:57:56.000000Z", "1900-06-15T21:57:56.000000Z"),
    ):
        page = await get_page(client, f"/v1/timeline/{date}", tz=zone)
        assert bounds(page["day"]) == (starts_at, ends_at)
        assert page["timezone"] == zone


async def test_days_of_23_and_25_hours_are_exact(client: httpx.AsyncClient, store: Store) -> None:
    spring = ["2026-03-28T21:59:59.999999Z", "2026-03-28T22:00:00Z", "2026-03-29T20:59:59.999999Z"]
    autumn = ["2026-10-24T20:59:59.999999Z", "2026-10-24T21:00:00Z", "2026-10-25T21:59:59.999999Z"]
    await publish(store, "Europe/Kyiv", *spring, "2026-03-29T21:00:00Z", *autumn, "2026-10-25T22:00:00Z")
    for date, (_, first, last) in (("2026-03-29", spring), ("2026-10-25", autumn)):
        day = (await get_page(client, f"/v1/timeline/{date}"))["day"]
        assert [item["headline"] for item in day["items"]] == [last, first]
        assert [item["time"] for item in day["items"]] == ["23:59", "00:00"]


async def test_repeated_hour_is_ordered_by_instant(client: httpx.AsyncClient, store: Store) -> None:
    await publish(
        store,
        "Europe/Kyiv",
        "2026-10-25T03:10:00.000000+03:00",
        "2026-10-25T03:50:00.000000+03:00",
        "2026-10-25T03:10:00.000000+02:00",
        "2026-10-25T03:50:00.000000+02:00",
    )
    page = await get_page(client, "/v1/timeline")
    assert times_by_date(page) == [("2026-10-25", ["03:50", "03:10", "03:50", "03:10"])]
    assert [item["published_at"][-6:] for item in page["days"][0]["items"]] == ["+02:00"] * 2 + ["+03:00"] * 2


async def test_day_with_two_midnights_is_one_day(client: httpx.AsyncClient, store: Store) -> None:
    azores = ["2026-10-24T23:59:59Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-26T00:59:59Z"]
    havana = ["2023-11-05T03:59:59Z", "2023-11-05T04:30:00Z", "2023-11-05T05:30:00Z", "2023-11-06T04:59:59Z"]
    await publish(store, "Europe/Kyiv", *azores, *havana)
    for zone, day, eve in (
        ("Atlantic/Azores", "2026-10-25", "2026-10-24"),
        ("America/Havana", "2023-11-05", "2023-11-04"),
    ):
        requested = {"tz": zone, "from": eve, "to": f"{day[:-2]}{int(day[-2:]) + 1:02}"}
        page = await get_page(client, "/v1/timeline", **requested)
        assert times_by_date(page) == [(day, ["23:59", "00:30", "00:30"]), (eve, ["23:59"])]
        assert join_pages(await follow_pages(client, "/v1/timeline", limit=1, **requested)) == page["days"]


async def test_day_without_midnight_begins_after_the_clock_change(client: httpx.AsyncClient, store: Store) -> None:
    await publish(store, "America/Sao_Paulo", "2018-11-04T02:59:59Z", "2018-11-04T03:00:00Z")
    page = await get_page(client, "/v1/timeline", **{"from": "2018-11-03", "to": "2018-11-05"})
    assert times_by_date(page) == [("2018-11-04", ["01:00"]), ("2018-11-03", ["23:59"])]


async def test_clock_set_back_across_midnight_does_not_split_the_day(client: httpx.AsyncClient, store: Store) -> None:
    await publish(
        store,
        "America/St_Johns",
        "2010-11-07T02:29:59Z",  # the last second of the 6th
        "2010-11-07T02:30:30Z",  # the clock shows midnight
        "2010-11-07T02:40:00Z",  # and the clock shows 23:10 of the 6th again
        "2010-11-07T03:30:00Z",  # the second midnight
    )
    page = await get_page(client, "/v1/timeline")
    assert times_by_date(page) == [("2010-11-07", ["00:00", "23:10", "00:00"]), ("2010-11-06", ["23:59"])]
    assert page["days"][0]["items"][1]["published_at"] == "2010-11-06T23:10:00.000000-03:30"
    assert join_pages(await follow_pages(client, "/v1/timeline", limit=1)) == page["days"]
    day = await get_page(client, "/v1/timeline/2010-11-07")
    assert day["day"]["items"] == page["days"][0]["items"]
    listed = await get_page(client, "/v1/timeline/calendar", **{"from": "2010-11-01", "to": "2010-11-30"})
    assert [(each["date"], each["total"]) for each in listed["days"]] == [("2010-11-06", 1), ("2010-11-07", 3)]


async def test_skipped_date_is_404(client: httpx.AsyncClient, store: Store) -> None:
    await publish(store, "Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-30T10:00:00Z")
    problem = await get_page(client, "/v1/timeline/2011-12-30", 404)
    assert (problem["type"], problem["status"]) == ("/problems/no-such-day", 404)
    page = await get_page(client, "/v1/timeline")
    assert times_by_date(page) == [("2011-12-31", ["00:00"]), ("2011-12-29", ["23:59"])]
    after = await get_page(client, "/v1/timeline/2011-12-31")
    assert after["previous"]["date"] == "2011-12-29"
    listed = await get_page(client, "/v1/timeline/calendar", **{"from": "2011-12-28", "to": "2012-01-02"})
    assert [day["date"] for day in listed["days"]] == ["2011-12-29", "2011-12-31"]
    assert (await get_page(client, "/v1/timeline/2011-12-30", tz="UTC"))["day"]["date"] == "2011-12-30"
    before = await get_page(client, "/v1/timeline", newest_day="2011-12-30")
    assert times_by_date(before) == [("2011-12-29", ["23:59"])]


async def test_tz_regroups_the_same_items(client: httpx.AsyncClient, store: Store) -> None:
    await publish(store, "Europe/Kyiv", "2026-11-19T21:30:00Z", "2026-11-19T22:30:00Z", "2026-11-20T04:00:00Z")
    assert times_by_date(await get_page(client, "/v1/timeline")) == [
        ("2026-11-20", ["06:00", "00:30"]),
        ("2026-11-19", ["23:30"]),
    ]
    page = await get_page(client, "/v1/timeline", tz="America/New_York")
    assert times_by_date(page) == [("2026-11-19", ["23:00", "17:30", "16:30"])]
    assert page["timezone"] == "America/New_York"
    assert page["days"][0]["items"][0]["published_at"] == "2026-11-19T23:00:00.000000-05:00"


@pytest.mark.usefixtures("edition_kyiv")
async def test_tz_alias_is_returned_as_requested(client: httpx.AsyncClient) -> None:
    for name in ("Europe/Kiev", "Europe/Kyiv", "UTC", "Asia/Calcutta", "Etc/GMT+5"):
        for path in ("/v1/timeline", "/v1/timeline/2026-11-20", "/v1/timeline/calendar"):
            assert (await get_page(client, path, tz=name))["timezone"] == name


@pytest.mark.usefixtures("edition_kyiv")
async def test_unknown_tz_is_rejected(client: httpx.AsyncClient) -> None:
    for name in ("localtime", "posixrules", "Mars/Olympus", "", "europe/kyiv", "../UTC", "+02:00"):
        for path in ("/v1/timeline", "/v1/timeline/2026-11-20", "/v1/timeline/calendar"):
            assert error_locations(await get_page(client, path, 422, tz=name)) == ["tz"]


async def test_heading_year_changes_at_new_year(client: httpx.AsyncClient, store: Store) -> None:
    await publish(store, "Europe/Kyiv", "2025-12-31T23:59:59+02:00", "2026-01-01T00:00:00+02:00")
    page = await get_page(client, "/v1/timeline")
    assert [day["heading"] for day in page["days"]] == [
        {"year": "2026", "weekday": "Thursday", "day": "1 January"},
        {"year": "2025", "weekday": "Wednesday", "day": "31 December"},
    ]


async def test_items_of_one_instant_are_ordered_by_id_descending(client: httpx.AsyncClient, store: Store) -> None:
    numbers = [5, 2**40, 7, 2**62]
    instant = "2026-11-20T10:00:00.000001Z"
    await store(edition(), *(article(instant, id=format_id(n), headline=str(n)) for n in numbers))
    expected = [str(n) for n in sorted(numbers, reverse=True)]
    for limit in (1, 2, 40):
        (day,) = join_pages(await follow_pages(client, "/v1/timeline", limit=limit))
        assert [item["headline"] for item in day["items"]] == expected


async def test_instants_are_written_with_the_offset_and_six_digits(client: httpx.AsyncClient, store: Store) -> None:
    written = {
        "2026-11-20T10:00:00Z": "2026-11-20T12:00:00.000000+02:00",
        "2026-11-20T09:00:00.000000Z": "2026-11-20T11:00:00.000000+02:00",
        "2026-11-20T08:00:00.5Z": "2026-11-20T10:00:00.500000+02:00",
        "2026-11-20T07:00:00.123456Z": "2026-11-20T09:00:00.123456+02:00",
        "2026-07-20T07:00:00.000001Z": "2026-07-20T10:00:00.000001+03:00",
        "1900-06-15T10:00:00Z": "1900-06-15T10:00:00.000000Z",  # an offset of two seconds beyond the minute
        "1000-01-01T00:00:00Z": "1000-01-01T00:00:00.000000Z",
    }
    await publish(store, "Europe/Kyiv", *written)
    page = await get_page(client, "/v1/timeline")
    items = [item for day in page["days"] for item in day["items"]]
    assert {item["headline"]: item["published_at"] for item in items} == written
    assert {item["updated_at"] for item in items} == {None}


async def test_headings_and_labels_are_in_the_editions_language(client: httpx.AsyncClient, store: Store) -> None:
    await store(label("opinion", "OPINION", texts={"uk": "ДУМКА"}))
    for slug, language, weekday, day, text in (
        ("british", "en-GB", "Saturday", "2 November", "OPINION"),
        ("american", "en-US", "Saturday", "November 2", "OPINION"),
        ("kyiv", "uk", "субота", "2 листопада", "ДУМКА"),
        ("house", "uk-UA-x-house", "субота", "2 листопада", "ДУМКА"),
    ):
        await store(
            edition(slug, language=language, default=False),
            article("2024-11-02T12:00:00Z", edition=slug, label="opinion"),
        )
        (shown,) = (await get_page(client, "/v1/timeline", edition=slug))["days"]
        assert shown["heading"] == {"year": "2024", "weekday": weekday, "day": day}
        assert shown["items"][0]["label"] == {"code": "opinion", "text": text, "language": None}
