"""Writes on PostgreSQL and followers on other machines: none serves a response that an acknowledged write replaced."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Connection
from sqlalchemy.util import await_only

from app.actions.changelog.changes import Change, append_changes, begin_log_transaction
from app.actions.idempotency import IdempotentRequest, StoredResponse, find_stored_response, store_response
from app.actions.keys import create_key
from app.changefeed.log_follower import LogFollower
from app.clock import uptime
from app.db.database import Database, open_database
from app.db.locks import CHANGE_LOG_LOCK
from app.db.postgresql import commit_listener, presence
from app.domain.api_key import ApiKeyScope
from app.schemas.api_key import ApiKeyCreate
from tests.conftest import NOW
from tests.process_writers import A_TYPE, RecordedChanges, append, sync_follower

WRITES = 30
_WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
MAX_SECONDS = 10.0

pytestmark = pytest.mark.parametrize("database_address", ["postgresql"], indirect=True)


class Machine:
    """Process that follows and writes, and shares no memory with others."""

    def __init__(self, address: str) -> None:
        database: Any = open_database(address)
        database._is_alone = True
        self.database = database
        self.recorded = RecordedChanges()
        self.follower = LogFollower(self.database, self.recorded.apply, self.recorded.clear)
        self.watch: Any = self.follower._watch

    async def start(self, seq: int = 0) -> None:
        """Follow from the end of the log, where this is its number."""
        self.recorded.seq = seq
        await self.follower.start()
        await sync_follower(self.follower)

    async def hold_still(self) -> None:
        """Stop receiving and polling, so that only the lease remains."""
        await until(self.follower.is_up_to_date)
        self.watch._driver._listeners.clear()
        await sync_follower(self.follower)
        assert self.follower._task is not None
        self.follower._task.cancel()

    def is_stale(self, seq: int) -> bool:
        """Return whether it would serve a cached response that the change of this number replaced."""
        return self.follower.is_up_to_date() and self.recorded.seq < seq


Start = Callable[[], Awaitable[Machine]]


async def until(is_so: Callable[[], bool]) -> None:
    """Return once `is_so` is true."""
    async with asyncio.timeout(MAX_SECONDS):
        while not is_so():  # noqa: ASYNC110 - a state of several objects has no event
            await asyncio.sleep(0.001)


@pytest.fixture
async def start(database_address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Start]:
    """Start machines; they end with the test."""
    monkeypatch.setattr(commit_listener, "open_commit_flag", lambda _connection: None)
    running: list[Machine] = []

    async def start_one() -> Machine:
        machine = Machine(database_address)
        running.append(machine)
        await machine.start()
        return machine

    yield start_one
    for machine in running:
        await machine.follower.stop()
        await machine.database.close()


@pytest.fixture
def long_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make leases ten times as long, so that they do not end while a test prepares the write that waits for them."""
    monkeypatch.setattr(commit_listener.PgCommitWatch, "trust_window_s", commit_listener.TRUSTED_S * 10)
    monkeypatch.setattr(presence, "LEASE_ENDS_AFTER_S", presence.LEASE_ENDS_AFTER_S * 10)


async def test_write_returns_when_followers_of_other_machines_have_acknowledged(start: Start) -> None:
    writer, *readers = [await start() for _ in range(3)]
    for seq in range(1, WRITES + 1):
        for reader in readers:
            await sync_follower(reader.follower)
        await writer.database.write(append)
        assert not any(machine.is_stale(seq) for machine in (writer, *readers))


@pytest.mark.usefixtures("long_leases")
async def test_write_returns_when_the_lease_of_a_silent_follower_has_ended(start: Start) -> None:
    writer, reader = await start(), await start()
    await reader.hold_still()
    assert reader.follower.is_up_to_date()
    await writer.database.write(append)
    assert not reader.is_stale(1)


@pytest.mark.usefixtures("long_leases")
async def test_write_waits_for_the_lease_of_a_follower_whose_connection_was_lost_unnoticed(
    start: Start, database_address: str
) -> None:
    writer, reader = await start(), await start()
    await until(lambda: uptime() > writer.database._followers._complete_from)
    reader.watch._driver._termination_listeners.clear()
    connection = await asyncpg.connect(database_address)
    await reader.hold_still()
    await connection.fetchval("SELECT pg_terminate_backend($1, 5000)", reader.watch._session)
    await connection.close()
    await writer.database.write(append)
    assert not reader.is_stale(1)
    assert reader.watch._session not in writer.database._followers._known


