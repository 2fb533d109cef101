"""Endpoints that are edited while a message to them is in progress."""

import asyncio

from app import clock
from app.actions.webhooks.endpoints import edit_webhook
from app.db.database import Database
from tests.conftest import Store
from tests.records import article, edition
from tests.webhooks.endpoints import count, dispatching, make_endpoint, seqs, until
from tests.webhooks.receivers import a_receiver, answering


async def test_message_delivered_during_a_filter_edit_is_not_sent_again(
    database_address: str, database: Database, store: Store
) -> None:
    await store(edition())
    for name in ("a", "b", "c"):
        await store(article(source_id=name))
    may_answer = asyncio.Event()

    async def slow(writer: asyncio.StreamWriter) -> None:
        await may_answer.wait()
        await answering()(writer)

    async with a_receiver(slow) as receiver, dispatching(database_address):
        endpoint = await make_endpoint(database, receiver.url, since=1)
        await until(lambda: len(receiver.requests) == 1)
        patch = {"filters": {"edition": "*"}}
        await database.write(edit_webhook, endpoint, patch, expected=None, now=clock.now())
        may_answer.set()
        await store(article(source_id="d"))
        await until(lambda: seqs(receiver)[-1] == 5)
        await until(lambda: _is_quiet(database))
    assert seqs(receiver) == [2, 3, 4, 5]


async def _is_quiet(database: Database) -> bool:
    return await count(database, "pending") == 0
