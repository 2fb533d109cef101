"""SQLAlchemy engines for a database URL: for snapshots, for writes, and for long reads."""

import os
import sqlite3
import stat
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool, StaticPool

from app.db.postgresql.limits import Limits
from app.errors import ConfigurationError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

BUSY_TIMEOUT_MS = 10_000
PAGE_CACHE_KIB = 16_384
READER_CACHE_KIB = 32_768  # holds the inner pages of every index of millions of articles
LONG_READER_CACHE_KIB = 4_096  # for each reading thread: the allocator retains the peak of each thread
CHECKPOINT_PAGES = 8_000  # 32 MiB: pages that many transactions change are written to the file once
GENERIC_PLAN_SETTINGS = "SET plan_cache_mode = force_generic_plan; SET jit = off"
"""For statements that read a few rows in index order: planning takes three times as long as running them."""
PRIVATE_MODE = 0o600
OTHERS = 0o007
HIDE_PARAMETERS = True  # parameters contain texts of articles, which no error may carry into a log

_PORTS = range(65_536)
_PARAMETERS = {"host", "port", "ssl", "sslmode", "passfile", "target_session_attrs", "prepared_statement_cache_size"}
_SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}


def parse_database_url(address: str) -> URL:
    """Parse a database URL; ConfigurationError unless it is SQLite or PostgreSQL."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # ValueError: a port that is not a number
        raise _not_an_address() from None
    kind = url.get_backend_name()
    if kind in {"postgresql", "postgres"}:
        return _postgresql_url(url)
    if kind == "sqlite":
        if not url.database or url.database == ":memory:":
            raise ConfigurationError("DAYLINE_DATABASE_URL must name a file: sqlite:///dayline.db.")
        if url.query or "\x00" in url.database:
            raise ConfigurationError("DAYLINE_DATABASE_URL: a SQLite URL has a path only, without parameters.")
        return url.set(drivername="sqlite+pysqlite")
    raise ConfigurationError(f"DAYLINE_DATABASE_URL has the scheme '{kind}': sqlite and postgresql are supported.")


def _not_an_address() -> ConfigurationError:
    return ConfigurationError(
        "DAYLINE_DATABASE_URL is not a URL such as sqlite:///dayline.db or postgresql://user@host/name."
    )


def _postgresql_url(url: URL) -> URL:
    query = dict(url.query)
    unknown = sorted(query.keys() - _PARAMETERS)
    if unknown:
        raise ConfigurationError(
            f"DAYLINE_DATABASE_URL: unknown parameter '{unknown[0]}'; allowed are {', '.join(sorted(_PARAMETERS))}."
        )
    if url.port is not None and url.port not in _PORTS:
        raise _not_an_address()
    mode = query.pop("sslmode", None)
    if mode is not None:
        if mode not in _SSL_MODES:
            raise ConfigurationError(
                f"DAYLINE_DATABASE_URL: unknown sslmode '{mode}'; allowed are {', '.join(sorted(_SSL_MODES))}."
            )
        query["ssl"] = mode
    return url.set(drivername="postgresql+asyncpg", query=query)


def sqlite_reader(url: URL) -> Engine:
    """Create an engine of one held connection that cannot write; the caller begins each snapshot."""
    engine = create_engine(
        url, poolclass=StaticPool, connect_args={"isolation_level": None}, hide_parameters=HIDE_PARAMETERS
    )
    _prepare_sqlite(engine, pragmas=("query_only = ON", f"cache_size = -{READER_CACHE_KIB}"))
    return engine


def sqlite_long_reader(url: URL) -> Engine:
    """Create an engine of read-only connections, each opened by the thread that reads and closed after the read."""
    engine = create_engine(
        url, poolclass=NullPool, connect_args={"isolation_level": None}, hide_parameters=HIDE_PARAMETERS
    )
    _prepare_sqlite(engine, pragmas=("query_only = ON", f"cache_size = -{LONG_READER_CACHE_KIB}"))
    return engine


def sqlite_writer(url: URL) -> Engine:
    """Create an engine of one held connection whose transactions take the write lock when they begin."""
    engine = create_engine(
        url,
        poolclass=StaticPool,
        connect_args={"isolation_level": None, "check_same_thread": False},
        hide_parameters=HIDE_PARAMETERS,
    )
    event.listen(engine, "begin", _take_write_lock)
    sizes = (f"cache_size = -{PAGE_CACHE_KIB}", f"wal_autocheckpoint = {CHECKPOINT_PAGES}")
    _prepare_sqlite(engine, pragmas=("journal_mode = WAL", "synchronous = FULL", *sizes))
    return engine


def _take_write_lock(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # sqlite3 begins no transaction before a SELECT


def _prepare_sqlite(engine: Engine, *, pragmas: tuple[str, ...]) -> None:
    everywhere = (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "foreign_keys = ON",
        "temp_store = MEMORY",
    )

    def set_pragmas(connection: sqlite3.Connection, _record: Any) -> None:
        for pragma in (*everywhere, *pragmas):
            connection.execute(f"PRAGMA {pragma}").close()

    event.listen(engine, "do_connect", _create_private_file)
    event.listen(engine, "connect", set_pragmas)


def _create_private_file(_dialect: Any, _record: Any, arguments: list[Any], _options: Any) -> None:
    """Create a missing file with permissions for its owner only: SQLite gives its log and index the same mode."""
    with suppress(OSError):  # SQLite reports the cause when it opens the file
        create_private(Path(os.path.realpath(arguments[0])))


def create_private(path: Path) -> None:
    """Create an empty file that only its owner may read and write, regardless of the umask; FileExistsError."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, PRIVATE_MODE))


