"""Sending of an export, and its end when the client, the database or the process fails in the middle."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, text

from app.api.http import jsonl_response
from app.db.database import Database
from app.queries.articles import public_export
from app.services import MAX_EXPORTS
from tests.api.public.slow_client import Client, app_of, partly_read, read_up_to_the_head
from tests.api.public.test_export import export_of
from tests.conftest import Store
from tests.records import article
from tests.server_process import free_port, start_server


@pytest.mark.usefixtures("newsroom")
async def test_export_is_one_snapshot_with_concurrent_requests(
    client: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await export_of(client, "")
    async with partly_read(client, monkeypatch) as reading:
        await store(article("2026-11-20T11:59:00Z", source_id="meanwhile", headline="Meanwhile"))
        assert "Meanwhile" in (await client.get("/v1/articles")).text
        while not reading.is_complete:
            await reading.take()
        body = b"".join(each.get("body", b"") for each in reading.messages)
        assert [json.loads(line) for line in body.splitlines()] == before


@pytest.mark.usefixtures("newsroom")
async def test_disconnected_export_releases_everything(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with partly_read(client, monkeypatch) as reading:
        reading.leave()
        assert reading.task is not None
        async with asyncio.timeout(5):
            await reading.task
        assert not reading.is_complete


@pytest.mark.usefixtures("newsroom")
async def test_export_to_a_stalled_client_is_aborted(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl_response, "WRITE_TIMEOUT_S", 0.05)
    async with partly_read(client, monkeypatch) as reading:
        assert reading.task is not None
        async with asyncio.timeout(5):
            await reading.task
        assert not reading.is_complete


@pytest.mark.usefixtures("newsroom")
async def test_export_to_a_slow_client_is_aborted_eventually(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl_response, "MAX_DURATION_S", 0.0)
    async with read_up_to_the_head(client) as reading:
        assert reading.task is not None
        async with asyncio.timeout(5):
            await reading.task
        assert not reading.is_complete


@pytest.mark.usefixtures("newsroom")
async def test_exports_over_the_limit_get_retry_after(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = [Client(app_of(client)) for _ in range(MAX_EXPORTS)]
    monkeypatch.setattr(public_export, "BATCH", 1)
    for each in readers:
        each.begin()
        await each.take()
    refused = await client.get("/v1/export")
    assert refused.status_code == 503
    assert refused.json()["type"] == "/problems/busy"
    assert int(refused.headers["retry-after"]) > 0
    for each in readers:
        each.leave()
        assert each.task is not None
        await each.task
    assert (await client.get("/v1/export")).status_code == 200


@pytest.mark.usefixtures("newsroom")
async def test_export_fault_leaves_the_response_incomplete(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = 0

    def render(*_: Any, **__: Any) -> list[Any]:
        nonlocal begun
        begun += 1
        if begun > 1:
            raise ValueError("a torn body")
        return []

    monkeypatch.setattr(public_export, "BATCH", 1)
    monkeypatch.setattr(public_export, "render_articles", render)
    reading = Client(app_of(client))
    reading.begin()
    await reading.take()
    assert reading.task is not None
    with pytest.raises(ValueError, match="a torn body"):
        await reading.task
    assert not reading.is_complete
    assert app_of(client).state.services.export_slots._value == MAX_EXPORTS


def end_others(connection: Connection) -> None:
    """End the other connections to this PostgreSQL database that have a snapshot."""
    connection.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND state = 'idle in transaction'"
        )
    )


@pytest.mark.usefixtures("newsroom")
async def test_export_outage_leaves_the_response_incomplete(
    client: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if not database.url.get_backend_name().startswith("postgresql"):
        return  # a file has no connection to end
    async with partly_read(client, monkeypatch) as reading:
        await database.write(end_others)
        assert reading.task is not None
        reading.receive_all()
        async with asyncio.timeout(10):
            await asyncio.wait([reading.task])
        assert not reading.is_complete
    assert "aborted" in caplog.text


async def test_broken_export_is_a_transport_error_and_an_abandoned_one_is_released(
    database_address: str, store: Store, edition_kyiv: None, tmp_path: Path
) -> None:
    assert edition_kyiv is None
    body = [{"type": "paragraph", "html": "The council voted late. " * 400}]
    await store(*(article(source_id=f"a-{n}", body=body) for n in range(1_000)))
    server = start_server(database_address, tmp_path, free_port())
    try:
        await server.wait_ready()
        headers = {"accept-encoding": "identity"}
        async with httpx.AsyncClient(base_url=server.address, headers=headers, timeout=20) as client:
            whole = await client.get("/v1/export?body=text")
            assert len(whole.content.splitlines()) == 1_000
            for _ in range(MAX_EXPORTS * 3):  # each would occupy a slot if it were not released
                async with client.stream("GET", "/v1/export?body=blocks") as response:
                    assert response.status_code == 200
                    await anext(response.aiter_bytes())
                await asyncio.sleep(0.05)
            with pytest.raises(httpx.RemoteProtocolError):  # noqa: PT012 - the server ends in the middle of it
                async with client.stream("GET", "/v1/export?body=blocks") as response:
                    pieces = response.aiter_bytes()
                    await anext(pieces)
                    server.end()
                    async for _ in pieces:
                        pass
    finally:
        server.end()
    assert "Traceback" not in server.output.read_text(), server.output.read_text()
