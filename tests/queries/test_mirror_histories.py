"""A copy that follows the change feed is what the server shows, whatever happened meanwhile."""

from collections import Counter

import pytest

from app.db.database import Database
from app.queries.changes import change_list
from tests.conftest import HISTORIES, HISTORIES_SOAK
from tests.queries.history import STEPS
from tests.queries.history_catalogue import CATALOGUE_EDITS
from tests.queries.mirror_history import MirrorHistory
from tests.random_histories import run_each

WINDOWS = (change_list.MAX_SCANNED, 3)  # in every other history a page ends after three rows of the log


async def live_through(database: Database, numbers: range, patch: pytest.MonkeyPatch) -> Counter[str]:
    """Run these histories, and check that every kind of event occurred."""

    async def live(number: int) -> Counter[str]:
        patch.setattr(change_list, "MAX_SCANNED", WINDOWS[number % len(WINDOWS)])
        found = await MirrorHistory(database, number).run()
        assert found["steps"] >= STEPS
        return found

    counts = await run_each(numbers, live)
    assert counts["compared"] == len(numbers)
    assert counts["compacted"] > 3 * len(numbers)
    assert counts["cut_short"] > len(numbers) // 4
    assert counts["held"] > len(numbers)
    return counts


async def test_mirror_of_the_change_feed_equals_the_server(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await live_through(database, range(HISTORIES), monkeypatch)


@pytest.mark.soak
async def test_long_mirror_of_the_change_feed_equals_the_server(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = await live_through(database, range(HISTORIES, HISTORIES + HISTORIES_SOAK), monkeypatch)
    wanted = ("article.published", "article.updated", "article.bumped", "article.withdrawn", "article.restored")
    assert min(counts[kind] for kind in (*wanted, "article.removed", "label.updated", "edition.updated")) > 0
    assert (
        min(counts[verb] for verb in {*CATALOGUE_EDITS, "delete", "due published", "due withdrawn"})
        > HISTORIES_SOAK // 50
    )
