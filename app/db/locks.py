"""The lock under which the change log is appended to, so that sequence numbers commit in order."""

from sqlalchemy import Connection, text

CHANGE_LOG_LOCK = 0x6461796C696E65  # "dayline", any number that nothing else on the server locks

_LOCK = text(f"SELECT pg_advisory_xact_lock({CHANGE_LOG_LOCK})")


def lock_change_log(connection: Connection) -> None:
    """Hold other writers of the log back until this transaction ends; on SQLite it already does."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