def find_wide_files(url: URL) -> list[tuple[Path, int]]:
    """Return the files of a SQLite database that every user of the machine may read or write, with their modes."""
    if url.get_backend_name() != "sqlite":
        return []
    modes = []
    for suffix in ("", "-wal", "-shm"):
        path = Path(f"{sqlite_path(url)}{suffix}")
        with suppress(OSError):
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & OTHERS:
                modes.append((path, mode))
    return modes


def postgresql_reader(url: URL, limits: Limits) -> "AsyncEngine":
    """Create an engine without transactions; the pool limits a read as a whole, or each call where that is shorter."""
    call_s = limits.call_s if limits.call_s < limits.read_s else None
    return _postgresql_engine(url, limits, session=GENERIC_PLAN_SETTINGS, command_timeout=call_s)


def postgresql_streamer(url: URL, limits: Limits) -> "AsyncEngine":
    """Create an engine of connections for one long read each, with a limit for each call."""
    return _postgresql_engine(url, limits, session=GENERIC_PLAN_SETTINGS, command_timeout=limits.call_s)


def postgresql_writer(url: URL, limits: Limits) -> "AsyncEngine":
    """Create an engine of connections for writes, whose driver begins and ends the transactions."""
    return _postgresql_engine(url, limits)


def _postgresql_engine(
    url: URL, limits: Limits, *, session: str = "", command_timeout: float | None = None
) -> "AsyncEngine":
    """Create an engine whose connections are opened on demand, without transactions of SQLAlchemy."""
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - SQLite needs none: 28 ms

    from app.db.postgresql.driver import open_driver  # noqa: PLC0415 - asyncpg is slow to load as well

    return create_async_engine(
        url,
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        hide_parameters=HIDE_PARAMETERS,
        connect_args={
            "async_creator_fn": partial(open_driver, connect_s=limits.connect_s, session=session),
            "command_timeout": command_timeout,
        },
    )


def find_path_flaw(url: URL) -> str | None:
    """Return why the file of a SQLite database cannot be opened for reading and writing; None if it can.

    A missing file is valid if it can be created.
    """
    if url.get_backend_name() != "sqlite":
        return None
    path = sqlite_path(url)
    try:
        if path.is_dir():
            return f"'{path}' is a folder; DAYLINE_DATABASE_URL must name a file."
        if not path.exists() and not path.absolute().parent.is_dir():
            return f"There is no folder '{path.absolute().parent}' for the database."
        checked_path = path if path.exists() else path.absolute().parent
        may_open = os.access(checked_path, os.R_OK | os.W_OK, effective_ids=True)
    except PermissionError:
        may_open = False
    return None if may_open else f"This user has no permission to read and write '{path}'."


def check_file_exists(url: URL) -> None:
    """Raise ConfigurationError if the file of a SQLite database is missing."""
    if url.get_backend_name() == "sqlite" and not sqlite_path(url).exists():
        raise ConfigurationError(f"There is no database at {sqlite_path(url)}; run 'dayline db upgrade' first.")


def sqlite_path(url: URL) -> Path:
    """Return the file of a SQLite URL."""
    return Path(url.database or "")


def libpq_url(url: URL) -> str:
    """Return the PostgreSQL URL for PostgreSQL's own programs, without the password."""
    driver_only = {"prepared_statement_cache_size"}
    query = {"sslmode" if name == "ssl" else name: url.query[name] for name in url.query if name not in driver_only}
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database, query).render_as_string()


def libpq_environment(url: URL) -> dict[str, str]:
    """Return the environment variables with the password for PostgreSQL's programs: command lines are public."""
    return {} if url.password is None else {"PGPASSWORD": str(url.password)}
