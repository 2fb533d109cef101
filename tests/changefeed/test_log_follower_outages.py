"""Log follower of a PostgreSQL server that is stopped, restarted or gone: no cached response is used meanwhile."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, text

from app.changefeed.log_follower import LogFollower
from app.db.database import Database, open_database
from app.db.postgresql import commit_listener
from tests.process_writers import RecordedChanges, append, sync_follower
from tests.stoppable import frozen, proxied, stoppable_server

MAX_STEP_S = 0.02  # for a check that takes a millisecond; a longer step means that the machine stalled
_END_OTHERS = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")


@pytest.fixture(scope="module")
def own_server() -> Iterator[Any]:
    """Start a server that may be stopped, used by no other test."""
    with stoppable_server() as server:
        yield server


@pytest.fixture
async def database(own_server: Any) -> AsyncIterator[Database]:
    database = open_database(own_server.get_uri())
    yield database
    await database.close()


@pytest.fixture
async def recorded(database: Database) -> RecordedChanges:
    await database.write(lambda connection: connection.execute(text("DELETE FROM changes")))
    return RecordedChanges()


@pytest.fixture
async def follower(database: Database, recorded: RecordedChanges) -> AsyncIterator[LogFollower]:
    follower = LogFollower(database, recorded.apply, recorded.clear)
    await follower.start()
    assert await seconds_until(follower, is_current=True) < 1
    yield follower
    await follower.stop()


async def seconds_until(follower: LogFollower, *, is_current: bool, most: float = 10) -> float:
    """Return the seconds until it is true, without stalls of the machine; it is checked every millisecond."""
    begun = before = time.monotonic()
    seconds = 0.0
    while follower.is_up_to_date() is not is_current:
        assert time.monotonic() - begun < most
        await asyncio.sleep(0.001)
        now = time.monotonic()
        seconds, before = seconds + min(now - before, MAX_STEP_S), now
    return seconds


async def seconds_of(awaited: Awaitable[object]) -> float:
    """Return the seconds that an action takes, without stalls of the machine."""
    requested = asyncio.ensure_future(awaited)
    seconds, before = 0.0, time.monotonic()
    while not requested.done():
        await asyncio.wait({requested}, timeout=0.001)
        now = time.monotonic()
        seconds, before = seconds + min(now - before, MAX_STEP_S), now
    await requested
    return seconds


async def sync_in_vain(follower: LogFollower) -> None:
    """Synchronise with a server that does not respond."""
    assert not await follower.sync()


async def write_elsewhere(server: Any) -> None:
    """Write as another machine does: only the server announces it."""
    other = open_database(server.get_uri())
    await other.read(lambda connection: connection.execute(text("SELECT 1")))
    other._is_alone = True  # type: ignore[attr-defined]  # it shares no memory
    await other.write(append)
    await other.close()


async def test_frozen_server_is_detected_within_a_tenth_of_a_second(
    own_server: Any, recorded: RecordedChanges, follower: LogFollower, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "app.changefeed.log_follower"):
        with frozen(own_server):
            blind_after = await seconds_until(follower, is_current=False)
            assert blind_after < 0.1
            assert await seconds_of(sync_in_vain(follower)) < 0.4
            for _ in range(100):
                assert not follower.is_up_to_date()
                await asyncio.sleep(0.005)
            nobody = asyncio.gather(*(sync_in_vain(follower) for _ in range(100)))
            assert await seconds_of(nobody) < 0.1  # it is known to be unavailable: nothing waits again
        seeing_after = await seconds_until(follower, is_current=True)
        assert seeing_after < 1
    print(f"blind after {blind_after * 1e3:.0f} ms, seeing after {seeing_after * 1e3:.0f} ms")  # noqa: T201 - a figure
    assert len(caplog.records) == 2
    await write_elsewhere(own_server)
    await sync_follower(follower)
    assert recorded.seq == 1


async def test_connection_to_a_frozen_server_is_replaced(
    own_server: Any, recorded: RecordedChanges, follower: LogFollower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit_listener, "ABANDON_AFTER_S", 0.3)
    before = follower._watch._driver  # type: ignore[attr-defined]  # asyncpg's connection
    with frozen(own_server):
        await seconds_until(follower, is_current=False)
        await asyncio.sleep(1.5)
        assert not follower.is_up_to_date()
    assert await seconds_until(follower, is_current=True) < 3
    assert follower._watch._driver is not before  # type: ignore[attr-defined]  # as above
    await write_elsewhere(own_server)
    await sync_follower(follower)
    assert recorded.seq == 1


async def test_follower_of_a_frozen_server_stops(
    own_server: Any, database: Database, recorded: RecordedChanges
) -> None:
    follower = LogFollower(database, recorded.apply, recorded.clear)
    await follower.start()
    await seconds_until(follower, is_current=True)
    with frozen(own_server):
        await seconds_until(follower, is_current=False)
        begun = time.monotonic()
        await follower.stop()
        assert time.monotonic() - begun < 6
    other = LogFollower(database, recorded.apply, recorded.clear)
    with frozen(own_server):
        begun = time.monotonic()
        await other.start()
        assert not other.is_up_to_date()
        await other.stop()
        assert time.monotonic() - begun < 7
    assert not [
        task for task in asyncio.all_tasks() if task.get_name() in {"dayline-follower", commit_listener.TASK_NAME}
    ]


async def test_lost_connection_is_replaced_without_missed_changes(
    own_server: Any, recorded: RecordedChanges, follower: LogFollower
) -> None:
    def end_others_and_write(connection: Connection, count: int) -> None:
        connection.execute(_END_OTHERS)
        append(connection, count)

    for count in (1, 0, 3):
        before, seq = len(recorded.calls), recorded.seq
        other = open_database(own_server.get_uri())
        other._is_alone = True  # type: ignore[attr-defined]  # it shares no memory
        await other.write(end_others_and_write, count)
        await other.close()
        deadline = time.monotonic() + 5
        while len(recorded.calls) == before or not follower.is_up_to_date():
            assert time.monotonic() < deadline  # it is reported even without a row: any table may have changed
            await asyncio.sleep(0.001)
        await sync_follower(follower)  # the connection may have been restored before the write was committed
        assert recorded.seq == seq + count
    await write_elsewhere(own_server)
    await sync_follower(follower)
    assert recorded.seq == 5


async def test_restarted_server_is_followed_again(
    own_server: Any, recorded: RecordedChanges, follower: LogFollower, caplog: pytest.LogCaptureFixture
) -> None:
    own_server._stop()
    assert not follower.is_up_to_date() or await seconds_until(follower, is_current=False) < 0.1
    await asyncio.sleep(0.5)
    assert not await follower.sync()
    await asyncio.to_thread(own_server.ensure_postgres_running)
    assert await seconds_until(follower, is_current=True) < 3
    await write_elsewhere(own_server)
    await sync_follower(follower)
    assert recorded.seq == 1
    *failures, _recovery = [record.getMessage() for record in caplog.records]
    assert len(set(failures)) == len(failures)  # one line for each cause, and one for the end


async def test_commit_without_notification_is_detected(
    own_server: Any, recorded: RecordedChanges, follower: LogFollower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.actions.changelog.changes.notify_commit", lambda _: None)
    await write_elsewhere(own_server)
    deadline = time.monotonic() + 0.2
    while recorded.seq == 0:
        assert time.monotonic() < deadline
        follower.is_up_to_date()
        await asyncio.sleep(0.001)


async def test_half_open_connection_is_replaced(own_server: Any, recorded: RecordedChanges) -> None:
    async with proxied(own_server) as proxy:
        database = open_database(proxy.address())
        follower = LogFollower(database, recorded.apply, recorded.clear)
        await follower.start()
        await seconds_until(follower, is_current=True)
        before = proxy.connections
        proxy.silence()
        await seconds_until(follower, is_current=False)
        await seconds_until(follower, is_current=True)
        assert proxy.connections > before
        await write_elsewhere(own_server)
        await sync_follower(follower)
        assert recorded.seq == 1
        await follower.stop()
        await database.close()
