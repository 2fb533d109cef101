"""Response cache in front of the app: one read for concurrent requests, never another request's or a stale response."""

import asyncio
import gc
from typing import Any

import httpx
import pytest

from app.api.http.cache_key import cache_key
from app.invalidation.dependencies import Dependencies
from app.main import create_app
from app.response_cache.entry import CachedResponse
from app.response_cache.middleware import MAX_FILL_ATTEMPTS, CacheMiddleware
from app.response_cache.store import LARGEST_SHARE
from app.response_cache.store import ResponseStore as KeptAnswers
from app.settings import Settings
from tests.conftest import Store, running
from tests.records import article
from tests.response_cache.concurrency import ASKERS, Gate, response_store, scope, start_requests, until
from tests.statements import counted

SQLITE_ONLY = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)  # has nothing to do with it


async def test_two_hundred_concurrent_requests_share_one_fill(warm_client: httpx.AsyncClient) -> None:
    for path in ("/v1/timeline", "/v1/articles/story-1", "/v1/articles/nothing", "/v1/tags"):
        await warm_client.get(path)  # SQLite reads the edition of a timeline once for each commit
        response_store().clear()
        with counted() as alone:
            first = await warm_client.get(path)
        response_store().clear()
        with counted() as together:
            all_responses = await asyncio.gather(*(warm_client.get(path) for _ in range(ASKERS)))
        assert len(together) == len(alone) > 0, path
        assert {(each.status_code, each.content, each.headers.get("etag")) for each in all_responses} == {
            (first.status_code, first.content, first.headers.get("etag"))
        }


@SQLITE_ONLY
async def test_evicted_response_leaves_nothing_to_the_garbage_collector(warm_client: httpx.AsyncClient) -> None:
    paths = ("/v1/timeline?limit=3", "/v1/articles/story-1", "/v1/articles?limit=2", "/v1/articles/nothing", "/v1/tags")
    for path in paths:
        await warm_client.get(path)
    response_store().clear()
    gc.collect()
    gc.disable()
    try:
        before = {id(each) for each in _cached_objects()}  # of applications of other tests
        for path in paths:
            await warm_client.get(path)
        response_store().clear()
        remaining = [each for each in _cached_objects() if id(each) not in before]
    finally:
        gc.enable()
    assert remaining == []


def _cached_objects() -> list[object]:
    return [each for each in gc.get_objects() if isinstance(each, Dependencies | CachedResponse)]


async def test_another_request_fills_after_the_first_disconnects(warm_client: httpx.AsyncClient) -> None:
    gate = Gate()
    first, *others = await start_requests(warm_client, "/v1/timeline")
    await until(lambda: gate.begun == 1)
    others.pop().cancel()
    first.cancel()
    gate.open.set()
    all_responses = await asyncio.gather(*others)
    assert {each.status_code for each in all_responses} == {200}
    assert gate.begun == 2


async def test_outage_response_is_shared_by_waiting_requests(warm_client: httpx.AsyncClient) -> None:
    gate = Gate()
    gate.failures = [OSError("gone")]
    asking = await start_requests(warm_client, "/v1/timeline")
    await until(lambda: gate.begun == 1)
    await asyncio.sleep(0.3)  # on PostgreSQL a request may first wait for the change log, a quarter of a second at most
    gate.open.set()
    responses = await asyncio.gather(*asking)
    failed = [each for each in responses if each.status_code == 503]
    assert len(failed) > ASKERS / 10  # a single one where each waiting request reads by itself
    assert len({(each.content, *sorted(each.headers.items())) for each in failed}) == 1
    late = [each for each in responses if each.status_code == 200]  # began after the outage
    assert len(failed) + len(late) == ASKERS
    assert gate.begun == 1 + bool(late)
    assert (await warm_client.get("/v1/timeline")).status_code == 200


async def test_another_request_fills_after_the_first_fails(warm_client: httpx.AsyncClient) -> None:
    gate = Gate()
    gate.failures = [RuntimeError("a fault")]
    asking = await start_requests(warm_client, "/v1/timeline")
    await until(lambda: gate.begun == 1)
    gate.open.set()
    all_responses = await asyncio.gather(*asking)
    assert sorted(each.status_code for each in all_responses) == [200] * (ASKERS - 1) + [500]
    assert gate.begun == 2


