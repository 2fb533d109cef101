"""Classification of database errors: transient outages, lost connections, and the causes in the log."""

import sqlite3

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from app.db.outages import UnreachableError, error_summary, is_connection_lost, is_transient


def raised(error: Exception) -> DBAPIError:
    """Return SQLAlchemy's exception for an error of the driver."""
    return DBAPIError("SELECT 1", None, error)


@pytest.mark.parametrize(
    ("kind", "cause", "costs_connection"),
    [
        (asyncpg.ReadOnlySQLTransactionError, "the server is read-only", True),
        (asyncpg.DiskFullError, "the server's disk is full", False),
        (asyncpg.OutOfMemoryError, "the server is out of memory", False),
        (asyncpg.TooManyConnectionsError, "the server has too many connections", False),
        (asyncpg.ConfigurationLimitExceededError, "the server is out of resources", False),
        (asyncpg.LockNotAvailableError, "a lock was not available in time", False),
        (asyncpg.QueryCanceledError, "the statement exceeded its time limit or was cancelled", False),
        (asyncpg.DeadlockDetectedError, "the transaction conflicted with another one", False),
        (asyncpg.SerializationError, "the transaction conflicted with another one", False),
        (asyncpg.AdminShutdownError, "the server is shutting down", True),
        (asyncpg.CrashShutdownError, "the server crashed", True),
        (asyncpg.CannotConnectNowError, "the server is starting up or shutting down", True),
        (asyncpg.DatabaseDroppedError, "the database was dropped", True),
        (asyncpg.IdleSessionTimeoutError, "the server ended the connection", True),
        (asyncpg.IdleInTransactionSessionTimeoutError, "the transaction was idle for too long", True),
        (asyncpg.ConnectionDoesNotExistError, "the connection was lost", True),
        (asyncpg.InvalidPasswordError, "the server refused the login", True),
        (asyncpg.InvalidAuthorizationSpecificationError, "the server refused the login", True),
        (asyncpg.InvalidCatalogNameError, "the server has no such database", True),
        (asyncpg.PostgresIOError, "the server's system failed", False),
    ],
)
def test_transient_errors_of_the_server_are_outages_with_a_cause(
    kind: type[asyncpg.PostgresError], cause: str, *, costs_connection: bool
) -> None:
    error = raised(kind("what the server says\nand more"))
    assert is_transient(error)
    assert is_connection_lost(error) is costs_connection
    assert error_summary(error) == f"{cause} (DBAPIError: what the server says)"
    unreachable = UnreachableError(error)
    assert is_transient(unreachable)
    assert error_summary(unreachable) == f"{cause} (UnreachableError: what the server says)"


@pytest.mark.parametrize(
    "kind",
    [
        asyncpg.UndefinedTableError,
        asyncpg.UniqueViolationError,
        asyncpg.PostgresSyntaxError,
        asyncpg.InFailedSQLTransactionError,
        asyncpg.DataCorruptedError,
        asyncpg.InterfaceError,
    ],
)
def test_errors_that_do_not_pass_are_faults(kind: type[Exception]) -> None:
    error = raised(kind("what is wrong"))
    assert not is_transient(error)
    assert not is_connection_lost(error)
    assert error_summary(error) == "DBAPIError: what is wrong"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            ConnectionRefusedError(111, "Connect call failed"),
            "the server refused the connection (ConnectionRefusedError: [Errno 111] Connect call failed)",
        ),
        (ConnectionResetError("gone"), "the connection was lost (ConnectionResetError: gone)"),
        (TimeoutError(), "the database did not respond in time (TimeoutError)"),
        (
            FileNotFoundError(2, "No such file"),
            "the server's socket or the file does not exist (FileNotFoundError: [Errno 2] No such file)",
        ),
        (raised(TimeoutError()), "the database did not respond in time (DBAPIError)"),
        (OSError("no route\n2026-11-29 forged"), "OSError: no route"),
        (OSError("a\x1b[31mred"), "OSError: a\ufffd[31mred"),
    ],
)
def test_errors_of_the_system_are_outages_on_one_line(error: Exception, reason: str) -> None:
    assert is_transient(error)
    assert is_connection_lost(error)
    assert error_summary(error) == reason


def test_the_class_name_that_sqlalchemy_puts_in_front_is_left_out() -> None:
    error = raised(RuntimeError("<class 'asyncpg.exceptions.DiskFullError'>: could not extend file"))
    assert error_summary(error) == "DBAPIError: could not extend file"


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (sqlite3.SQLITE_FULL, "the disk is full"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "the file stayed locked by another writer"),
        (sqlite3.SQLITE_IOERR_WRITE, "the disk failed to read or write"),
        (sqlite3.SQLITE_CANTOPEN, "the file cannot be opened"),
        (sqlite3.SQLITE_READONLY, "the file is read-only"),
        (sqlite3.SQLITE_NOTADB, "the file is not a database"),
        (sqlite3.SQLITE_CORRUPT, None),
    ],
)
def test_errors_of_sqlite_are_outages_by_primary_code(code: int, cause: str | None) -> None:
    original = sqlite3.OperationalError("what SQLite says")
    original.sqlite_errorcode = code
    error = OperationalError("SELECT 1", None, original)
    assert is_transient(error) is (cause is not None)
    expected = "OperationalError: what SQLite says"
    assert error_summary(error) == (f"{cause} ({expected})" if cause else expected)
