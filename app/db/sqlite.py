"""An embedded SQLite file: one reader in the loop, one writer thread."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, closing
from contextvars import copy_context
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from app.db import engine as engines
from app.db import wal_index
from app.db.commits import CommitWatch
from app.db.sqlite_file import FileWatch

P = ParamSpec("P")
R = TypeVar("R")


def _in_snapshot(
    connection: Connection, query: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Run on a SQLite reader, whose snapshot the driver begins and ends: it takes a tenth of what SQLAlchemy takes."""
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN")
    try:
        return query(connection, *args, **kwargs)
    finally:
        _end_snapshot(connection, driver)


def _end_snapshot(connection: Connection, driver: Any) -> None:
    connection.rollback()
    if driver.in_transaction:
        driver.execute("ROLLBACK")


class SqliteDatabase:
    """An embedded file: one reader in the loop, one writer thread."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._reader = engines.sqlite_reader(url)
        self._long_reader = engines.sqlite_long_reader(url)  # one for all: each would compile every statement again
        self._writer = engines.sqlite_writer(url)
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="dayline-write")
        self._held: Connection | None = None
        self._name: str | None = wal_index.retain(engines.sqlite_path(url))
        self._files = FileWatch(str(engines.sqlite_path(url)), self._name)

    async def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run inline; no await inside, so one connection serves every request in turn."""
        return self.read_now(query, *args, **kwargs)

    async def read_once(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run inline, in a transaction after all: it takes a few microseconds, and two statements may be quicker."""
        return self.read_now(query, *args, **kwargs)

    def read_now(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The same without an await; in the loop's thread."""
        self._files.glance()
        try:
            answer = _in_snapshot(self._hold(), query, *args, **kwargs)
        except DBAPIError:
            self._files.check()  # a lost file is a malformed one to SQLite
            raise
        if not self._files.is_noted:
            self._files.note(self.driver())
        return answer

    def compare_files(self) -> None:
        """DatabaseFileError where the files are not those that are open; it takes three calls of the system."""
        self._files.check()

    def driver(self) -> sqlite3.Connection:
        """The connection of `read_now` as sqlite3 knows it, between two queries."""
        connection = self._hold().connection.driver_connection
        assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - narrows what SQLAlchemy leaves open
        return connection

    def _hold(self) -> Connection:
        if self._held is None:
            self._held = self._reader.connect()
        return self._held

    async def probe(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run inline, as every short query."""
        return await self.read(query, *args, **kwargs)

    async def read_long(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run in a thread, on a connection of its own."""

        def run() -> R:
            self._files.check()  # a connection to a deleted file would make another one
            with wal_index.using(engines.sqlite_path(self.url)), self._long_reader.connect() as connection:
                return _in_snapshot(connection, query, *args, **kwargs)

        return await asyncio.to_thread(run)

    @asynccontextmanager
    async def stream(
        self, query: Callable[Concatenate[Connection, P], Generator[R]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncIterator[Callable[[], Awaitable[R | None]]]:
        """Read in a thread of its own, which waits while nobody asks for more."""
        thread = ThreadPoolExecutor(1, thread_name_prefix="dayline-stream")
        run = partial(asyncio.get_running_loop().run_in_executor, thread)
        held = ExitStack()

        def begin() -> Generator[R]:
            self._files.check()
            held.enter_context(wal_index.using(engines.sqlite_path(self.url)))
            connection = held.enter_context(self._long_reader.connect())
            driver: Any = connection.connection.driver_connection
            driver.execute("BEGIN")
            held.callback(_end_snapshot, connection, driver)
            return held.enter_context(closing(query(connection, *args, **kwargs)))

        try:
            reading = await run(begin)
            yield lambda: run(next, reading, None)
        finally:
            ending = run(held.close)
            thread.shutdown(wait=False)
            await asyncio.shield(ending)

    async def write(self, action: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run in the writer thread, in a transaction that holds the file's write lock.

        DatabaseFileError where the file is not the one that is open, before the transaction or right after its commit.
        """

        def run() -> R:
            self._files.check()
            try:
                with self._writer.begin() as connection:
                    result = action(connection, *args, **kwargs)
                    self._files.check()
            finally:
                self._files.check()
            if not self._files.is_noted:
                self._note_written()
            return result

        in_context = partial(copy_context().run, run)  # as asyncio.to_thread does
        return await asyncio.get_running_loop().run_in_executor(self._writing, in_context)

    def _note_written(self) -> None:
        with self._writer.connect() as connection:
            self._files.note(connection.connection.driver_connection)

    def watch_commits(self, heard: Callable[[], None], *, acknowledges: bool = False) -> CommitWatch:
        """Looks into the index of the write-ahead log, when asked; nothing has to be heard."""
        del heard, acknowledges
        if self._name is None:
            raise RuntimeError("the database is closed")
        return wal_index.WalWatch(self, self._name)

    async def settle(self) -> None:
        """Return at once: readers of other processes compare what each commit alters."""

    async def close(self) -> None:
        """Close both connections; the last one out folds the write-ahead log into the file."""
        if self._held is not None:
            self._held.close()
            self._held = None
        self._reader.dispose()
        self._writing.submit(self._writer.dispose).result()
        self._writing.shutdown()
        name, self._name = self._name, None
        if name is not None:
            wal_index.release(name)