async def test_waiting_request_sees_a_change_during_the_fill(warm_client: httpx.AsyncClient, store: Store) -> None:
    gate = Gate(reads_first=True)
    first, *others = await start_requests(warm_client, "/v1/timeline", 50)
    await until(lambda: gate.begun == 1)
    await store(article("2026-11-20T09:00:00Z", source_id="new", slug="brand-new"))
    later = await start_requests(warm_client, "/v1/timeline", 50)
    gate.open.set()
    assert (await first).status_code == 200
    for each in await asyncio.gather(*others, *later):
        assert "brand-new" in each.text
    assert gate.begun <= 1 + MAX_FILL_ATTEMPTS
    with counted() as statements:
        assert "brand-new" in (await warm_client.get("/v1/timeline")).text
    assert statements == []


async def test_frequently_changing_response_is_cached_once_stable(warm_client: httpx.AsyncClient, store: Store) -> None:
    gate = Gate(reads_first=True)
    asking = await start_requests(warm_client, "/v1/timeline", 30)
    for number in range(1, MAX_FILL_ATTEMPTS + 1):
        await until(lambda: gate.begun == number)  # noqa: B023 - awaited at once
        if number < MAX_FILL_ATTEMPTS:
            await store(article(f"2026-11-20T09:0{number}:00Z", source_id=f"new{number}", slug=f"brand-new-{number}"))
            await warm_client.get("/v1/nowhere")  # which invalidates the store
        gate.open.set()
        await asyncio.sleep(0)
        gate.open.clear()
    gate.open.set()
    all_responses = await asyncio.gather(*asking)
    assert f"brand-new-{MAX_FILL_ATTEMPTS - 1}" in all_responses[-1].text
    assert gate.begun == MAX_FILL_ATTEMPTS, "all others got the response of the last read"


