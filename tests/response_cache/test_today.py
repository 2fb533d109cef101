"""`today` changes at midnight of its zone in every cache: the response cache, the wire cache, browsers and CDNs."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise

import pytest
from fastapi import FastAPI

from app import clock, main
from app.api.http.cache_key import cache_key
from app.domain.calendar import find_zone, start_of_day
from app.domain.instant import HOUR_US, SECOND_US
from app.main import create_app
from app.response_cache.wire.raw_responses import RawResponseCache
from app.settings import Settings
from tests.conftest import Store, running
from tests.records import article, edition
from tests.response_cache.plain_messages import Request, Response, send_request

pytestmark = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)  # the clock is the process's

MIDNIGHTS = (
    ("Europe/Kyiv", "2026-10-25"),  # 25 hours
    ("Europe/Kyiv", "2027-03-28"),  # 23 hours
    ("Asia/Kathmandu", "2026-11-20"),  # no daylight saving time
    ("America/Havana", "2027-03-14"),  # begins at 01:00
    ("America/Havana", "2026-11-01"),  # has midnight twice
)
TARGETS = (
    "/v1/editions/global",
    "/v1/editions",
    "/v1/timeline",
    "/v1/timeline?tag=fog",
    "/v1/timeline?from=2026-01-01&total=true",
    "/v1/timeline?edition=*&tz={zone}",
    "/v1/timeline?edition=other&tz={zone}",
)
AROUND = (
    *(-HOUR_US, -91 * SECOND_US, -31 * SECOND_US, -30 * SECOND_US, -29 * SECOND_US, -SECOND_US - 1, -1),
    *(0, 1, SECOND_US, 30 * SECOND_US, HOUR_US),
)


@pytest.fixture
async def app(database_address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FastAPI]:
    """Create an app behind a CDN without purges; its schedule is read when a test refreshes it."""
    monkeypatch.setattr(main, "_build_cdn_purger", lambda _app, _settings: None)
    app = create_app(Settings(database_url=database_address, cdn_purge_url="http://127.0.0.1:9/"))
    async with running(app):
        await app.state.services.scheduler.stop()
        yield app


async def fill(store: Store, zone: str) -> None:
    await store(
        edition(timezone=zone), edition("other", timezone="Pacific/Apia", default=False), article(source_id="a")
    )


def today_of(response: Response) -> str:
    assert response.status == 200
    content = response.json()
    shown = content["items"][0] if "items" in content else content
    today: str = shown["today"]
    return today


def max_age_of(response: Response, field: str) -> int:
    value = response.header(field)
    assert value is not None
    return int(value.partition("max-age=")[2].partition(",")[0])


@pytest.mark.parametrize(("zone", "day"), MIDNIGHTS)
async def test_today_is_exact_around_midnight_in_every_cache(app: FastAPI, store: Store, zone: str, day: str) -> None:
    await fill(store, zone)
    after = date.fromisoformat(day) + timedelta(days=1)
    for midnight, before in (
        (start_of_day(date.fromisoformat(day), find_zone(zone)), date.fromisoformat(day) - timedelta(days=1)),
        (start_of_day(after, find_zone(zone)), date.fromisoformat(day)),
    ):
        expected = (before.isoformat(), (before + timedelta(days=1)).isoformat())
        for span in AROUND:
            with clock.frozen(midnight + span):
                await app.state.services.scheduler.refresh()
                for target in (each.format(zone=zone) for each in TARGETS):
                    for _ in ("made", "cached"):
                        response = await send_request(app, Request(target))
                        assert today_of(response) == expected[span >= 0], (target, span)
                        if span < 0:
                            _check_lifetimes(response, -span)


def _check_lifetimes(response: Response, left: int) -> None:
    """Check that neither browsers nor a CDN may use the response beyond the end of the day."""
    assert max_age_of(response, "cache-control") * SECOND_US <= left
    for_cdn = response.header("cdn-cache-control")
    if left > 31 * SECOND_US:
        assert for_cdn is not None
    else:
        assert for_cdn is None or "stale-while-revalidate" not in for_cdn
    if for_cdn is not None:
        assert max_age_of(response, "cdn-cache-control") * SECOND_US <= left
    if left <= 30 * SECOND_US:
        assert "stale-while-revalidate" not in str(response.header("cache-control"))


async def test_wire_cache_expires_today_at_midnight(app: FastAPI, store: Store) -> None:
    await fill(store, "Asia/Kathmandu")
    midnight = start_of_day(date(2026, 11, 21), find_zone("Asia/Kathmandu"))
    services = app.state.services
    with clock.frozen(midnight - HOUR_US):
        await services.scheduler.refresh()
        await send_request(app, Request("/v1/timeline"))
    hits = RawResponseCache(
        services.store, cache_key=cache_key, up_to_date=services.log_follower, schedule=services.scheduler
    )
    with clock.frozen(midnight - HOUR_US):
        ready = hits.get(b"GET", b"/v1/timeline", {})
        assert ready is not None
        assert hits.is_fresh(ready, [(b"date", b"now")])
    for span, is_fresh in ((-1, True), (0, False)):
        with clock.frozen(midnight + span):
            await services.scheduler.refresh()
            assert hits.is_fresh(ready, [(b"date", b"now")]) is is_fresh


@pytest.mark.parametrize("target", ["/v1/editions/global", "/v1/timeline"])
@pytest.mark.parametrize(("field", "condition"), [("etag", "if-none-match"), ("last-modified", "if-modified-since")])
async def test_conditional_requests_see_the_new_day(
    app: FastAPI, store: Store, target: str, field: str, condition: str
) -> None:
    await fill(store, "Europe/Kyiv")
    midnight = start_of_day(date(2026, 12, 1), find_zone("Europe/Kyiv"))
    validator = ""
    for instant, status in ((midnight - 2, 200), (midnight - 1, 304), (midnight, 200)):
        with clock.frozen(instant):
            await app.state.services.scheduler.refresh()
            response = await send_request(app, Request(target, headers=((condition, validator),) if validator else ()))
        if (validator := response.header(field) or "") == "":
            assert (target, field) == ("/v1/timeline", "last-modified")
            return
        assert response.status == status
    if field == "last-modified":
        assert parsedate_to_datetime(validator).timestamp() * SECOND_US == midnight


async def test_later_pages_and_days_have_no_today_and_do_not_expire(app: FastAPI, store: Store) -> None:
    await store(edition(), *(article(f"2026-11-{day}T10:00:00Z", source_id=f"{day}") for day in (17, 18, 19)))
    midnight = start_of_day(date(2026, 11, 21), find_zone("Europe/Kyiv"))
    with clock.frozen(midnight - SECOND_US):
        await app.state.services.scheduler.refresh()
        first = (await send_request(app, Request("/v1/timeline?limit=1"))).json()
    for target in (first["next"]["href"], "/v1/timeline?newest_day=2026-11-19", "/v1/timeline/2026-11-19"):
        responses = []
        for instant in (midnight - SECOND_US, midnight):
            with clock.frozen(instant):
                await app.state.services.scheduler.refresh()
                responses.append(await send_request(app, Request(target)))
        assert "today" not in responses[0].json()
        assert all(one.body == other.body for one, other in pairwise(responses))
        assert max_age_of(responses[0], "cache-control") == 30


async def test_calendar_max_age_counts_down_to_midnight(app: FastAPI, store: Store) -> None:
    await store(edition(), article(source_id="a"))
    midnight = start_of_day(date(2026, 11, 21), find_zone("Europe/Kyiv"))
    for span in (31, 30, 7, 1):
        with clock.frozen(midnight - span * SECOND_US):
            await app.state.services.scheduler.refresh()
            for _ in ("made", "cached"):
                response = await send_request(app, Request("/v1/timeline/calendar"))
                assert max_age_of(response, "cache-control") == min(30, span)
