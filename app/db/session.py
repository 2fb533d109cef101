"""How a query or an action is run: inline, in a thread or over a greenlet; nobody else knows.

    read        SQLite: inline in the event loop on one held connection; PostgreSQL: a lent connection
    read_long   the same snapshot, but SQLite runs it in a thread so that the loop goes on
    write       one transaction, committed when it returns; SQLite: one writer thread per process

Queries and actions are synchronous functions of a connection, written once for both databases.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.db import engine as engines

__all__ = ["FAILURES", "OUTAGES", "Connection", "Database", "is_outage", "open_database", "reason_of"]

FAILURES = (SQLAlchemyError, OSError)
"""What a database that cannot be reached or used raises, for those who tell a person of it."""

OUTAGES = (DBAPIError, PoolTimeoutError, OSError)
"""What may be an outage that passes; `is_outage` tells."""
_SQLITE_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
_SQLSTATES_PASSING = ("08", "40", "53", "55P03", "57P0")
"""No connection, a deadlock, no room, a lock that was not to be had, a server that ends or begins (its appendix A)."""

P = ParamSpec("P")
R = TypeVar("R")


def is_outage(error: BaseException) -> bool:
    """Whether the database was busy or out of reach, so that the same may succeed in a moment; else it is a fault."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, OUTAGES)
    if error.connection_invalidated:
        return True
    code = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(error, OperationalError) and code is not None:
        return code & 0xFF in _SQLITE_PASSING  # the rest of an extended code says more of the same
    return str(getattr(error.orig, "sqlstate", "") or "").startswith(_SQLSTATES_PASSING)


def reason_of(error: BaseException) -> str:
    """What failed, in one line: the kind of error and the first line of what the database said."""
    said, *_ = str(getattr(error, "orig", None) or error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {said}"


class Database(Protocol):
    """A place that runs queries on one snapshot each, and actions in one transaction each."""

    url: URL

    async def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The answer of a short query; every statement of it sees the same snapshot."""

    async def read_long(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The same for a query that takes its time."""

    async def write(self, action: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of an action, committed; nothing of it stays when it raises."""

    async def close(self) -> None:
        """Give back every connection and thread."""


class SqliteDatabase:
    """An embedded file: one reader in the loop, one writer thread."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._reader = engines.sqlite_reader(url)
        self._writer = engines.sqlite_writer(url)
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="dayline-write")
        self._held: Connection | None = None

    async def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run inline; no await inside, so one connection serves every request in turn."""
        connection = self._held
        if connection is None:
            connection = self._held = self._reader.connect()
        with connection.begin():
            return query(connection, *args, **kwargs)

    async def read_long(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run in a thread, on a connection of its own."""

        def run() -> R:
            engine = engines.sqlite_reader(self.url)
            try:
                with engine.begin() as connection:
                    return query(connection, *args, **kwargs)
            finally:
                engine.dispose()

        return await asyncio.to_thread(run)

    async def write(self, action: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run in the writer thread, in a transaction that holds the file's write lock."""

        def run() -> R:
            with self._writer.begin() as connection:
                return action(connection, *args, **kwargs)

        in_context = partial(copy_context().run, run)  # as asyncio.to_thread does
        return await asyncio.get_running_loop().run_in_executor(self._writing, in_context)

    async def close(self) -> None:
        """Close both connections; the last one out folds the write-ahead log into the file."""
        if self._held is not None:
            self._held.close()
            self._held = None
        self._reader.dispose()
        self._writing.submit(self._writer.dispose).result()
        self._writing.shutdown()


class PostgresqlDatabase:
    """A server: connections from a pool, each lent to one request at a time."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._reader = engines.postgresql_reader(url)
        self._writer = engines.postgresql_writer(url)

    async def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run over the greenlet bridge in a read-only REPEATABLE READ transaction."""
        async with self._reader.connect() as connection:
            return await connection.run_sync(query, *args, **kwargs)

    read_long = read

    async def write(self, action: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run over the greenlet bridge in a READ COMMITTED transaction."""
        async with self._writer.begin() as connection:
            return await connection.run_sync(action, *args, **kwargs)

    async def close(self) -> None:
        """Close every pooled connection."""
        await self._reader.dispose()
        await self._writer.dispose()


def open_database(address: str) -> Database:
    """The database behind an address; nothing is connected until it is used."""
    url = engines.read_address(address)
    return SqliteDatabase(url) if url.get_backend_name() == "sqlite" else PostgresqlDatabase(url)
