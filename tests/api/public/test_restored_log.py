"""A restored backup: every endpoint reports a position of the lost log, also from a process that ran meanwhile."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, text

from app.db.database import Database
from app.domain.sequence_gap import Gap
from app.queries.changes.change_list import latest_seq
from tests.api.public.test_stream import app_of
from tests.conftest import Store
from tests.pagination import error_locations, get_page
from tests.records import article, edition
from tests.restore_backup import leap, restore
from tests.stream_client import listening

pytestmark = pytest.mark.usefixtures("newsroom")


@pytest.fixture
def app(client: httpx.AsyncClient) -> FastAPI:
    """The application over the small newsroom."""
    return app_of(client)


async def test_positions_of_the_lost_log_are_rejected_everywhere(client: httpx.AsyncClient, database: Database) -> None:
    gap = await database.write(leap)
    advice = "the position is of another log; begin at 0."
    for place in (gap.last + 1, gap.last + 5_000, gap.first - 2):
        for path in (f"/v1/changes?since={place}", f"/v1/changes?since={place}&wait=9", f"/v1/stream?since={place}"):
            problem = await get_page(client, path, 422)
            assert error_locations(problem) == ["since"]
            assert problem["errors"][0]["message"] == f"No change is between {gap.last} and {gap.first}: {advice}"
        response = await client.get("/v1/stream", headers={"last-event-id": str(place)})
        assert (response.status_code, error_locations(response.json())) == (422, ["Last-Event-ID"])
    page = await get_page(client, f"/v1/changes?since={gap.last}&wait=9")
    assert [(each["type"], each["entry"]["kind"]) for each in page["items"]] == [("edition.updated", "edition")]
    assert (await get_page(client, "/v1/timeline"))["as_of"] == page["as_of"] > gap.first


async def test_cursor_of_the_lost_log_is_rejected_by_a_longer_log(
    client: httpx.AsyncClient, database: Database, store: Store
) -> None:
    last = await database.read(latest_seq)
    await store(*(article(source_id=f"lost-{number}") for number in range(3)))
    cursor = (await get_page(client, f"/v1/changes?since={last}&limit=1"))["next"]["cursor"]
    await database.write(restore, last)
    await store(*(article(source_id=f"new-{number}") for number in range(9)))
    problem = await get_page(client, f"/v1/changes?cursor={cursor}&limit=1", 422)
    assert error_locations(problem) == ["cursor"]


async def test_open_stream_continues_across_the_gap(app: FastAPI, database: Database, store: Store) -> None:
    last = await database.read(latest_seq)
    async with listening(app) as stream:
        gap = await database.write(leap)
        await stream.until(1)
        async with listening(app, f"/v1/stream?since={gap.last}") as later:
            assert [each["seq"] for each in await later.until(1)] == [gap.first]
        async with listening(app, f"/v1/stream?since={gap.last + 1}") as refused:
            assert refused.started["status"] == 422
        await store(article(source_id="new"))
        newest = await database.read(latest_seq)
        assert [each["seq"] for each in await stream.until(2)] == [gap.first, newest]
    assert gap.last == last


async def test_stream_of_the_lost_log_ends(app: FastAPI, database: Database, store: Store) -> None:
    last = await database.read(latest_seq)
    async with listening(app) as stream:
        await store(article(source_id="lost"))
        await stream.until(1)
        await database.write(restore, last)
        await stream.wait_for_end()
        async with listening(app, last_event_id=stream.last_id) as refused:
            assert refused.started["status"] == 422


async def test_long_poll_of_the_lost_log_is_rejected(
    client: httpx.AsyncClient, database: Database, store: Store
) -> None:
    last = await database.read(latest_seq)
    await store(article(source_id="lost"))
    known = await database.read(latest_seq)
    waiting = asyncio.create_task(get_page(client, f"/v1/changes?since={known}&wait=20", 422))
    await asyncio.sleep(0.2)
    await database.write(restore, last)
    assert error_locations(await waiting) == ["since"]


async def test_cached_responses_of_the_lost_log_are_evicted(
    client: httpx.AsyncClient, database: Database, store: Store
) -> None:
    last = await database.read(latest_seq)
    await store(edition(name="A name of the lost log"))
    assert "A name of the lost log" in (await client.get("/v1/editions")).text
    gap = await database.write(restore_name, last)
    assert "A name of the lost log" not in (await client.get("/v1/editions")).text
    page = await get_page(client, "/v1/changes")
    assert page["as_of"] == (await get_page(client, "/v1/timeline"))["as_of"] > gap.first
    await store(edition(name="A new name"))
    assert "A new name" in (await client.get("/v1/editions")).text


def restore_name(connection: Connection, last: int) -> Gap:
    """Restore a backup in which the edition had its first name."""
    connection.execute(text("UPDATE editions SET name = 'The Lume Courier' WHERE slug = 'global'"))
    return restore(connection, last)