@pytest.mark.usefixtures("long_leases")
async def test_write_of_a_new_process_waits_for_unknown_leases(start: Start, database_address: str) -> None:
    reader = await start()
    reader.watch._driver._termination_listeners.clear()
    connection = await asyncpg.connect(database_address)
    await reader.hold_still()
    await connection.fetchval("SELECT pg_terminate_backend($1, 5000)", reader.watch._session)
    await connection.close()
    writer = await start()
    await writer.database.write(append)
    assert not reader.is_stale(1)


async def test_follower_that_joins_during_a_write_serves_no_earlier_response(
    start: Start, database_address: str
) -> None:
    writer = await start()
    reader = Machine(database_address)
    joining: list[asyncio.Task[None]] = []

    def write(connection: Connection) -> None:
        begin_log_transaction(connection)
        joining.append(asyncio.ensure_future(reader.start()))
        await_only(asyncio.sleep(0.1))
        append_changes(connection, [Change(type=A_TYPE, keys=["tag:1"])], now=NOW, actor="x")

    await writer.database.write(write)
    assert not reader.is_stale(1)
    reader.recorded.seq = 1
    await joining[0]
    await reader.follower.stop()
    await reader.database.close()


async def test_follower_waits_for_a_long_write_in_one_session(
    start: Start, database_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "JOIN_TIMEOUT_MS", 100)
    monkeypatch.setattr(commit_listener, "ABANDON_AFTER_S", 0.3)
    reader = await start()
    connection = await asyncpg.connect(database_address)
    waiting = set()
    async with connection.transaction():
        await connection.execute(f"SELECT pg_advisory_xact_lock({CHANGE_LOG_LOCK})")
        reader.watch._driver.terminate()
        for _ in range(50):
            waiting.add(await connection.fetchval(_WAITING))
            await asyncio.sleep(0.02)
        assert not reader.follower.is_up_to_date()
    assert waiting <= {0, 1}
    await sync_follower(reader.follower)
    await connection.close()


async def test_write_does_not_wait_for_a_stopped_follower(start: Start) -> None:
    writer, reader = await start(), await start()
    session = reader.watch._session
    await writer.database.write(append)
    assert session in writer.database._followers._known
    await reader.follower.stop()
    await until(lambda: session not in writer.database._followers._known)


@pytest.mark.usefixtures("database_address")
def test_follower_that_joins_while_the_others_are_read_is_known_when_it_is_lost() -> None:
    followers = presence.Followers()
    followers.receive(7, f"{presence.JOINED} 1")
    followers.start({5: 2})
    assert followers._known == {7: 1, 5: 2}
    followers.stop()
    assert followers._known == {}


@pytest.mark.usefixtures("long_leases")
async def test_command_that_settles_outlasts_every_lease(start: Start, database_address: str) -> None:
    reader = await start()
    command = open_database(database_address)
    await command.write(lambda _connection: None)
    await reader.hold_still()
    await command.write(append)
    await command.settle()
    assert not reader.is_stale(1)
    await command.close()


@pytest.mark.usefixtures("long_leases")
async def test_replay_of_a_write_waits_as_the_write_does(start: Start) -> None:
    writer, reader = await start(), await start()

    def make_key(connection: Connection) -> int:
        create_key(connection, ApiKeyCreate(name="desk", scopes=[ApiKeyScope.ARTICLES_WRITE]), now=NOW)
        return int(connection.exec_driver_sql("SELECT max(id) FROM api_keys").scalar_one())

    def make(connection: Connection, request: IdempotentRequest) -> None:
        assert find_stored_response(connection, request, now=NOW) is None
        store_response(connection, request, StoredResponse(200, {}, b"{}"), now=NOW)
        append(connection)

    other: Database = open_database(writer.database.url.render_as_string(hide_password=False))
    request = IdempotentRequest(await other.write(make_key), "name", b"digest")
    await reader.hold_still()
    await other.write(make, request)  # whose own request has no response yet
    assert await writer.database.write(find_stored_response, request, now=NOW) is not None
    assert not reader.is_stale(1)
    await other.close()


async def test_session_of_a_transaction_pooler_has_no_lease(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    reader = await start()
    reader.watch._session += 1
    with caplog.at_level(logging.WARNING):
        await until(lambda: not (reader.follower.is_up_to_date() and reader.watch.trust_window_s))
    await asyncio.sleep(0.1)
    assert not reader.follower.is_up_to_date()
    assert await reader.follower.sync()
    assert [record.message for record in caplog.records] == [commit_listener.POOLED]
