"""Headers for CDNs: lifetimes, surrogate keys, and no field of the CDN's own."""

from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import pytest
from fastapi import FastAPI

from app import clock, main
from app.api.http.cache_key import cache_key
from app.domain.instant import SECOND_US
from app.invalidation.schedule_snapshot import UNKNOWN
from app.invalidation.surrogate_header import LONG_LIVED
from app.main import create_app
from app.response_cache.wire.raw_responses import RawResponseCache
from app.settings import ReadAccess
from tests.api.conftest import fill
from tests.api.newsroom import CONTENT
from tests.conftest import NOW, Movable, Store, run_once, running
from tests.records import article, edition
from tests.response_cache.plain_messages import Request, Response, send_request

PURGED_AT = "http://127.0.0.1:9/purge"
MINUTE = 60 * SECOND_US

pytestmark = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)


@cache
def made(**members: Any) -> tuple[FastAPI, Movable]:
    """Create an app with these settings, whose database is set later."""
    settings = Movable.model_validate({"cdn_purge_url": PURGED_AT, **members})
    return create_app(settings), settings


@pytest.fixture
async def app(
    database_address: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[FastAPI]:
    """Create an app behind a CDN without purges; it is noon."""
    monkeypatch.setattr(main, "_build_cdn_purger", lambda _app, _settings: None)
    app, settings = made(**getattr(request, "param", {}))
    settings.database_url = database_address
    with clock.frozen(NOW):
        async with running(app):
            yield app


@pytest.fixture
def small_newsroom(database_address: str) -> None:
    run_once(database_address, fill)


def fields_of(response: Response) -> tuple[str | None, str | None]:
    return response.header("cdn-cache-control"), response.header("surrogate-key")


async def keys_of(app: FastAPI, target: str) -> set[str]:
    keys = (await send_request(app, Request(target))).header("surrogate-key")
    assert keys is not None
    return set(keys.split(" "))


@pytest.mark.usefixtures("small_newsroom")
async def test_every_public_response_is_cacheable_by_a_cdn_until_purged(app: FastAPI) -> None:
    for address in CONTENT:
        lasting, keys = fields_of(await send_request(app, Request(address)))
        if address.startswith("/v1/changes"):
            assert (lasting, keys) == (None, None)
        else:
            assert lasting is not None, address
            assert keys is not None, address
            assert keys.split(" ")[0] == "all"


@pytest.mark.usefixtures("small_newsroom")
@pytest.mark.parametrize("app", [{"cache_bytes": 0}], indirect=True)
async def test_cdn_fields_are_equal_without_the_response_cache(app: FastAPI) -> None:
    assert fields_of(await send_request(app, Request("/v1/tags")))[0] == LONG_LIVED
    assert "tags" in await keys_of(app, "/v1/tags")


@pytest.mark.usefixtures("small_newsroom")
async def test_response_carries_its_surrogate_keys(app: FastAPI) -> None:
    page = (await send_request(app, Request("/v1/timeline?limit=2"))).json()
    shown = page["days"][0]["items"][0]["id"]
    timeline, one = await keys_of(app, "/v1/timeline?limit=2"), await keys_of(app, f"/v1/articles/{shown}")
    assert {"all", "edition:1", "list:edition:1", "list:edition:1@all"} <= timeline
    assert {"all", f"article:{shown}", "edition:1"} <= one


@pytest.mark.usefixtures("small_newsroom")
async def test_cached_fresh_200_and_304_carry_the_same_cdn_fields(app: FastAPI) -> None:
    first = await send_request(app, Request("/v1/timeline"))
    cached = await send_request(app, Request("/v1/timeline"))
    head = await send_request(app, Request("/v1/timeline", "HEAD"))
    small = await send_request(app, Request("/v1/timeline", headers=(("accept-encoding", "gzip"),)))
    tag = first.header("etag")
    assert tag is not None
    unchanged = await send_request(app, Request("/v1/timeline", headers=(("if-none-match", tag),)))
    assert unchanged.status == 304
    assert fields_of(first)[0] == "max-age=36000, stale-if-error=600"  # from noon in UTC to midnight in Kyiv
    assert {fields_of(each) for each in (first, cached, head, small, unchanged)} == {fields_of(first)}


@pytest.mark.usefixtures("small_newsroom")
async def test_wire_cache_hits_carry_the_same_cdn_fields(app: FastAPI) -> None:
    response = await send_request(app, Request("/v1/timeline"))
    hits = RawResponseCache(
        app.state.services.store,
        cache_key=cache_key,
        up_to_date=app.state.services.log_follower,
        schedule=app.state.services.scheduler,
    )
    ready = hits.get(b"GET", b"/v1/timeline", {})
    assert ready is not None
    assert hits.is_fresh(ready, [(b"date", b"now")])
    _, _, *lines = ready.prefix.decode().strip().split("\r\n")
    assert lines == [f"{name}: {value}" for name, value in response.headers]
    assert any(line.startswith("cdn-cache-control") for line in lines)


async def test_redirects_carry_cdn_fields_and_404_does_not(app: FastAPI, store: Store) -> None:
    for slug in ("old-slug", "new-slug"):
        await store(edition(), article(source_id="one", slug=slug))
    moved = await send_request(app, Request("/v1/articles/old-slug"))
    assert moved.status == 308
    assert fields_of(moved)[0] == LONG_LIVED
    for target in ("/v1/articles/nothing", "/v1/tags/nothing", "/v1/nothing", "/v1/timeline?limit=x"):
        missing = await send_request(app, Request(target))
        assert missing.status >= 400
        assert fields_of(missing) == (None, None)


@pytest.mark.usefixtures("small_newsroom")
async def test_private_responses_carry_no_cdn_fields(app: FastAPI) -> None:
    for target in ("/v1/editorial/articles", "/health/live", "/health/ready", "/v1/changes?since=0&wait=0"):
        assert fields_of(await send_request(app, Request(target))) == (None, None)


@pytest.mark.usefixtures("small_newsroom")
@pytest.mark.parametrize("app", [{"read_access": ReadAccess.API_KEY}], indirect=True)
async def test_keyed_reading_sends_no_cdn_fields(app: FastAPI) -> None:
    for target in CONTENT:
        assert fields_of(await send_request(app, Request(target))) == (None, None)


@pytest.mark.usefixtures("small_newsroom")
@pytest.mark.parametrize("app", [{"cdn_purge_url": None}], indirect=True)
async def test_no_cdn_fields_without_a_configured_cdn(app: FastAPI) -> None:
    for target in CONTENT:
        assert fields_of(await send_request(app, Request(target))) == (None, None)


async def test_cdn_lifetime_ends_at_a_scheduled_change(app: FastAPI, store: Store) -> None:
    at = NOW + MINUTE
    await store(edition(), article(), article("2026-11-20T12:01:00Z", source_id="due", status="scheduled"))
    for now, expected in (
        (NOW, "max-age=60, stale-if-error=600"),
        (at - 40 * SECOND_US, "max-age=40, stale-if-error=600"),
        (at - 30 * SECOND_US, None),  # then Cache-Control counts down
        (at - 1, None),
    ):
        with clock.frozen(now):
            await app.state.services.scheduler.refresh()
            for _ in ("made", "cached"):
                response = await send_request(app, Request("/v1/timeline"))
                assert response.header("cdn-cache-control") == expected
                assert response.header("surrogate-key") is not None
            assert (await send_request(app, Request("/v1/tags"))).header("cdn-cache-control") == LONG_LIVED


@pytest.mark.usefixtures("small_newsroom")
async def test_cdn_lifetime_ends_at_the_expiry(app: FastAPI) -> None:
    hours = 10  # from noon in UTC to midnight in Kyiv
    for seconds in (0, 1, 3_600):
        with clock.frozen(NOW + seconds * SECOND_US):
            await app.state.services.scheduler.refresh()
            response = await send_request(app, Request("/v1/timeline/calendar"))
            assert response.header("cdn-cache-control") == f"max-age={hours * 3_600 - seconds}, stale-if-error=600"


@pytest.mark.usefixtures("small_newsroom")
async def test_wire_cache_hits_count_down_once_a_second(app: FastAPI) -> None:
    await send_request(app, Request("/v1/timeline/calendar"))
    hits = RawResponseCache(
        app.state.services.store,
        cache_key=cache_key,
        up_to_date=app.state.services.log_follower,
        schedule=app.state.services.scheduler,
    )
    ready = hits.get(b"GET", b"/v1/timeline/calendar", {})
    assert ready is not None
    fields = [(b"date", b"now")]
    for microseconds, left in ((0, 36_000), (1, 35_999), (SECOND_US, 35_999), (SECOND_US + 1, 35_998)):
        with clock.frozen(NOW + microseconds):
            assert hits.is_fresh(ready, fields)
            assert b"\r\ncdn-cache-control: max-age=%d, " % left in ready.prefix


@pytest.mark.usefixtures("small_newsroom")
async def test_unknown_schedule_allows_no_long_cdn_lifetime(app: FastAPI) -> None:
    app.state.services.scheduler.snapshot = UNKNOWN
    assert fields_of(await send_request(app, Request("/v1/timeline")))[0] is None
