"""Two processes over one database: no response of either is stale once a write of one is acknowledged."""

import pytest

from tests.response_cache.conftest import Begin
from tests.response_cache.history import Pace
from tests.response_cache.test_exactness import print_counts

SHORT = Pace(steps=5, begin=30, new=3, again=12)
LONG = Pace(steps=20, begin=120, new=8, again=None)
HISTORIES_SOAK = 30
MACHINES = pytest.mark.parametrize("database_address", ["postgresql"], indirect=True)  # no two can share a file


async def test_responses_of_two_workers_are_never_stale(begin: Begin) -> None:
    await live_short(begin, "worker_process")


@MACHINES
async def test_responses_of_two_machines_are_never_stale(begin: Begin) -> None:
    await live_short(begin, "machine_process")


@pytest.mark.soak
async def test_long_responses_of_two_workers_are_never_stale(begin: Begin) -> None:
    await live_long(begin, "worker_process")


@MACHINES
@pytest.mark.soak
async def test_responses_of_two_machines_are_never_stale_in_long_histories(begin: Begin) -> None:
    await live_long(begin, "machine_process")


async def live_short(begin: Begin, beside: str) -> None:
    """Return one short history beside the process of this fixture."""
    history = await begin(11, beside=beside)
    history.never_schedules()
    await history.run(SHORT)
    counts = history.requested.counts
    assert counts["from memory"] > counts["read again"]


async def live_long(begin: Begin, beside: str) -> None:
    """Run long histories in turn, every other of them with schedules."""
    for number in range(HISTORIES_SOAK):
        history = await begin(number, beside=beside)
        if number % 2:
            history.never_schedules()
        await history.run(LONG)
        if number == 0:
            counts = history.requested.counts
        else:
            counts += history.requested.counts
    print_counts(counts)
