"""Classification of database errors: transient outages, errors that end the connection, and their causes."""

import sqlite3
from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.logging.redaction import REDACTED, is_safe

DATABASE_ERRORS = (SQLAlchemyError, OSError)
"""Exceptions of a database that cannot be reached or used, for the log and the command line."""

TRANSIENT_ERRORS = (DBAPIError, PoolTimeoutError, OSError)
"""Exceptions that may be a transient outage; `is_transient` decides."""

_SQLITE_CAUSES = {
    sqlite3.SQLITE_BUSY: "the file stayed locked by another writer",
    sqlite3.SQLITE_LOCKED: "the table stayed locked",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
    sqlite3.SQLITE_PROTOCOL: "the file's locks are contended",
    sqlite3.SQLITE_READONLY: "the file is read-only",
    sqlite3.SQLITE_NOTADB: "the file is not a database",
}
"""SQLite's primary result codes of transient outages, with their cause."""

_CAUSES = {
    "08": "the connection was lost",
    "25006": "the server is read-only",
    "25P03": "the transaction was idle for too long",
    "25P04": "the transaction exceeded its time limit",
    "28": "the server refused the login",
    "3D000": "the server has no such database",
    "40": "the transaction conflicted with another one",
    "53": "the server is out of resources",
    "53100": "the server's disk is full",
    "53200": "the server is out of memory",
    "53300": "the server has too many connections",
    "55P03": "a lock was not available in time",
    "57014": "the statement exceeded its time limit or was cancelled",
    "57P0": "the server ended the connection",
    "57P01": "the server is shutting down",
    "57P02": "the server crashed",
    "57P03": "the server is starting up or shutting down",
    "57P04": "the database was dropped",
    "58": "the server's system failed",
}
"""Prefixes of PostgreSQL's transient SQLSTATEs (appendix A); the longest that matches names the cause."""

_LOST = ("08", "25006", "25P03", "25P04", "28", "3D000", "57P0")
"""SQLSTATEs after which a connection is not used again: it is closed, or leads to a server that has changed."""

_SAFE_SQLITE = (sqlite3.OperationalError, sqlite3.IntegrityError)
"""SQLite's messages of these name tables, columns and files."""

_SAFE_SQLSTATES = ("23", "42")
"""SQLSTATEs whose message names constraints and columns in its first line: integrity, syntax and access rules."""

_OS_CAUSES: tuple[tuple[type[OSError], str], ...] = (
    (TimeoutError, "the database did not respond in time"),
    (ConnectionRefusedError, "the server refused the connection"),
    (ConnectionError, "the connection was lost"),
    (FileNotFoundError, "the server's socket or the file does not exist"),
    (PermissionError, "permission was denied"),
)


class UnreachableError(ConnectionError):
    """No connection could be made or used, for a reason that `sqlstate` names: a login refused, a standby."""

    def __init__(self, error: Exception) -> None:
        super().__init__(_first_line(_original(error)))
        self.sqlstate = _sqlstate(error)


def is_transient(error: BaseException) -> bool:
    """Return whether the database was busy or out of reach, so that a retry may succeed; else it is a fault."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, TRANSIENT_ERRORS)
    return error.connection_invalidated or isinstance(error.orig, OSError) or _cause(error) is not None


def is_connection_lost(error: BaseException) -> bool:
    """Return whether the connection on which this was raised must not be used again."""
    return isinstance(_original(error), OSError) or _sqlstate(error).startswith(_LOST)


def error_summary(error: BaseException) -> str:
    """Return, in one line, the cause where it is known, the kind of error and the first line of its message."""
    message = _first_line(_original(error))
    kind = f"{type(error).__name__}: {message}" if message else type(error).__name__
    cause = _cause(error)
    return f"{cause} ({kind})" if cause else kind


def log_summary(error: BaseException) -> str:
    """Return the same for the log, with `…` in place of a message that may quote stored text or a parameter."""
    original = _original(error)
    if _cause(error) is not None or is_safe(original) or isinstance(original, _SAFE_SQLITE):
        return error_summary(error)
    if _sqlstate(error).startswith(_SAFE_SQLSTATES):
        return error_summary(error)
    return f"{type(error).__name__}: {REDACTED}"


def _cause(error: BaseException) -> str | None:
    """Return the cause of an outage, None where it is unknown or none."""
    original = _original(error)
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE_CAUSES.get(code & 0xFF)
    cause = _longest_prefix(_CAUSES, _sqlstate(error))
    if cause is None and getattr(error, "connection_invalidated", False):
        return _CAUSES["08"]
    return cause or next((words for kind, words in _OS_CAUSES if isinstance(original, kind)), None)


def _original(error: BaseException) -> BaseException:
    """Return the driver's exception if SQLAlchemy wraps it."""
    original: BaseException | None = getattr(error, "orig", None)
    return original or error


def _sqlstate(error: BaseException) -> str:
    return str(getattr(_original(error), "sqlstate", None) or "")


def _longest_prefix(causes: Mapping[str, str], state: str) -> str | None:
    return next((causes[state[:length]] for length in range(len(state), 1, -1) if state[:length] in causes), None)


def _first_line(error: BaseException) -> str:
    """Return the first line of a message, without the driver's class name in front and without control characters."""
    line, *_ = str(error).strip().splitlines() or [""]
    line = line.partition(">: ")[2] if line.startswith("<class ") else line
    return "".join(each if each.isprintable() else "\ufffd" for each in line)
