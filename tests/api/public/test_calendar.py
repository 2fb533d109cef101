"""Calendar over HTTP: the days that have news, and the number of articles."""

from collections import Counter
from datetime import date, timedelta

import httpx
import pytest

from app.domain.instant import DAY_US, parse_instant
from tests.archive import make_archive, matching
from tests.conftest import Store
from tests.pagination import error_locations, get_page
from tests.records import article

pytestmark = pytest.mark.usefixtures("edition_kyiv")


async def listed(client: httpx.AsyncClient, **requested: str) -> list[tuple[str, int]]:
    """Return dates and totals; `first` and `after` stand for `from` and `to`."""
    requested = {{"first": "from", "after": "to"}.get(name, name): value for name, value in requested.items()}
    page = await get_page(client, "/v1/timeline/calendar", **requested)
    return [(day["date"], day["total"]) for day in page["days"]]


async def test_calendar_lists_days_with_news_oldest_first(client: httpx.AsyncClient, store: Store) -> None:
    await store(
        article("2026-11-18T10:00:00Z"),
        article("2026-11-18T21:59:59Z"),
        article("2026-11-18T22:00:00Z", section="city"),
    )
    page = await get_page(client, "/v1/timeline/calendar")
    assert page == {
        "edition": "global",
        "timezone": "Europe/Kyiv",
        "days": [
            {"date": "2026-11-18", "total": 2, "href": "/v1/timeline/2026-11-18"},
            {"date": "2026-11-19", "total": 1, "href": "/v1/timeline/2026-11-19"},
        ],
    }
    page = await get_page(
        client, "/v1/timeline/calendar?from=2026-11-01&section=city&to=2026-12-01&tz=UTC&edition=global"
    )
    (day,) = page["days"]
    assert (day["date"], day["total"]) == ("2026-11-18", 1)
    shown = await get_page(client, day["href"])
    assert shown["timezone"] == "UTC"
    assert len(shown["day"]["items"]) == 1


async def test_calendar_spans_at_most_four_hundred_days(client: httpx.AsyncClient, store: Store) -> None:
    first = date(2025, 1, 1)
    noon = parse_instant("2025-01-01T10:00:00Z")
    await store(
        *[article(None, source_id=f"{n}").model_copy(update={"published_at": noon + n * DAY_US}) for n in range(401)]
    )
    expected = [((first + timedelta(days=n)).isoformat(), 1) for n in range(401)]
    assert await listed(client, first="2025-01-01", after="2026-02-05") == expected[:400]
    assert await listed(client, first="2025-01-02", after="2026-02-06") == expected[1:]
    problem = await get_page(client, "/v1/timeline/calendar", 422, **{"from": "2025-01-01", "to": "2026-02-06"})
    assert error_locations(problem)[0] in {"from", "to"}


async def test_calendar_defaults_to_the_last_31_days(client: httpx.AsyncClient, store: Store) -> None:
    noon = parse_instant("2026-11-20T10:00:00Z")
    await store(
        *[article(None, source_id=f"{n}").model_copy(update={"published_at": noon - n * DAY_US}) for n in range(40)]
    )
    today = date(2026, 11, 20)
    found = await listed(client)
    assert found == [((today - timedelta(days=n)).isoformat(), 1) for n in range(30, -1, -1)]
    east = await listed(client, tz="Pacific/Kiritimati")  # it is the 21st there already
    assert (east[0][0], east[-1][0]) == ("2026-10-22", "2026-11-21")


async def test_calendar_range_is_half_open_and_may_be_empty(client: httpx.AsyncClient, store: Store) -> None:
    await store(*(article(f"2026-11-{n:02}T10:00:00Z") for n in range(1, 11)))
    assert [day for day, _ in await listed(client, first="2026-11-03", after="2026-11-05")] == [
        "2026-11-03",
        "2026-11-04",
    ]
    assert await listed(client, first="2026-11-05", after="2026-11-05") == []
    assert await listed(client, first="2026-11-05", after="2026-11-01") == []
    assert len(await listed(client, after="2026-11-08")) == 7
    assert len(await listed(client, first="2026-11-08")) == 3


async def test_calendar_totals_are_exact_under_any_filter(client: httpx.AsyncClient, store: Store) -> None:
    filed = make_archive(250, seed=72, days=25)
    await store(*(each.record for each in filed))
    for names in (
        {},
        {"section": ["city"]},
        {"tag": ["trams", "storm"]},
        {"tag": ["rare"], "section": ["city", "coast", "sport"]},
        {"author": ["ada-moss", "ben-tarn"], "label": ["opinion"], "tag": ["trams", "budget"]},
        {"label": ["nobody-knows-it"]},
    ):
        for zone in ("Europe/Kyiv", "Asia/Tokyo", "America/Los_Angeles"):
            expected = Counter(each.day_in(zone).isoformat() for each in matching(filed, **names))
            requested = {"from": "2026-10-01", "to": "2026-12-01", "tz": zone, **names}
            page = await get_page(client, "/v1/timeline/calendar", **requested)
            assert {day["date"]: day["total"] for day in page["days"]} == expected
            assert [day["date"] for day in page["days"]] == sorted(expected)


async def test_calendar_rejects_invalid_parameters(client: httpx.AsyncClient) -> None:
    for name, value in (
        ("from", "2026-11-20T00:00:00Z"),
        ("to", "tomorrow"),
        ("limit", "5"),
        ("cursor", "x"),
    ):
        assert error_locations(await get_page(client, "/v1/timeline/calendar", 422, **{name: value})) == [name]
    assert (await get_page(client, "/v1/timeline/calendar", 404, edition="nowhere"))["status"] == 404
