"""Responses that are read during writes are cached only if they are still current."""

import pytest

from tests.response_cache.conftest import Begin
from tests.response_cache.race_readers import Race

TARGETS = 12
WRITES = 6
HISTORIES_SOAK = 20
WRITES_SOAK = 60
TARGETS_SOAK = 40


async def race(begin: Begin, number: int, writes: int, targets: int = TARGETS) -> Race:
    """Run a race of so many writes."""
    history = await begin(number)
    history.never_schedules()
    with history.clock():
        chosen = [*dict.fromkeys(history.requested.invent(targets))]
        found = Race(history, [*chosen, "/v1/timeline", "/v1/changes", "/v1/articles?limit=5"])
        await found.run(writes)
    return found


async def test_response_during_writes_was_current_at_some_instant(begin: Begin) -> None:
    found = await race(begin, 5, WRITES)
    assert len(found.seen) > WRITES * TARGETS
    assert found.history.here.app.state.services.store.counters.hits > len(found.seen) // 4


@pytest.mark.soak
async def test_long_response_during_writes_was_current_at_some_instant(begin: Begin) -> None:
    seen = 0
    for number in range(HISTORIES_SOAK):
        found = await race(begin, number, WRITES_SOAK, TARGETS_SOAK)
        seen += len(found.seen)
    print(f"\n{HISTORIES_SOAK} races of {WRITES_SOAK} writes: {seen} answers")  # noqa: T201 - the figures of a soak run
