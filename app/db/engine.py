"""Engines for a database address: one that reads snapshots, one that writes."""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import StaticPool

from app.errors import OperatorError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

BUSY_TIMEOUT_MS = 10_000
PAGE_CACHE_KIB = 16_384
POOL_SIZE = 10
POOL_OVERFLOW = 10

_SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}


def read_address(address: str) -> URL:
    """The parsed address; OperatorError where it is neither SQLite nor PostgreSQL."""
    try:
        url = make_url(address)
    except ArgumentError:
        raise OperatorError(
            "DAYLINE_DATABASE_URL is not an address such as sqlite:///dayline.db or postgresql://user@host/name."
        ) from None
    kind = url.get_backend_name()
    if kind in {"postgresql", "postgres"}:
        return _postgresql_url(url)
    if kind == "sqlite":
        if not url.database or url.database == ":memory:":
            raise OperatorError("DAYLINE_DATABASE_URL must name a file: sqlite:///dayline.db.")
        return url.set(drivername="sqlite+pysqlite")
    raise OperatorError(f"DAYLINE_DATABASE_URL names '{kind}': sqlite and postgresql are supported.")


def _postgresql_url(url: URL) -> URL:
    query = dict(url.query)
    mode = query.pop("sslmode", None)
    if mode is not None:
        if mode not in _SSL_MODES:
            raise OperatorError(f"DAYLINE_DATABASE_URL: sslmode '{mode}' is not known.")
        query["ssl"] = mode
    return url.set(drivername="postgresql+asyncpg", query=query)


def sqlite_reader(url: URL) -> Engine:
    """One held connection whose transactions are snapshots that cannot write."""
    engine = create_engine(url, poolclass=StaticPool, connect_args={"isolation_level": None})
    _prepare_sqlite(engine, begin="BEGIN", pragmas=("query_only = ON",))
    return engine


def sqlite_writer(url: URL) -> Engine:
    """One held connection whose transactions take the write lock when they begin."""
    engine = create_engine(
        url, poolclass=StaticPool, connect_args={"isolation_level": None, "check_same_thread": False}
    )
    _prepare_sqlite(engine, begin="BEGIN IMMEDIATE", pragmas=("journal_mode = WAL", "synchronous = FULL"))
    return engine


def _prepare_sqlite(engine: Engine, *, begin: str, pragmas: tuple[str, ...]) -> None:
    everywhere = (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "foreign_keys = ON",
        f"cache_size = -{PAGE_CACHE_KIB}",
        "temp_store = MEMORY",
    )

    def set_pragmas(connection: sqlite3.Connection, _record: Any) -> None:
        for pragma in (*everywhere, *pragmas):
            connection.execute(f"PRAGMA {pragma}").close()

    def emit_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)  # sqlite3 itself begins nothing before a SELECT

    event.listen(engine, "connect", set_pragmas)
    event.listen(engine, "begin", emit_begin)


def postgresql_reader(url: URL) -> "AsyncEngine":
    """Connections whose transactions are read-only snapshots."""
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - brings the whole ORM; SQLite needs none

    return create_async_engine(
        url,
        isolation_level="REPEATABLE READ",
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        execution_options={"postgresql_readonly": True},
    )


def postgresql_writer(url: URL) -> "AsyncEngine":
    """Connections that see what others committed, so that a lock taken late still reads the latest."""
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - same

    return create_async_engine(url, isolation_level="READ COMMITTED", pool_size=POOL_SIZE, max_overflow=POOL_OVERFLOW)


def sqlite_path(url: URL) -> Path:
    """The file behind a SQLite address."""
    return Path(url.database or "")
