"""Effects of restoring a backup, for tests of processes that ran meanwhile."""

from sqlalchemy import Connection, text

from app.actions.changelog.changes import begin_log_transaction
from app.actions.changelog.log_recovery import skip_sequence_numbers
from app.domain.sequence_gap import Gap
from tests.conftest import NOW

_LOSE = text("DELETE FROM changes WHERE seq > :last")


def lose_changes(connection: Connection, last: int) -> None:
    """Reset the log to the end that it had in the backup."""
    begin_log_transaction(connection)
    connection.execute(_LOSE, {"last": last})


def leap(connection: Connection, *, now: int = NOW) -> Gap:
    """Do what `dayline db post-restore` does."""
    return skip_sequence_numbers(connection, now=now, actor="command")


def restore(connection: Connection, last: int) -> Gap:
    """Do both, in one transaction."""
    lose_changes(connection, last)
    return leap(connection)
