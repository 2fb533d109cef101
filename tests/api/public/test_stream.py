"""The stream: the change feed as Server-Sent Events, from the first event to the end of the process."""

import asyncio
import random
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.db.database import Database
from app.queries.changes.change_list import latest_seq
from app.sse import subscription
from tests.conftest import Store
from tests.pagination import error_locations, get_page
from tests.records import article
from tests.stream_client import listening

WITHDRAWAL = {"reason": "A secret.", "notice": "It was wrong."}
HISTORY_CHANGES = 40


def app_of(client: httpx.AsyncClient) -> FastAPI:
    """Return the application of a client."""
    app: FastAPI = client._transport.app  # type: ignore[attr-defined]
    return app


@pytest.fixture
def app(client: httpx.AsyncClient, newsroom: None) -> FastAPI:
    """The application over the small newsroom."""
    assert newsroom is None
    return app_of(client)


async def test_stream_is_linked_from_the_service_document(reader: httpx.AsyncClient) -> None:
    assert (await get_page(reader, "/v1"))["links"]["stream"] == "/v1/stream"


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("since=-1", "since"),
        ("since=some", "since"),
        ("since=999999", "since"),
        ("since=99999999999999999999999", "since"),
        ("wait=5", "wait"),
        ("limit=20", "limit"),
        ("cursor=A1d14Knyz5zg", "cursor"),
        ("tz=localtime", "tz"),
        ("from=yesterday", "from"),
        ("fields=tags", "fields"),
    ],
)
async def test_invalid_stream_parameters_are_a_problem_response(
    reader: httpx.AsyncClient, query: str, where: str
) -> None:
    assert error_locations(await get_page(reader, f"/v1/stream?{query}", 422)) == [where]
    assert app_of(reader).state.services.stream_hub.open_streams == 0


@pytest.mark.parametrize("sent", ["some", "-1", "1.5", "999999", "9" * 30, "\u0661"])
async def test_unknown_last_event_id_is_a_problem_response(reader: httpx.AsyncClient, sent: str) -> None:
    response = await reader.get("/v1/stream", headers={b"last-event-id": sent.encode()})
    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")
    assert error_locations(response.json()) == ["Last-Event-ID"]


async def test_stream_of_an_unknown_edition_is_404(reader: httpx.AsyncClient) -> None:
    assert (await get_page(reader, "/v1/stream?edition=nowhere", 404))["type"] == "/problems/not-found"


async def test_stream_head_returns_headers_only(reader: httpx.AsyncClient) -> None:
    head = await reader.head("/v1/stream")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert head.headers["cache-control"] == "no-store, no-transform"
    assert app_of(reader).state.services.stream_hub.open_streams == 0
    assert (await reader.head("/v1/stream?since=some")).status_code == 422


async def test_stream_is_uncacheable_unbuffered_and_has_cors(app: FastAPI) -> None:
    async with listening(app, accept_encoding="gzip, br, zstd") as stream:
        headers = {name.decode(): value.decode() for name, value in stream.started["headers"]}
    assert stream.started["status"] == 200
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-store, no-transform"
    assert headers["x-accel-buffering"] == "no"
    assert headers["access-control-allow-origin"] == "*"
    assert not {"content-encoding", "content-length", "etag"} & headers.keys()


async def test_stream_events_equal_the_change_feed(client: httpx.AsyncClient, app: FastAPI) -> None:
    for query in ("edition=*", "tag=trams&tz=Asia/Kathmandu", "fields=headline&section=city"):
        items = (await get_page(client, f"/v1/changes?limit=200&{query}"))["items"]
        async with listening(app, f"/v1/stream?since=0&{query}") as stream:
            assert await stream.until(len(items)) == items


async def test_stream_begins_now_or_after_a_position(app: FastAPI, database: Database, store: Store) -> None:
    latest = await database.read(latest_seq)
    async with listening(app) as stream:
        assert stream.last_id == str(latest)
        assert 1_000 <= int(stream.blocks[0].fields["retry"]) <= 3_000
        await store(article(source_id="new"))
        assert [each["article"]["headline"] for each in await stream.until(1)] == ["Story new"]
    async with listening(app, "/v1/stream?since=0", last_event_id=str(latest)) as stream:
        assert [each["seq"] for each in await stream.until(1)] == [latest + 1]


async def test_stream_reports_articles_that_leave_the_filters(app: FastAPI, store: Store) -> None:
    fog = {"source_id": "fog", "slug": "fog-lifts"}
    async with listening(app, "/v1/stream?tag=trams") as stream:
        await store(article("2026-11-19T09:00:00Z", **fog, headline="Fog again", tags=["trams"]))
        await stream.until(1)
        await store(article("2026-11-19T09:00:00Z", **fog, headline="Fog elsewhere", tags=["fog"]))
        changes = await stream.until(2)
        await store(article("2026-11-19T09:00:00Z", **fog, headline="Fog unseen", tags=["fog"]))
        await store(article(source_id="other", tags=["trams"]))
        changes = await stream.until(3)
    assert [each["type"] for each in changes] == ["article.updated", "article.removed", "article.published"]
    assert set(changes[1]["article"]) == {"id", "href"}


