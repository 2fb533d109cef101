"""SQLite database: one reader in the event loop, one writer thread, and a thread for each long read."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from contextvars import copy_context
from functools import partial
from math import inf
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from app.db import engine as engines
from app.db.commit_watch import CommitWatch
from app.db.postgresql.limits import SERVING, Limits
from app.db.postgresql.pool import PoolUsage
from app.db.sqlite import wal_index
from app.db.sqlite.file_watch import FileWatch
from app.db.sqlite.read_budget import Allowance, ReadBudget
from app.db.state_memo import add_state_memo

P = ParamSpec("P")
R = TypeVar("R")

LOOP_ALLOWANCE = Allowance(instructions=500_000, seconds=0.5, every=2_000)
"""For a read in the event loop: half a million instructions take some 8 ms, half a second only a slow disk.

A longer read is repeated in a thread.
"""
READ_THREADS, CHECK_EVERY = 4, 500_000


class _BudgetSpentError(Exception):
    """A read in the event loop was interrupted and has to be repeated in a thread."""


def _in_snapshot(
    budget: ReadBudget,
    connection: Connection,
    query: Callable[Concatenate[Connection, P], R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Run on a SQLite reader, whose snapshot the driver begins and ends: it takes a tenth of what SQLAlchemy takes."""
    _driver_of(connection).execute("BEGIN")
    return _in_autocommit(budget, connection, query, *args, **kwargs)