async def test_response_over_the_limit_is_sent_and_not_cached(
    warm_client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = "/v1/timeline?fields=slug&limit=1", "/v1/timeline"
    response_store().clear()
    evicted = response_store().counters.evicted
    await warm_client.get(small)
    monkeypatch.setattr(response_store(), "budget", (response_store().size + 100) * LARGEST_SHARE)
    for path in (large, small, large, small):
        response = await warm_client.get(path)
        assert response.status_code == 200
        assert response.json()["days"]
    assert response_store().get(small) is not None
    assert response_store().get(large) is None
    assert response_store().counters.evicted == evicted


GONE = {"status": "withdrawn", "withdrawal": {"reason": "A secret.", "notice": "It was wrong."}}
HAPPENINGS: tuple[tuple[str, int, dict[str, Any], int], ...] = (
    ("/v1/articles/coming", 404, {"source_id": "a", "slug": "coming"}, 200),
    ("/v1/articles/story-1", 200, {"source_id": "s1", "slug": "story-1", **GONE}, 410),
    ("/v1/articles/story-1", 410, {"source_id": "s1", "slug": "story-1", "status": "published"}, 200),
    ("/v1/articles/story-2", 200, {"source_id": "s2", "slug": "other"}, 308),
    ("/v1/articles/story-2", 308, {"source_id": "s2", "slug": "other", **GONE}, 410),
    ("/v1/articles/story-2", 410, {"source_id": "s2", "slug": "other", "status": "published"}, 308),
    ("/v1/articles/story-2", 308, {"source_id": "s2", "slug": "story-2"}, 200),
    ("/v1/timeline/2026-11-12", 200, {"source_id": "b", "published_at": "2026-11-12T10:00:00Z"}, 200),
    ("/v1/tags/fog", 404, {"source_id": "c", "tags": ["fog"]}, 200),
    ("/v1/tags/mist/articles?edition=*", 404, {"source_id": "d", "tags": ["mist"]}, 200),
    ("/v1/timeline?tag=haze", 200, {"source_id": "e", "tags": ["haze"]}, 200),
    ("/v1/timeline?edition=harbour", 200, {"source_id": "f", "edition": "harbour"}, 200),
)


async def test_cached_404_and_410_are_invalidated_by_changes(warm_client: httpx.AsyncClient, store: Store) -> None:
    for path, before, given, after in HAPPENINGS:
        first = await warm_client.get(path)
        assert first.status_code == before, path
        with counted() as statements:
            assert (await warm_client.get(path)).content == first.content
        assert statements == [], f"{path} is not cached"
        await store(article(**{"published_at": "2026-11-20T08:00:00Z", **given}))
        response = await warm_client.get(path)
        assert response.status_code == after, path
        assert response.headers.items() != first.headers.items() or response.content != first.content, path


PASSING = (
    ("/v1/timeline?limit=0", 422),
    ("/v1/timeline?unknown=1", 422),
    ("/v1/timeline?tz=Nowhere/Land", 422),
    ("/v1/timeline?cursor=damaged", 400),
    ("/v1/articles?edition=global&cursor=AdFrOYUJ2n4zAAZD8qkx9gAYzH4", 400),
    ("/v1/nowhere", 404),
    ("/v1/changes?since=0&wait=30", 200),
    ("/health/live", 200),
    ("/v1/editorial/articles", 401),
)


@SQLITE_ONLY
async def test_errors_private_and_streamed_responses_are_never_cached(warm_client: httpx.AsyncClient) -> None:
    size = len(response_store())
    for path, status in PASSING * 2:
        assert (await warm_client.get(path)).status_code == status, path
        assert len(response_store()) == size, path


@SQLITE_ONLY
async def test_keyed_reading_disables_the_cache_and_counts_every_request(
    database_address: str, warm_client: httpx.AsyncClient
) -> None:
    assert (await warm_client.get("/v1")).status_code == 200
    keyed = create_app(Settings(database_url=database_address, read_access="api-key"))
    async with running(keyed) as client:
        for path in ("/v1", "/v1/timeline", "/docs", "/openapi.json"):
            for _ in range(2):
                response = await client.get(path, headers={"accept-encoding": "gzip"})
                assert response.headers["cache-control"].startswith(("private", "no-cache")), path
        assert len(keyed.state.services.store) == 0
        assert keyed.state.services.store.counters.hits == 0
    limited = create_app(Settings(database_url=database_address, rate_limit_address="4/minute"))
    async with running(limited) as client:
        found = [(await client.get("/v1/timeline")).status_code for _ in range(6)]
        assert found == [200, 200, 200, 200, 429, 429]
        assert limited.state.services.store.counters.hits == 3


async def test_head_and_304_use_the_same_cached_response(warm_client: httpx.AsyncClient) -> None:
    whole = await warm_client.get("/v1/timeline", headers={"accept-encoding": "gzip", "range": "bytes=0-9"})
    assert whole.status_code == 200
    with counted() as statements:
        head = await warm_client.head("/v1/timeline", headers={"accept-encoding": "gzip"})
        tags = f'"other", W/{whole.headers["etag"]}'
        same = await warm_client.get("/v1/timeline", headers={"accept-encoding": "gzip", "if-none-match": tags})
        plain = await warm_client.get("/v1/timeline", headers={"accept-encoding": "identity"})
    assert statements == []
    assert (head.status_code, head.content, dict(head.headers)) == (200, b"", dict(whole.headers))
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", whole.headers["etag"])
    assert plain.content == whole.content
    assert plain.headers["etag"] != whole.headers["etag"]


async def test_head_request_fills_the_cache(warm_client: httpx.AsyncClient) -> None:
    assert (await warm_client.head("/v1/timeline")).content == b""
    with counted() as statements:
        assert (await warm_client.get("/v1/timeline")).json()["days"]
    assert statements == []


class Stream:
    """App that sends its response in pieces, and continues when the test says so."""

    def __init__(self) -> None:
        self.goes_on = asyncio.Event()

    async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one ", "more_body": True})
        await self.goes_on.wait()
        await send({"type": "http.response.body", "body": b"two"})


async def test_streamed_response_passes_chunk_by_chunk() -> None:
    stream, store, payload = Stream(), KeptAnswers(1_000_000), list[list[bytes]]()
    middleware = CacheMiddleware(
        stream, cache_key=cache_key, store=store, up_to_date=Knowing, schedule=lambda: pytest.fail("nothing is cached")
    )

    async def ask() -> None:
        payload.append(pieces := [])

        async def send(message: Any) -> None:
            pieces.append(message.get("body", b""))

        await middleware({**scope("/v1/stream"), "method": "GET", "headers": []}, _receive, send)

    asking = [asyncio.create_task(ask()) for _ in range(3)]
    await until(lambda: [len(each) for each in payload] == [2, 2, 2])
    stream.goes_on.set()
    await asyncio.gather(*asking)
    assert [b"".join(each) for each in payload] == [b"one two"] * 3
    assert len(store) == 0


class Knowing:
    """Up-to-date check without commits."""

    def is_up_to_date(self) -> bool:
        return True

    async def sync(self) -> bool:
        return True


async def _receive() -> Any:
    return {"type": "http.disconnect"}
