"""Ends of streams: the client disconnects or reads nothing, its key is revoked, the process ends; limits."""

import asyncio
import json
import shutil
import signal
import time
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app import clock
from app.actions.catalogue.entries import upsert_entry
from app.actions.keys import revoke_key
from app.db.database import Database
from app.domain.api_key import ApiKeyScope
from app.main import create_app
from app.settings import Settings
from app.sse import hub, subscription
from tests.api.conftest import MakeKey, as_key
from tests.cli.commands import PROJECT, environment_of
from tests.conftest import NOW, Store, run_once, running
from tests.records import article, edition
from tests.server_process import free_port, start_server
from tests.stream_client import listening


@pytest.fixture
def app(client: httpx.AsyncClient, newsroom: None) -> FastAPI:
    """The application over the small newsroom."""
    assert newsroom is None
    app: FastAPI = client._transport.app  # type: ignore[attr-defined]
    return app


async def test_open_streams_are_bounded(
    app: FastAPI, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "MAX_STREAMS", 2)
    async with listening(app), listening(app, "/v1/stream?tag=fog"):
        refused = await client.get("/v1/stream")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert refused.json()["type"] == "/problems/too-many-streams"
    async with listening(app) as stream:
        assert stream.started["status"] == 200


async def test_disconnected_stream_leaves_nothing(app: FastAPI) -> None:
    before = asyncio.all_tasks()
    async with listening(app), listening(app, "/v1/stream?since=0"), listening(app, "/v1/stream?tag=fog"):
        assert app.state.services.stream_hub.open_streams == 3
    await asyncio.sleep(0.1)
    assert (app.state.services.stream_hub.open_streams, app.state.services.stream_hub._channels) == (0, {})
    left = {task.get_name() for task in asyncio.all_tasks() - before}
    assert not {name for name in left if "hub" in name or "channel" in name}


async def test_revoked_key_ends_the_stream_at_the_next_heartbeat(
    database_address: str, database: Database, newsroom: None, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert newsroom is None
    monkeypatch.setattr(subscription, "HEARTBEAT_S", 0.1)
    token, other = [await make_key(ApiKeyScope.CONTENT_READ) for _ in range(2)]
    app = create_app(Settings.model_validate({"database_url": database_address, "read_access": "api-key"}))
    with clock.frozen(NOW):
        async with running(app) as client:
            assert (await client.get("/v1/stream")).status_code == 401
            async with listening(app, **as_key(token)) as stream, listening(app, **as_key(other)) as goes_on:
                assert (b"cache-control", b"private, no-store, no-transform") in stream.started["headers"]
                await stream.until_last(lambda: b": ping" in stream.body)
                await database.write(revoke_key, token.split("_")[1][:10], now=NOW)
                await stream.wait_for_end()
                assert not stream.is_cut
                assert not goes_on.task.done()


async def test_stalled_stream_is_aborted_and_can_resume(
    app: FastAPI, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscription, "MAX_QUEUE_EVENTS", 5)
    async with listening(app) as quick, listening(app) as slow:
        slow.takes.clear()
        for number in range(8):
            await store(article(source_id=f"n{number}"))
            await quick.until(number + 1)
        await slow.wait_for_end()
        assert slow.is_cut
        assert not quick.task.done()
        monkeypatch.undo()
        async with listening(app, last_event_id=slow.last_id) as again:
            await again.until(8 - len(slow.changes))
            assert slow.numbers + again.numbers == quick.numbers


async def test_stream_stalled_between_two_heartbeats_is_aborted(
    app: FastAPI, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscription, "HEARTBEAT_S", 0.1)
    async with listening(app) as stream:
        stream.takes.clear()
        await store(article(source_id="new"))
        await stream.wait_for_end()
        assert stream.is_cut


async def test_shutdown_ends_streams_immediately(tmp_path: Path, sqlite_template: Path) -> None:
    address = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'dayline.db')}"
    await asyncio.to_thread(run_once, address, lambda connection: upsert_entry(connection, edition(), now=NOW))
    server = start_server(address, tmp_path, free_port())
    try:
        await server.wait_ready()
        readers = [await open_raw(server.port) for _ in range(20)]
        server.send(signal.SIGTERM)
        begun = time.monotonic()
        rest = await asyncio.gather(*(reader.read() for reader, _ in readers))
        assert time.monotonic() - begun < 2
        assert all(each.endswith(b"0\r\n\r\n") for each in rest)
        assert await server.exit_status() in {0, -signal.SIGTERM}
        assert time.monotonic() - begun < 8
        assert "Traceback" not in server.output.read_text()
    finally:
        for _, writer in readers:
            writer.close()
        server.end()


async def open_raw(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection on which a stream has begun."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /v1/stream HTTP/1.1\r\nHost: api.example\r\n\r\n")
    await reader.readuntil(b"retry: ")
    return reader, writer


@pytest.mark.soak
async def test_two_thousand_streams_receive_a_publication_within_half_a_second(database_address: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(str(PROJECT / ".venv/bin/python"), "-m", "bench.streams", database_address),
        env=environment_of(database_address),
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    figures = json.loads(output)
    print(figures)  # noqa: T201 - the figures of the test
    assert figures["heard"] == [2_000] * 10
    assert figures["median_ms"] <= 500
