"""PostgreSQL database: pooled connections, each lent to one request at a time."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from app.db import engine as engines
from app.db.commit_watch import CommitWatch
from app.db.postgresql.commit_listener import PgCommitWatch
from app.db.postgresql.limits import Limits
from app.db.postgresql.pool import ConnectionPool, PooledConnection, PoolUsage, open_connection
from app.db.postgresql.presence import Followers
from app.db.shared_commit_flag import SharedCommitFlag, open_commit_flag

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"

P = ParamSpec("P")
R = TypeVar("R")


def _run(
    connection: Connection, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
) -> R:
    """Run a query, and end the transaction that SQLAlchemy assumes."""
    try:
        return query(connection, *args, **kwargs)
    finally:
        if connection.in_transaction() and not connection.invalidated:
            connection.rollback()


def _next_of(_connection: Connection, reading: Generator[R]) -> R | None:
    return next(reading, None)


def _act(
    connection: Connection, action: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
) -> R:
    """Run an action in a transaction that the driver begins and ends; SQLAlchemy sees it as open."""
    with connection.begin():
        return action(connection, *args, **kwargs)


async def _execute(pooled: PooledConnection, statements: str) -> str:
    """Run statements without values past SQLAlchemy, which takes five times as long; their status, DBAPIError."""
    try:
        return str(await pooled.driver.execute(statements))
    except OSError:
        pooled.driver.terminate()
        raise
    except Exception as error:
        raise DBAPIError(
            statements, None, error, hide_parameters=True, connection_invalidated=pooled.driver.is_closed()
        ) from error


async def _roll_back(pooled: PooledConnection) -> None:
    """End any transaction on a connection before others use it; close the connection if that fails.

    The result or error of the body is unchanged.
    """
    if pooled.driver.is_closed():
        return
    try:
        await pooled.driver.execute("ROLLBACK")
    except Exception:  # noqa: BLE001 - the connection is discarded whatever the cause
        pooled.driver.terminate()


class PostgresqlDatabase:
    """A PostgreSQL server: pooled connections, each lent to one request at a time, within limits."""

    def __init__(self, url: URL, limits: Limits) -> None:
        self.url = url
        self._limits = limits
        self._begin_write = limits.begin_write()
        self._readers = ConnectionPool(engines.postgresql_reader(url, limits))
        self._writers = ConnectionPool(engines.postgresql_writer(url, limits))
        self._streamer: AsyncEngine | None = None
        self._tick: SharedCommitFlag | None = None
        self._is_alone = False
        self._followers = Followers()

    async def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run over the greenlet bridge in a read-only REPEATABLE READ transaction, which the driver begins and ends."""
        return await self._read_within(self._limits.read_s, query, *args, **kwargs)

    read_in_thread = read

    async def probe(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Read with a shorter limit."""
        return await self._read_within(self._limits.probe_s, query, *args, **kwargs)

    async def _read_within(
        self,
        limit_s: float,
        query: Callable[Concatenate[Connection, P], R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        async with self._readers.acquire(limit_s) as pooled:
            try:
                await _execute(pooled, _SNAPSHOT)
                response = await pooled.connection.run_sync(_run, query, *args, **kwargs)
            except Exception:
                await _roll_back(pooled)
                raise
            await _roll_back(pooled)
            return response

    @asynccontextmanager
    async def stream(
        self, query: Callable[Concatenate[Connection, P], Generator[R]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncIterator[Callable[[], Awaitable[R | None]]]:
        """Read over the greenlet bridge on a connection that is opened for it: those of requests stay free."""
        if self._streamer is None:
            self._streamer = engines.postgresql_streamer(self.url, self._limits)
        pooled = await open_connection(self._streamer, time.monotonic() + self._limits.read_s)
        try:
            await _execute(pooled, _SNAPSHOT)
            reading = await pooled.connection.run_sync(query, *args, **kwargs)
            yield partial(pooled.connection.run_sync, _next_of, reading)
        except BaseException:
            pooled.driver.terminate()
            raise
        finally:
            await pooled.connection.close()

    def try_read_sync(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """Return None: a server has to be awaited."""
        del query, args, kwargs
        return None

    async def read_autocommit(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run over the greenlet bridge, without a transaction."""
        async with self._readers.acquire(self._limits.read_s) as pooled:
            return await pooled.connection.run_sync(_run, query, *args, **kwargs)

    async def write(self, action: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run over the greenlet bridge in a READ COMMITTED transaction; return once no process serves the old state."""
        if self._tick is None and not self._is_alone:
            self._tick = await self.read(open_commit_flag)
            self._is_alone = self._tick is None
        with self._followers.expect(self._machine()) as commit:
            result = await self._commit(action, *args, **kwargs)
            await self._followers.wait(commit, self._machine())
        return result

    async def _commit(self, action: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run it in a transaction, and change this machine's commit flag after it."""
        try:
            async with self._writers.acquire(self._limits.write_s) as pooled:
                try:
                    await _execute(pooled, self._begin_write)
                    result = await pooled.connection.run_sync(_act, action, *args, **kwargs)
                except Exception:
                    await _roll_back(pooled)
                    raise
                if await _execute(pooled, "COMMIT") != "COMMIT":
                    raise RuntimeError("the transaction had failed, and its commit was a rollback")
                return result
        finally:  # a connection lost during COMMIT leaves its outcome unknown
            if self._tick is not None:
                self._tick.bump()

    def _machine(self) -> int | None:
        return None if self._tick is None else self._tick.number()

    def pool_usage(self) -> dict[str, PoolUsage]:
        """Return how much of the pools of reads and of writes is used."""
        return {"read": self._readers.usage(), "write": self._writers.usage()}

    async def settle(self) -> None:
        """Wait for the leases of other processes, where writes did not wait because this one watches no commits."""
        await self._followers.settle()

    def commit_watch(self, on_notify: Callable[[], None], *, acknowledges: bool = False) -> CommitWatch:
        """Return a watch that listens on a dedicated connection."""
        if not acknowledges:
            return PgCommitWatch(self.url, on_notify)
        self._followers.never_listens = False
        return PgCommitWatch(self.url, on_notify, self._followers)

    async def close(self) -> None:
        """Close every pooled connection."""
        if self._tick is not None:
            self._tick.close()
        await self._readers.close()
        await self._writers.close()
