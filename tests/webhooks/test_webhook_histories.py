"""A mirror by webhooks ends equal to the source, whatever happens to either and between them."""

from collections import Counter
from pathlib import Path

import pytest

from app.db.database import Database
from app.db.postgresql.commit_listener import PgCommitWatch
from app.queries.articles import public_export
from app.queries.changes import change_list
from app.queries.webhooks import webhook_outbox
from app.webhooks import dispatcher
from app.webhooks.dispatcher import Dispatcher
from tests.random_histories import run_each
from tests.webhooks.webhook_history import WebhookHistory

HISTORIES = 1
HISTORIES_SOAK = 500
BATCHES = (public_export.BATCH, 2)
WINDOWS = (change_list.MAX_SCANNED, 3, 20)
FILLINGS = (webhook_outbox.FILLED_AT_ONCE, 1, 3, 10)
HAPPENED = (
    *("articles", "by_message", "stored", "repeats", "looked", "copies", "compacted", "replays", "put_back", "moves"),
    *("switched", "receivers_killed", "senders_killed", "senders_ended", "forget", "hang up", "fail", "put off"),
)


class Resting(Dispatcher):
    """Dispatcher of a server that only responds: killable dispatchers send in its place."""

    def start(self) -> None:
        """Do nothing."""


@pytest.fixture
def dead(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the owners whose processes have ended; dispatchers check for them at short intervals."""
    ended: set[str] = set()
    monkeypatch.setattr("app.main.Dispatcher", Resting)
    monkeypatch.setattr(dispatcher, "is_dead", ended.__contains__)
    monkeypatch.setattr(dispatcher, "MIN_POLL_GAP_S", 0.003)
    monkeypatch.setattr(dispatcher, "TOKEN_POLL_S", 0.005)
    monkeypatch.setattr(PgCommitWatch, "trust_window_s", 0.02)
    monkeypatch.setattr(PgCommitWatch, "poll_interval_s", 0.01)
    return ended


async def live_through(
    database: Database, numbers: range, *, address: str, folder: Path, dead: set[str], patch: pytest.MonkeyPatch
) -> Counter[str]:
    """Run these histories, each compared."""

    async def live(number: int) -> Counter[str]:
        patch.setattr(public_export, "BATCH", BATCHES[number % len(BATCHES)])
        patch.setattr(change_list, "MAX_SCANNED", WINDOWS[number % len(WINDOWS)])
        patch.setattr(webhook_outbox, "FILLED_AT_ONCE", FILLINGS[number % len(FILLINGS)])
        return await WebhookHistory(database, number, address=address, folder=folder, dead=dead).run()

    counts = await run_each(numbers, live)
    assert counts["compared"] == len(numbers)
    return counts


async def test_mirror_fed_by_webhooks_equals_the_source(
    database: Database, database_address: str, tmp_path: Path, dead: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await live_through(
        database, range(HISTORIES), address=database_address, folder=tmp_path, dead=dead, patch=monkeypatch
    )


@pytest.mark.soak
async def test_long_mirror_fed_by_webhooks_equals_the_source(
    database: Database, database_address: str, tmp_path: Path, dead: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = range(HISTORIES, HISTORIES + HISTORIES_SOAK)
    counts = await live_through(
        database, numbers, address=database_address, folder=tmp_path, dead=dead, patch=monkeypatch
    )
    assert min(counts[each] for each in HAPPENED) > HISTORIES_SOAK / 20
