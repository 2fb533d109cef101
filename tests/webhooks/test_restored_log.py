"""Endpoints after a backup was restored: deliveries continue at the backup's position, under new numbers."""

import asyncio

import pytest

from app import clock
from app.actions.webhooks.endpoints import edit_webhook, replay_changes
from app.db.database import Database
from app.queries.changes.change_list import latest_seq
from tests.conftest import Store
from tests.records import article, edition
from tests.restore_backup import leap, restore
from tests.webhooks.endpoints import count, dispatching, ids, make_endpoint, messages, rows, seqs, until
from tests.webhooks.receivers import a_receiver, answering


async def _is_quiet(database: Database) -> bool:
    filled = await rows(database, "SELECT min(enqueued_seq) FROM webhook_endpoints")
    return filled[0][0] == await database.read(latest_seq) and await count(database, "pending") == 0


async def test_endpoint_continues_at_the_position_of_the_backup(
    database_address: str, database: Database, store: Store
) -> None:
    await store(edition(), article(source_id="a"))
    async with a_receiver(answering()) as receiver:
        await make_endpoint(database, receiver.url)
        gap = await database.write(leap)
        await store(article(source_id="b"))
        async with dispatching(database_address):
            await until(lambda: _is_quiet(database))
    assert seqs(receiver) == [1, 2, gap.first, gap.first + 1]
    assert messages(receiver)[2]["type"] == "edition.updated"
    assert ids(receiver)[-1].endswith(f"_{gap.first + 1}")


async def test_running_dispatcher_reuses_no_number_after_a_restore(
    database_address: str, database: Database, store: Store
) -> None:
    await store(edition())
    async with a_receiver(answering()) as receiver, dispatching(database_address) as dispatcher:
        endpoint = await make_endpoint(database, receiver.url, filters={"tag": ["trams"]}, since=1)
        await store(article(source_id="a", tags=["trams"]))
        await until(lambda: _is_quiet(database))
        last, received = await database.read(latest_seq), len(receiver.requests)
        for number in range(5):  # irrelevant to it: recorded only in the process that saw them
            await store(article(source_id=f"lost-{number}"))
        sent = await database.read(latest_seq)
        await until(lambda: dispatcher._deliverer().scanned_up_to.get(endpoint, (0, 0))[1] == sent)
        gap = await database.write(restore, last)
        await store(article(source_id="b", tags=["trams"]))
        await until(lambda: len(receiver.requests) == received + 2)
    assert sent == last + 5
    assert [each["type"] for each in messages(receiver)[received:]] == ["edition.updated", "article.published"]
    assert seqs(receiver)[received:] == [gap.first, gap.first + 1]


@pytest.mark.parametrize("since", [0, 1, 2])
async def test_filters_and_replays_span_a_gap(
    database_address: str, database: Database, store: Store, since: int
) -> None:
    await store(edition(), article(source_id="a"))
    gap = await database.write(leap)
    turns = iter([answering(500)])

    async def moody(writer: asyncio.StreamWriter) -> None:
        await next(turns, answering())(writer)

    async with a_receiver(moody) as receiver:
        endpoint = await make_endpoint(database, receiver.url, since=gap.last)
        async with dispatching(database_address, delay=lambda *_, **__: 600.0):
            await until(lambda: len(receiver.requests) == 1)
            await until(lambda: _is_noted(database))
        patch = {"filters": {"edition": "*"}}
        await database.write(edit_webhook, endpoint, patch, expected=None, now=clock.now())  # right before it
        assert (await rows(database, "SELECT enqueued_seq FROM webhook_endpoints"))[0][0] == gap.first - 1
        async with dispatching(database_address):
            await database.write(edit_webhook, endpoint, {"url": f"{receiver.url}/"}, expected=None, now=clock.now())
            await until(lambda: _is_quiet(database))
            await database.write(replay_changes, endpoint, since=since, now=clock.now())
            await until(lambda: _is_quiet(database))
    expected = [each for each in (1, 2, gap.first) if each > since]
    assert seqs(receiver) == [gap.first, gap.first, *expected]


async def _is_noted(database: Database) -> bool:
    return bool((await rows(database, "SELECT failures FROM webhook_endpoints"))[0][0] == 1)
