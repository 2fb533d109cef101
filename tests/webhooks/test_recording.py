"""Dispatchers record results of messages while managers edit the endpoint: neither blocks the other."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, select

from app import clock
from app.actions.webhooks.deliveries import prune_deliveries, record_delivery, record_failure
from app.actions.webhooks.endpoints import replay_changes
from app.db.database import Database
from app.domain.webhook import AttemptResult, FailureState
from app.models.webhook import webhook_endpoints
from tests.conftest import NOW, Store
from tests.records import article, edition
from tests.webhooks.endpoints import count, dispatching, make_endpoint, seqs, until
from tests.webhooks.receivers import a_receiver, answering

BEGUN_S = 0.3
OUTCOME = AttemptResult(attempted_at=NOW, response_status=200, reason="The receiver answered 200.", duration_ms=1)
SETBACK = FailureState(failing_since=NOW, due_at=NOW, disabled_reason=None)


def deliver(connection: Connection, endpoint: int) -> None:
    """Do what a dispatcher does after an acknowledgement."""
    record_delivery(connection, endpoint, 1, OUTCOME, owner_id="a", filters=("", "", "dayline"), until=NOW)


def fail(connection: Connection, endpoint: int) -> None:
    """Do what it does after a failure."""
    record_failure(connection, endpoint, 1, OUTCOME, SETBACK, owner_id="a", revision=1)


def prune(connection: Connection, _endpoint: int) -> None:
    """Do what maintenance does."""
    prune_deliveries(connection, now=2 * NOW)


def replay_slowly(connection: Connection, endpoint: int) -> None:
    """Replay, and let others begin as soon as the endpoint is locked."""
    connection.execute(select(webhook_endpoints.c.id).where(webhook_endpoints.c.id == endpoint).with_for_update())
    if connection.dialect.name == "postgresql":  # an embedded file has one writer at a time
        connection.exec_driver_sql(f"SELECT pg_sleep({BEGUN_S})")
    replay_changes(connection, endpoint, since=0, now=NOW)


@pytest.mark.parametrize("doing", [deliver, fail, prune])
async def test_concurrent_write_and_replay_both_succeed(
    database: Database, doing: Callable[[Connection, int], None]
) -> None:
    endpoint = await make_endpoint(database, "https://partner.example/")
    await database.write(_note_down, endpoint)
    both = await asyncio.gather(
        database.write(replay_slowly, endpoint), database.write(doing, endpoint), return_exceptions=True
    )
    assert [each for each in both if each is not None] == []
    assert await count(database, "pending") + await count(database, "delivered") == 0


def _note_down(connection: Any, endpoint: int) -> None:
    values = "lease_owner = 'a', enqueued_seq = 2"
    connection.exec_driver_sql(f"UPDATE webhook_endpoints SET {values} WHERE id = {endpoint}")  # noqa: S608 - our own
    for seq, status in enumerate(("pending", "delivered"), start=1):
        connection.exec_driver_sql(
            "INSERT INTO webhook_deliveries (endpoint_id, seq, type, at, status, delivered_at, created_at) "  # noqa: S608 - our own
            f"VALUES ({endpoint}, {seq}, 'article.updated', 0, '{status}', {NOW}, {NOW})"
        )


async def test_message_delivered_during_a_replay_is_sent_again(
    database_address: str, database: Database, store: Store
) -> None:
    await store(edition(), *(article(source_id=name) for name in ("a", "b")))
    may_answer = asyncio.Event()

    async def slow(writer: asyncio.StreamWriter) -> None:
        await may_answer.wait()
        await answering()(writer)

    async with a_receiver(slow) as receiver, dispatching(database_address):
        endpoint = await make_endpoint(database, receiver.url, since=1)
        await until(lambda: len(receiver.requests) == 1)
        await database.write(replay_changes, endpoint, since=1, now=clock.now())
        may_answer.set()
        await until(lambda: seqs(receiver)[-1] == 3)
    assert seqs(receiver) == [2, 2, 3]
