"""Two workers over one database: whichever of them wrote, no answer of either is stale once that is acknowledged."""

import pytest

from tests.cache.conftest import Begin
from tests.cache.history import Pace
from tests.cache.test_exactness import tell

SHORT = Pace(steps=5, begin=30, new=3, again=12)
LONG = Pace(steps=20, begin=120, new=8, again=None)
HISTORIES_SOAK = 30


async def test_no_answer_of_two_workers_is_stale_whichever_wrote(begin: Begin) -> None:
    history = await begin(11, workers=1)
    history.never_schedules()
    await history.run(SHORT)
    counts = history.kept.counts
    assert counts["from memory"] > counts["read again"]


@pytest.mark.soak
async def test_long_no_answer_of_two_workers_is_stale_whichever_wrote(begin: Begin) -> None:
    for number in range(HISTORIES_SOAK):
        history = await begin(number, workers=1)
        if number % 2:
            history.never_schedules()
        await history.run(LONG)
        if number == 0:
            counts = history.kept.counts
        else:
            counts += history.kept.counts
    tell(counts)
