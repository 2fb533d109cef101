"""Messages over a connection that took long to open, when their article has changed meanwhile."""

import asyncio

import pytest

from app.db.database import Database
from app.webhooks.dispatcher import Dispatcher
from app.webhooks.ssrf_guard import SsrfGuard
from tests.conftest import Store
from tests.records import article, edition
from tests.webhooks.endpoints import LOOPBACK, count, dispatching, make_endpoint, messages, rows, until
from tests.webhooks.receivers import a_receiver, answering

MEMBERS = {"source_id": "secret", "headline": "Zubrowka-7731"}
WITHDRAWAL = {"reason": "A secret.", "notice": "It was wrong."}


class SlowNames:
    """Name server that responds when the test says so: every name is this machine."""

    def __init__(self) -> None:
        self.was_asked = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def __call__(self, host: str, port: int) -> list[str]:
        """Return the address of this machine."""
        assert (host, bool(port)) == ("slow.test", True)
        self.was_asked.set()
        await self.may_answer.wait()
        return ["127.0.0.1"]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> SlowNames:
    """Return the resolver of every dispatcher of the test."""
    found = SlowNames()
    monkeypatch.setattr(Dispatcher, "_guard", lambda _dispatcher: SsrfGuard(LOOPBACK, look_up=found))
    return found


async def test_article_withdrawn_during_connecting_is_not_sent(
    database_address: str, database: Database, store: Store, names: SlowNames
) -> None:
    await store(edition())
    async with a_receiver(answering()) as receiver, dispatching(database_address):
        await make_endpoint(database, f"http://slow.test:{receiver.port}/", since=1)
        await store(article(**MEMBERS))
        await names.was_asked.wait()
        await store(article(**MEMBERS, status="withdrawn", withdrawal=WITHDRAWAL))
        names.may_answer.set()
        await until(lambda: _has_delivered(database, 2))
    assert [each["type"] for each in messages(receiver)] == ["article.withdrawn"] * 2
    assert not any(b"Zubrowka" in body for _, body in receiver.requests)
    assert [each.attempts for each in await rows(database, "SELECT attempts FROM webhook_deliveries")] == [1, 1]


async def test_unrelated_change_does_not_delay_the_message(
    database_address: str, database: Database, store: Store, names: SlowNames
) -> None:
    await store(edition())
    async with a_receiver(answering()) as receiver, dispatching(database_address):
        await make_endpoint(database, f"http://slow.test:{receiver.port}/", since=1)
        await store(article(**MEMBERS))
        await names.was_asked.wait()
        await store(article("1999-01-01T00:00:00Z", source_id="other", headline="Elsewhere"))
        names.may_answer.set()
        await until(lambda: _has_delivered(database, 2))
    assert [each["data"]["article"]["headline"] for each in messages(receiver)] == ["Zubrowka-7731", "Elsewhere"]


async def _has_delivered(database: Database, number: int) -> bool:
    return await count(database, "delivered") == number