async def test_stream_sends_no_withdrawn_text(app: FastAPI, store: Store) -> None:
    members = {"source_id": "secret", "headline": "Zubrowka-7731"}
    async with listening(app, "/v1/stream?tag=trams") as quick, listening(app, "/v1/stream?tag=trams") as slow:
        slow.takes.clear()
        await store(article(source_id="before", tags=["trams"]))
        await quick.until(1)
        await store(article(**members, tags=["trams"]))
        await quick.until(2)
        await store(article(**members, tags=["trams"], status="withdrawn", withdrawal=WITHDRAWAL))
        await quick.until(3)
        slow.takes.set()
        changes = await slow.until(3)
        async with listening(app, f"/v1/stream?tag=trams&since={changes[0]['seq']}") as late:
            assert [each["type"] for each in await late.until(2)] == ["article.withdrawn"] * 2
    assert slow.numbers == quick.numbers
    assert [each["type"] for each in changes] == ["article.published", "article.withdrawn", "article.withdrawn"]
    for stream in (slow, late):
        assert "Zubrowka" not in stream.body.decode()
        assert "It was wrong" not in stream.body.decode()


async def test_stream_redacts_articles_that_left_the_filters(app: FastAPI, database: Database, store: Store) -> None:
    members = {"source_id": "secret", "headline": "Zubrowka-7731"}
    since = await database.read(latest_seq)
    async with listening(app, "/v1/stream?tag=trams") as quick, listening(app, "/v1/stream?tag=trams") as slow:
        slow.takes.clear()
        await store(article(source_id="before", tags=["trams"]))
        await quick.until(1)
        await store(article(**members, tags=["trams"]))
        await quick.until(2)
        await store(article(**members, tags=["fog"]))
        await quick.until(3)
        await store(article(**members, tags=["fog"], status="withdrawn", withdrawal=WITHDRAWAL))
        await store(article(source_id="behind", tags=["trams"]))
        await quick.until(4)
        slow.takes.set()
        kinds = [each["type"] for each in await slow.until(4)]
        async with listening(app, f"/v1/stream?tag=trams&since={since}") as late:
            await late.until(4)
    assert kinds == ["article.published", "article.removed", "article.removed", "article.published"]
    for stream in (slow, late):
        assert "Zubrowka" not in stream.body.decode()


async def test_reconnecting_client_receives_every_event_exactly_once(
    app: FastAPI, client: httpx.AsyncClient, database: Database, store: Store
) -> None:
    chance = random.Random(5)
    begun = await database.read(latest_seq)
    is_over = asyncio.Event()

    async def write() -> None:
        for number in range(HISTORY_CHANGES):
            await store(
                article(source_id=f"n{number % 17}", headline=f"No. {number}", tags=["trams", "fog"][: number % 3])
            )
            await asyncio.sleep(chance.choice((0, 0, 0.004)))
        is_over.set()

    async def follow(query: str) -> list[int]:
        numbers: list[int] = []
        known = str(begun)
        while True:
            was_over, latest = is_over.is_set(), await database.read(latest_seq)
            async with listening(app, f"/v1/stream?{query}", last_event_id=known) as stream:
                await asyncio.sleep(chance.uniform(0, 0.08) if not was_over else 0.3)
                numbers += stream.numbers
                known = stream.last_id
            if was_over and await database.read(latest_seq) == latest:
                return numbers

    queries = ["", "", "tag=trams", "tag=fog&tag=trams", "tag=trams&tag=fog", "edition=*"]
    writing = asyncio.create_task(write())
    received = await asyncio.gather(*(follow(query) for query in queries))
    await writing
    for query, numbers in zip(queries, received, strict=True):
        expected = [each["seq"] for each in await everything(client, f"/v1/changes?since={begun}&limit=200&{query}")]
        assert numbers == sorted(set(numbers)), query
        assert set(expected) <= set(numbers), query


async def everything(client: httpx.AsyncClient, address: str) -> list[dict[str, Any]]:
    """Return all items of a feed."""
    items: list[dict[str, Any]] = []
    following: Any = {"href": address}
    while following is not None:
        page = await get_page(client, following["href"])
        items, following = items + page["items"], page["next"]
    return items


async def test_heartbeat_has_the_position(
    app: FastAPI, store: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscription, "HEARTBEAT_S", 0.1)
    async with listening(app, "/v1/stream?tag=trams") as stream:
        await store(article(source_id="elsewhere"))
        latest = str(await database.read(latest_seq))
        await stream.until_last(lambda: stream.last_id == latest)
        await stream.until_last(lambda: stream.body.count(b": ping\n") >= 3)
        assert stream.changes == []
