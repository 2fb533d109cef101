"""Machines over one database: once a write is acknowledged on one of them, none serves what it replaced."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from tests.response_cache.machines import machines

TRIES = 60
TRIES_SOAK = 2_000
FREEZES = 6
RECOVERY_S = 0.2
FREEZES_SOAK = 50

_IS_IDLE = "SELECT state = 'idle' FROM pg_stat_activity WHERE pid = $1"


postgresql = pytest.mark.parametrize("address", ["postgresql"], indirect=True)


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Stop one process for a time."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize(
    "count", [pytest.param(TRIES, id="briefly"), pytest.param(TRIES_SOAK, id="at length", marks=pytest.mark.soak)]
)
async def test_acknowledged_writes_are_served_by_every_machine(address: str, tmp_path: Path, count: int) -> None:
    async with machines(address, tmp_path, 2) as tries:
        await tries.run(count)
    print(f"two machines: {tries.figures()}")  # noqa: T201 - the measure
    assert tries.stale == 0


@postgresql
@pytest.mark.parametrize(
    "count", [pytest.param(FREEZES, id="briefly"), pytest.param(FREEZES_SOAK, id="at length", marks=pytest.mark.soak)]
)
async def test_acknowledged_writes_wait_for_the_lease_of_an_unreachable_machine(
    address: str, tmp_path: Path, count: int
) -> None:
    async with machines(address, tmp_path, 2) as tries, asyncpg.create_pool(address, min_size=1) as pool:
        session = tries.readers[0].session
        await tries.run(2)  # the first write of a process imports the modules that write
        tries.seconds.clear()
        while len(tries.seconds) < count:
            await tries.warm()
            with frozen(session):  # between two polls: a session that executes one may hold locks of the server
                if await pool.fetchval(_IS_IDLE, session):
                    await (tries.restore() if len(tries.seconds) % 2 else tries.withdraw())
            await asyncio.sleep(RECOVERY_S)
    print(f"two machines, one without its session: {tries.figures()}")  # noqa: T201 - the measure
    assert tries.stale == 0


@postgresql
@pytest.mark.soak
@pytest.mark.parametrize(("count", "are_one"), [(1, False), (2, True), (2, False), (4, False)])
async def test_time_of_a_write_by_the_number_of_machines(
    address: str, tmp_path: Path, count: int, *, are_one: bool
) -> None:
    async with machines(address, tmp_path, count, are_one=are_one) as tries:
        await tries.run(20)
        tries.seconds.clear()
        await tries.run(400)
    kind = "processes of one machine" if are_one else "machines"
    print(f"{count} {kind}: {tries.figures()}")  # noqa: T201 - the measure
    assert tries.stale == 0
