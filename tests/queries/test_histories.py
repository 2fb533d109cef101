"""No item twice and none skipped, whatever happens between two pages."""

from collections import Counter

import pytest

from app.db.session import Database
from tests.conftest import HISTORIES, HISTORIES_SOAK
from tests.queries.history import STEPS, History


async def live_through(database: Database, numbers: range) -> Counter[str]:
    """These histories, one after the other; a failure names the history it happened in."""
    counts: Counter[str] = Counter()
    for number in numbers:
        try:
            counts += await History(database, number).run()
        except AssertionError as error:
            error.add_note(f"in history {number}")
            raise
    print(f"{len(numbers)} histories: {dict(sorted(counts.items()))}")  # noqa: T201 - what a soak run reports
    assert counts["steps"] >= STEPS * len(numbers)
    assert counts["continued"] > len(numbers)
    assert counts["steady"] > counts["walks"]
    return counts


async def test_a_walk_meets_everything_that_stayed_exactly_once(database: Database) -> None:
    await live_through(database, range(HISTORIES))


@pytest.mark.soak
async def test_long_a_walk_meets_everything_that_stayed_exactly_once(database: Database) -> None:
    counts = await live_through(database, range(HISTORIES, HISTORIES + HISTORIES_SOAK))
    assert min(counts[verb] for verb in ("publish", "backdate", "withdraw", "edit", "retag", "bump")) > HISTORIES_SOAK
