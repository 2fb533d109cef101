"""Log follower: no acknowledged change is ever missed, on either database."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.actions.changelog.compaction import compact_changes
from app.changefeed import log_follower as module
from app.changefeed.log_follower import LogFollower
from app.db.database import Database, open_database
from app.domain.instant import DAY_US
from tests.conftest import NOW
from tests.process_writers import RecordedChanges, Slots, append, follow, process, sync_follower, write_through

MEASURED = 100_000


@pytest.fixture
def recorded() -> RecordedChanges:
    return RecordedChanges()


@pytest.fixture
async def follower(database: Database, recorded: RecordedChanges) -> AsyncIterator[LogFollower]:
    """Start a follower on an empty log; it knows of everything so far."""
    follower = LogFollower(database, recorded.apply, recorded.clear)
    await follower.start()
    await settle(follower)
    recorded.calls.clear()
    yield follower
    await follower.stop()


async def settle(follower: LogFollower) -> None:
    """Wait until it is up to date, and remains so while nothing happens."""
    for _ in range(200):
        await asyncio.sleep(0.01)
        if follower.is_up_to_date():
            return
    raise AssertionError("it never became current")


async def test_earlier_changes_are_not_applied(database: Database, recorded: RecordedChanges) -> None:
    await database.write(append, 3)
    follower = LogFollower(database, recorded.apply, recorded.clear)
    assert not follower.is_up_to_date()
    assert not await follower.sync()
    await follower.start()
    recorded.seq = 3
    await settle(follower)
    await database.write(append, 2)
    await sync_follower(follower)
    await follower.stop()
    assert not follower.is_up_to_date()
    assert not await follower.sync()
    assert [4, 5] in recorded.calls


async def test_write_of_this_process_is_applied_before_it_returns(
    database: Database, recorded: RecordedChanges, follower: LogFollower
) -> None:
    for seq in range(1, 50):
        await database.write(append)
        if not follower.is_up_to_date():
            await sync_follower(follower)
        assert recorded.seq == seq


async def test_write_of_another_database_object_is_applied_before_it_returns(
    database_address: str, recorded: RecordedChanges, follower: LogFollower
) -> None:
    other = open_database(database_address)
    for seq in range(1, 50):
        await other.write(append)
        if not follower.is_up_to_date():
            await sync_follower(follower)
        assert recorded.seq == seq
    await other.close()
    await settle(follower)


async def test_commit_without_a_row_is_reported(
    database: Database, recorded: RecordedChanges, follower: LogFollower
) -> None:
    await database.write(append, 3)
    await sync_follower(follower)
    await settle(follower)
    recorded.calls.clear()
    await database.write(compact_changes, now=NOW + 30 * DAY_US, most=10)
    assert not follower.is_up_to_date() or recorded.calls
    await sync_follower(follower)
    assert [] in recorded.calls or "clear" in recorded.calls


async def test_no_callback_without_a_commit(recorded: RecordedChanges, follower: LogFollower) -> None:
    for _ in range(20):
        await asyncio.sleep(0.01)
        assert follower.is_up_to_date()
    await sync_follower(follower)
    assert recorded.calls == []


async def test_concurrent_syncs_share_a_poll(
    database: Database, follower: LogFollower, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[float] = []
    reading = follower._watch.read

    async def read(*args: object) -> object:
        begun.append(time.monotonic())
        return await reading(*args)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(follower._watch, "read", read)
    await database.write(append)
    requested = time.monotonic()
    assert all(await asyncio.gather(*(follower.sync() for _ in range(100))))
    assert len(begun) <= 10  # the follower polls every 30 ms of a slow machine, in addition to the shared poll
    if begun:
        assert begun[-1] >= requested


async def test_follower_far_behind_resets(database: Database, recorded: RecordedChanges, follower: LogFollower) -> None:
    await database.write(append, module.MAX_BEHIND)
    await sync_follower(follower)
    assert recorded.seq == module.MAX_BEHIND
    await database.write(append, module.MAX_BEHIND + 1)
    await sync_follower(follower)
    assert recorded.calls[-1] == "clear" or recorded.calls[-2] == "clear"
    recorded.seq = 2 * module.MAX_BEHIND + 1
    await database.write(append)
    await sync_follower(follower)
    assert recorded.seq == 2 * module.MAX_BEHIND + 2


@pytest.mark.parametrize("more", [0, 1, 5])
async def test_follower_of_a_replaced_log_resets(
    database: Database, recorded: RecordedChanges, follower: LogFollower, more: int
) -> None:
    await database.write(append, 3)
    await sync_follower(follower)
    await database.write(lambda connection: connection.execute(text("DELETE FROM changes")))
    await database.write(append, more, "tag:2")
    await sync_follower(follower)
    assert "clear" in recorded.calls
    recorded.seq = more
    await database.write(append)
    await sync_follower(follower)
    assert recorded.seq == more + 1


async def test_follower_resets_after_a_failed_apply(
    database: Database, recorded: RecordedChanges, follower: LogFollower, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_changes: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(follower, "_on_changes", fail)
    await database.write(append)
    await sync_follower(follower)
    assert recorded.calls[-1] == "clear"


async def test_follower_recovers_after_a_stalled_or_idle_loop(
    database: Database, recorded: RecordedChanges, follower: LogFollower
) -> None:
    other = open_database(str(database.url.render_as_string(hide_password=False)))
    time.sleep(0.1)  # noqa: ASYNC251 - simulates the stall
    assert follower.is_up_to_date() == (follower._watch.trust_window_s > 1)
    await sync_follower(follower)
    follower._used_at -= 2 * module.IDLE_AFTER_S
    await asyncio.sleep(0.2)
    await other.write(append)
    if not follower.is_up_to_date():
        await sync_follower(follower)
    assert recorded.seq == 1
    await settle(follower)
    await other.close()


async def test_other_process_is_never_behind(
    database_address: str, recorded: RecordedChanges, follower: LogFollower, tmp_path: Path
) -> None:
    await never_behind(database_address, recorded, follower, tmp_path / "slots", 200)


@pytest.mark.soak
async def test_other_process_is_never_behind_in_a_long_run(
    database_address: str, recorded: RecordedChanges, follower: LogFollower, tmp_path: Path
) -> None:
    await never_behind(database_address, recorded, follower, tmp_path / "slots", 5_000)


async def never_behind(
    address: str, recorded: RecordedChanges, follower: LogFollower, shared: Path, count: int
) -> None:
    """Let another process write; whenever the follower is up to date, it has applied every acknowledged change."""
    slots = Slots(shared)
    at_once = requested = 0
    with process(write_through, address, shared, count) as writer:
        while slots.get() < count:
            assert writer.is_alive() or slots.get() == count
            for _ in range(50):
                written = slots.get()
                requested += 1
                if follower.is_up_to_date():
                    at_once += 1
                    assert recorded.seq >= written
                else:
                    written = slots.get()
                    await sync_follower(follower)
                    assert recorded.seq >= written
            await asyncio.sleep(0)
    if not follower.is_up_to_date():
        await sync_follower(follower)
    assert recorded.seq == count
    print(f"{count} written, checked {requested} times, {at_once} of them without a wait")  # noqa: T201 - a figure


@pytest.mark.parametrize(
    "count", [pytest.param(100, id="briefly"), pytest.param(2_000, id="at length", marks=pytest.mark.soak)]
)
async def test_write_of_another_machine_is_applied_within_a_tenth_of_a_second(
    database: Database, database_address: str, tmp_path: Path, count: int
) -> None:
    shared = tmp_path / "slots"
    slots = Slots(shared)
    returned = {}
    with process(follow, database_address, shared, tmp_path, count):
        await slots.wait()
        for seq in range(1, count + 1):
            await database.write(append)
            returned[seq] = time.monotonic()
            await asyncio.sleep(0.005)
        await slots.wait(slot=count)
    delays = sorted(slots.get(seq) - at for seq, at in returned.items())
    p50, p99 = delays[count // 2], delays[int(count * 0.99)]
    print(f"{count} changes: p50 {p50 * 1e3:.2f} ms, p99 {p99 * 1e3:.2f} ms")  # noqa: T201 - a figure
    assert p50 < 0.1
    assert p99 < (0.1 if count > 1_000 else 2)  # of few, one is the slowest whenever the machine stalls


@pytest.mark.soak
async def test_is_up_to_date_takes_a_few_microseconds(follower: LogFollower) -> None:
    costs = []
    for _ in range(20):
        await settle(follower)
        begun = time.perf_counter()
        for _ in range(MEASURED // 20):
            follower.is_up_to_date()
        costs.append((time.perf_counter() - begun) / (MEASURED // 20))
    print(f"{min(costs) * 1e6:.2f} µs")  # noqa: T201 - a figure
    assert min(costs) < 3e-6
