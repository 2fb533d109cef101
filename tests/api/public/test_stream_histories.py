"""A mirror that follows the stream ends equal to the source, whatever happens to either, with each change once."""

from pathlib import Path

import pytest

from app.db.database import Database
from tests.api.public.stream_history import StreamHistory, run_stream_histories

HISTORIES = 2
HISTORIES_SOAK = 500


@pytest.mark.usefixtures("frozen_clock")
async def test_mirror_of_the_stream_equals_the_source(
    database: Database, database_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_stream_histories(
        StreamHistory, database, range(HISTORIES), address=database_address, folder=tmp_path, patch=monkeypatch
    )


@pytest.mark.soak
@pytest.mark.usefixtures("frozen_clock")
async def test_long_mirror_of_the_stream_equals_the_source(
    database: Database, database_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = range(HISTORIES, HISTORIES + HISTORIES_SOAK)
    counts = await run_stream_histories(
        StreamHistory, database, numbers, address=database_address, folder=tmp_path, patch=monkeypatch
    )
    assert min(counts[name] for name in ("sent", "connections", "cut", "lost", "errors")) > 2 * len(numbers)
    assert min(counts[name] for name in ("dropped", "refused", "entries", "killed_within", "broken_exports")) > 0