def _in_autocommit(
    budget: ReadBudget,
    connection: Connection,
    query: Callable[Concatenate[Connection, P], R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Run on a SQLite reader, each statement on a snapshot of its own unless the query begins one; end that."""
    try:
        return query(connection, *args, **kwargs)
    finally:
        budget.end()
        _end_snapshot(connection, _driver_of(connection))


def _read_until(
    until: float,
    connection: Connection,
    query: Callable[Concatenate[Connection, P], R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Run on a snapshot until an instant of the monotonic clock; TimeoutError behind it."""
    left_s = until - time.monotonic()
    if left_s <= 0:
        raise TimeoutError("no thread was free for a read within its time limit")
    budget = ReadBudget(_driver_of(connection), Allowance(inf, left_s, CHECK_EVERY))
    with _limited(budget):
        return _in_snapshot(budget, connection, query, *args, **kwargs)


@contextmanager
def _limited(budget: ReadBudget) -> Iterator[None]:
    """Begin a read with this budget; TimeoutError where it is interrupted."""
    budget.begin()
    try:
        yield
    except (DBAPIError, sqlite3.Error):
        if budget.is_spent:
            raise TimeoutError("a read exceeded its time limit") from None
        raise


def _driver_of(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.dbapi_connection  # of sqlite3 also `driver_connection`, which takes longer to find
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - narrows what SQLAlchemy leaves open
    return driver


def _end_snapshot(connection: Connection, driver: Any) -> None:
    connection.rollback()
    if driver.in_transaction:
        driver.execute("ROLLBACK")


class SqliteDatabase:
    """SQLite file: one reader in the event loop, one writer thread."""

    def __init__(self, url: URL, limits: Limits = SERVING) -> None:
        self.url = url
        self._limits = limits
        self._reader = engines.sqlite_reader(url)
        self._long_reader = engines.sqlite_long_reader(url)  # one for all, as each engine compiles every statement
        self._writer = engines.sqlite_writer(url)
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="dayline-write")
        self._reading = ThreadPoolExecutor(READ_THREADS, thread_name_prefix="dayline-read")
        self._held: tuple[Connection, ReadBudget] | None = None
        self._name: str | None = wal_index.acquire(engines.sqlite_path(url))
        self._files = FileWatch(str(engines.sqlite_path(url)), self._name)

    async def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run inline, without an await, so one connection serves every request in turn; beyond the budget in a thread.

        A query that was interrupted runs again from its beginning, on a snapshot of its own.
        """
        try:
            return self._read_inline(_in_snapshot, query, *args, **kwargs)
        except _BudgetSpentError:
            return await self.read_in_thread(query, *args, **kwargs)

    async def read_autocommit(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run inline; to begin and end a transaction takes as long as a third of the statement."""
        try:
            return self._read_inline(_in_autocommit, query, *args, **kwargs)
        except _BudgetSpentError:
            return await self.read_in_thread(query, *args, **kwargs)

    def try_read_sync(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """Run inline in the loop's thread without an await; return None beyond the budget."""
        try:
            return self._read_inline(_in_snapshot, query, *args, **kwargs)
        except _BudgetSpentError:
            return None

    def _read_inline(
        self,
        run: Callable[..., R],
        query: Callable[Concatenate[Connection, P], R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        self._files.check_if_due()
        held, budget = self._hold()
        budget.begin()
        try:
            response = run(budget, held, query, *args, **kwargs)
        except (DBAPIError, sqlite3.Error):
            if budget.is_spent:
                raise _BudgetSpentError from None
            self._files.check()  # SQLite reports a lost file as malformed
            raise
        if not self._files.is_recorded:
            self._files.record(self.driver())
        return response

    def compare_files(self) -> None:
        """Raise DatabaseFileError where the files are not those that are open; it takes three system calls."""
        self._files.check()

    def driver(self) -> sqlite3.Connection:
        """Return the sqlite3 connection of `try_read_sync`, between two queries."""
        return _driver_of(self._hold()[0])

    def _hold(self) -> tuple[Connection, ReadBudget]:
        if self._held is None:
            connection = self._reader.connect()
            add_state_memo(connection, self._files.read_index)
            self._held = connection, ReadBudget(_driver_of(connection), LOOP_ALLOWANCE)
        return self._held

    async def probe(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run inline, as any short query."""
        return await self.read(query, *args, **kwargs)

    async def read_in_thread(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run in a thread, on a dedicated connection; TimeoutError where that and the wait for it exceed the limit."""
        until = time.monotonic() + self._limits.read_s

        def run() -> R:
            self._files.check()  # a new connection to a deleted file would create another one
            with wal_index.held(engines.sqlite_path(self.url)), self._long_reader.connect() as connection:
                return _read_until(until, connection, query, *args, **kwargs)

        in_context = partial(copy_context().run, run)
        return await asyncio.get_running_loop().run_in_executor(self._reading, in_context)

    @asynccontextmanager
    async def stream(
        self, query: Callable[Concatenate[Connection, P], Generator[R]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncIterator[Callable[[], Awaitable[R | None]]]:
        """Read in a dedicated thread, each portion within the limit of a call; it pauses between portions."""
        thread = ThreadPoolExecutor(1, thread_name_prefix="dayline-stream")
        loop, context = asyncio.get_running_loop(), copy_context()
        held, budgets = ExitStack(), list[ReadBudget]()

        def run(step: Callable[..., Any], *given: Any) -> asyncio.Future[Any]:
            return loop.run_in_executor(thread, partial(context.run, step, *given))

        def read_next(reading: Generator[R]) -> R | None:
            with _limited(budgets[0]):
                return next(reading, None)

        def begin() -> Generator[R]:
            self._files.check()
            held.enter_context(wal_index.held(engines.sqlite_path(self.url)))
            connection = held.enter_context(self._long_reader.connect())
            driver = _driver_of(connection)
            budgets.append(ReadBudget(driver, Allowance(inf, self._limits.call_s, CHECK_EVERY)))
            driver.execute("BEGIN")
            held.callback(_end_snapshot, connection, driver)
            held.callback(budgets[0].end)
            return held.enter_context(closing(query(connection, *args, **kwargs)))

        try:
            reading = await run(begin)
            yield partial(run, read_next, reading)
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
            if not self._files.is_recorded:
                self._record_written()
            return result

        in_context = partial(copy_context().run, run)  # as asyncio.to_thread does
        return await asyncio.get_running_loop().run_in_executor(self._writing, in_context)

    def _record_written(self) -> None:
        with self._writer.connect() as connection:
            self._files.record(connection.connection.driver_connection)

    def commit_watch(self, on_notify: Callable[[], None], *, acknowledges: bool = False) -> CommitWatch:
        """Return a watch that reads the WAL-index on demand; SQLite sends no notifications."""
        del on_notify, acknowledges
        if self._name is None:
            raise RuntimeError("the database is closed")
        return wal_index.SqliteCommitWatch(self, self._name)

    def pool_usage(self) -> dict[str, PoolUsage]:
        """Return nothing: connections of an embedded database are not pooled."""
        return {}

    async def settle(self) -> None:
        """Return immediately: readers of other processes compare the header that each commit changes."""

    async def close(self) -> None:
        """Close both connections; the last process to close checkpoints the log into the file."""
        if self._held is not None:
            self._held[0].close()
            self._held = None
        self._reader.dispose()
        self._reading.shutdown(cancel_futures=True)
        self._writing.submit(self._writer.dispose).result()
        self._writing.shutdown()
        name, self._name = self._name, None
        if name is not None:
            wal_index.release(name)
