"""Webhook endpoints for tests, dispatchers for them, and waits with a time limit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Any

import orjson
from sqlalchemy import Connection, text

from app import clock
from app.actions.webhooks.endpoints import create_webhook
from app.api.public.ninjs_payload import render_ninjs_payload
from app.db.database import Database, open_database
from app.schemas.webhook import WebhookCreate
from app.webhooks.dispatcher import Dispatcher
from tests.webhooks.receivers import Receiver

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="  # noqa: S105 - of a test
LOOPBACK = (ip_network("127.0.0.0/8"),)
PATIENCE_S = 15.0

Json = dict[str, Any]


async def make_endpoint(database: Database, url: str, *, since: int = 0, **members: Any) -> int:
    """Create an endpoint that receives everything after `since`; return its id."""
    record = WebhookCreate.model_validate({"url": url, **members})
    made: int = await database.write(create_webhook, record, secret=SECRET, since=since, now=clock.now())
    return made


@asynccontextmanager
async def dispatching(address: str, **options: Any) -> AsyncIterator[Dispatcher]:
    """Run one more dispatching process in this context, with receivers on this machine and short back-off."""
    given = {
        "render_ninjs": render_ninjs_payload,
        "allowed_networks": LOOPBACK,
        "delay": lambda _failures, _chance, **_rest: 0.02,
        **options,
    }
    database = open_database(address)
    dispatcher = Dispatcher(database, **given)
    dispatcher.start()
    ticking = asyncio.create_task(_notify(dispatcher))
    try:
        yield dispatcher
    finally:
        ticking.cancel()
        await dispatcher.stop()
        await database.close()


async def _notify(dispatcher: Dispatcher) -> None:
    """Notify it repeatedly that there may be changes, as the log follower of a server does."""
    while True:
        await asyncio.sleep(0.02)
        dispatcher.wake_if_needed()


async def until(holds: Callable[[], bool | Awaitable[bool]], *, seconds: float = PATIENCE_S) -> None:
    """Return as soon as it is true."""
    async with asyncio.timeout(seconds):
        while True:
            found = holds()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.01)


def messages(receiver: Receiver) -> list[Json]:
    """Return the received messages, in their order."""
    return [orjson.loads(body) for _, body in receiver.requests]


def seqs(receiver: Receiver) -> list[int]:
    """Return the sequence numbers of the received changes."""
    return [each["data"]["seq"] for each in messages(receiver)]


def ids(receiver: Receiver) -> list[str]:
    """Return the ids of the received messages."""
    return [headers["webhook-id"] for headers, _ in receiver.requests]


async def rows(database: Database, statement: str) -> list[Any]:
    """Return the rows of a query."""

    def read(connection: Connection) -> list[Any]:
        return list(connection.execute(text(statement)).all())

    return await database.read(read)


async def count(database: Database, status: str) -> int:
    """Return the number of rows of the outbox with this status."""
    found = await rows(database, f"SELECT count(*) FROM webhook_deliveries WHERE status = '{status}'")  # noqa: S608 - our own
    return int(found[0][0])
