"""Pages repeat no item and skip none, whatever changes between two pages."""

from collections import Counter

import pytest

from app.db.database import Database
from tests.conftest import HISTORIES, HISTORIES_SOAK
from tests.queries.history import EDITS, STEPS, TIMED, History
from tests.queries.history_catalogue import CATALOGUE_EDITS
from tests.queries.two_way_history import TwoWayHistory
from tests.random_histories import run_each


async def live_through(database: Database, numbers: range) -> Counter[str]:
    """Run these histories, and check that every kind of event occurred."""
    counts = await run_each(numbers, lambda number: History(database, number).run())
    assert counts["steps"] >= STEPS * len(numbers)
    assert counts["continued"] > len(numbers)
    assert counts["steady"] > counts["walks"]
    return counts


async def test_pagination_returns_every_unchanged_article_exactly_once(database: Database) -> None:
    await live_through(database, range(HISTORIES))


@pytest.mark.soak
async def test_long_pagination_returns_every_unchanged_article_exactly_once(database: Database) -> None:
    counts = await live_through(database, range(HISTORIES, HISTORIES + HISTORIES_SOAK))
    assert min(counts[verb] for verb in {*EDITS, *TIMED}) > HISTORIES_SOAK // 5
    assert (
        min(counts[verb] for verb in {*CATALOGUE_EDITS, "delete", "due published", "due withdrawn"})
        > HISTORIES_SOAK // 50
    )


async def walk_both_ways(database: Database, numbers: range) -> Counter[str]:
    """Run these histories, whose walks go down and up, and check that they had enough of everything."""
    counts = await run_each(numbers, lambda number: TwoWayHistory(database, number).run())
    assert counts["upward"] > len(numbers)
    assert counts["continued"] > len(numbers)
    assert counts["steady"] > counts["walks"]
    return counts


async def test_walks_in_both_directions_return_every_unchanged_article_exactly_once(database: Database) -> None:
    await walk_both_ways(database, range(HISTORIES))


@pytest.mark.soak
async def test_long_walks_in_both_directions_return_every_unchanged_article_exactly_once(database: Database) -> None:
    counts = await walk_both_ways(database, range(HISTORIES, HISTORIES + HISTORIES_SOAK))
    assert counts["empty pages"] > HISTORIES_SOAK // 1_000  # eleven were counted
