"""A mirror by the Python client ends equal to its source, whatever happens to either, with each change once."""

from pathlib import Path

import pytest

from app.db.database import Database
from tests.api.public.stream_history import run_stream_histories
from tests.clients.python.client_history import ClientHistory

HISTORIES = 2
HISTORIES_SOAK = 200


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)  # the long form runs on both
@pytest.mark.usefixtures("frozen_clock")
async def test_mirror_by_the_client_equals_the_source(
    database: Database, database_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = await run_stream_histories(
        ClientHistory, database, range(HISTORIES), address=database_address, folder=tmp_path, patch=monkeypatch
    )
    assert min(counts["batches"], counts["copied"]) > 0


@pytest.mark.soak
@pytest.mark.usefixtures("frozen_clock")
async def test_long_mirror_by_the_client_equals_the_source(
    database: Database, database_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = range(HISTORIES, HISTORIES + HISTORIES_SOAK)
    counts = await run_stream_histories(
        ClientHistory, database, numbers, address=database_address, folder=tmp_path, patch=monkeypatch
    )
    assert min(counts["batches"], counts["copied"]) > 0
    assert min(counts[name] for name in ("sent", "connections", "cut", "lost", "pauses")) > len(numbers)
    assert min(counts[name] for name in ("dropped", "refused", "killed_within", "broken_exports", "read_again")) > 0
