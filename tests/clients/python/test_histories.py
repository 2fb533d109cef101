"""A mirror by the Python client ends equal to its source, whatever happens to either, with each change once."""

from collections import Counter
from pathlib import Path

import pytest

from app.db.database import Database
from app.queries.changes import change_list
from app.sse import shared_feed, subscription
from tests.api.public.test_stream_histories import BEATS_S, QUEUES, WINDOWS
from tests.clients.python.client_history import ClientHistory
from tests.random_histories import run_each

HISTORIES = 2
HISTORIES_SOAK = 200


async def live_through(
    database: Database, numbers: range, address: str, folder: Path, patch: pytest.MonkeyPatch
) -> Counter[str]:
    """Run these histories, and check that every kind of event occurred."""

    async def live(number: int) -> Counter[str]:
        patch.setattr(change_list, "MAX_SCANNED", WINDOWS[number % len(WINDOWS)])
        queue, recent = QUEUES[number % len(QUEUES)]
        patch.setattr(subscription, "MAX_QUEUE_EVENTS", queue)
        patch.setattr(shared_feed, "MAX_RECENT_EVENTS", recent)
        patch.setattr(subscription, "HEARTBEAT_S", BEATS_S[number // 2 % len(BEATS_S)])
        return await ClientHistory(database, number, address=address, folder=folder).run()

    counts = await run_each(numbers, live)
    assert counts["compared"] >= len(numbers)
    assert min(counts["mirrors"], counts["sources"], counts["articles"], counts["compacted"]) > len(numbers)
    assert min(counts["sent"], counts["batches"], counts["copied"]) > 0
    return counts


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)  # the long form runs on both
@pytest.mark.usefixtures("frozen_clock")
async def test_mirror_by_the_client_equals_the_source(
    database: Database, database_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live_through(database, range(HISTORIES), database_address, tmp_path, monkeypatch)


@pytest.mark.soak
@pytest.mark.usefixtures("frozen_clock")
async def test_long_mirror_by_the_client_equals_the_source(
    database: Database, database_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = range(HISTORIES, HISTORIES + HISTORIES_SOAK)
    counts = await live_through(database, numbers, database_address, tmp_path, monkeypatch)
    assert min(counts[name] for name in ("sent", "connections", "cut", "lost", "pauses")) > len(numbers)
    assert min(counts[name] for name in ("dropped", "refused", "killed_within", "broken_exports", "read_again")) > 0
