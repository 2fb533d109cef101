"""A PostgreSQL server: connections that are kept open, each lent to one request at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL

from app.db import engine as engines
from app.db.commits import CommitWatch
from app.db.listening import ListeningWatch
from app.db.presence import Followers
from app.db.tick import MachineTick, tick_of

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"

LENT_WITHIN_S = 30.0

P = ParamSpec("P")
R = TypeVar("R")


class Readers:
    """Connections without transactions, opened as they are needed, up to the size of the pool, and lent in turn."""

    def __init__(self, engine: "AsyncEngine") -> None:
        self._engine = engine
        self._idle: list[AsyncConnection] = []
        self._turns = asyncio.Semaphore(engines.POOL_SIZE)

    @asynccontextmanager
    async def lend(self) -> AsyncIterator["AsyncConnection"]:
        """A connection for one reading; what was lost or cut short in the middle of one is not lent again."""
        if self._turns.locked():
            async with asyncio.timeout(LENT_WITHIN_S):
                await self._turns.acquire()
        else:
            await self._turns.acquire()
        try:
            connection = self._idle.pop() if self._idle else await self._engine.connect()
            is_well = False
            try:
                yield connection
                is_well = True
            except Exception:
                is_well = not connection.invalidated
                raise
            finally:
                if is_well:
                    self._idle.append(connection)
                else:
                    await self._give_up(connection)
        finally:
            self._turns.release()

    async def close(self) -> None:
        """Close them all."""
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close()
        await self._engine.dispose()

    async def _give_up(self, connection: "AsyncConnection") -> None:
        """Close it, and where it was lost those that were left idle meanwhile: they may be lost as well."""
        idle: list[AsyncConnection] = []
        if connection.invalidated:
            idle, self._idle = self._idle, idle
        for each in (connection, *idle):
            await each.invalidate()
            await each.close()


def _run(
    connection: Connection, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
) -> R:
    """Run a query, and leave SQLAlchemy no transaction of its own."""
    try:
        return query(connection, *args, **kwargs)
    finally:
        if connection.in_transaction() and not connection.invalidated:
            connection.rollback()


def _next_of(_connection: Connection, reading: Generator[R]) -> R | None:
    return next(reading, None)


async def _end_snapshot(connection: "AsyncConnection", driver: Any) -> None:
    """Leave no transaction open on a connection that others will read with: they would see what is long past.

    A connection that was lost is given up, and what was read or went wrong before stands.
    """
    try:
        await driver.execute("ROLLBACK")
    except Exception:  # noqa: BLE001 - whatever it is, nobody reads with it again
        await connection.invalidate()
    except BaseException:
        await connection.invalidate()
        raise


class PostgresqlDatabase:
    """A server: connections from a pool, each lent to one request at a time."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._readers = Readers(engines.postgresql_reader(url))
        self._writer = engines.postgresql_writer(url)
        self._streamer: AsyncEngine | None = None
        self._tick: MachineTick | None = None
        self._is_alone = False
        self._followers = Followers()

    async def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run over the greenlet bridge in a read-only REPEATABLE READ transaction, which the driver begins and ends."""
        async with self._readers.lend() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            try:
                try:
                    await driver.execute(_SNAPSHOT)
                except Exception:  # noqa: BLE001 - it is tried again, and what fails then has a name
                    await connection.exec_driver_sql(_SNAPSHOT)
                return await connection.run_sync(_run, query, *args, **kwargs)
            finally:  # also when cancelled while it begins, which the server may have done
                await _end_snapshot(connection, driver)

    read_long = read

    @asynccontextmanager
    async def stream(
        self, query: Callable[Concatenate[Connection, P], Generator[R]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncIterator[Callable[[], Awaitable[R | None]]]:
        """Read over the greenlet bridge on a connection that is opened for it: those of requests stay free."""
        if self._streamer is None:
            self._streamer = engines.postgresql_streamer(self.url)
        connection = await self._streamer.connect()
        try:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            try:
                await connection.exec_driver_sql(_SNAPSHOT)
                reading = await connection.run_sync(query, *args, **kwargs)
                yield partial(connection.run_sync, _next_of, reading)
            finally:
                if not connection.invalidated:  # as it is where a reading was cut short
                    await _end_snapshot(connection, driver)
        finally:
            await connection.close()

    def read_now(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """None: a server has to be waited for."""
        del query, args, kwargs
        return None

    async def read_once(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run over the greenlet bridge, without a transaction."""
        async with self._readers.lend() as connection:
            return await connection.run_sync(_run, query, *args, **kwargs)

    async def write(self, action: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run over the greenlet bridge in a READ COMMITTED transaction, and return once no process trusts what was."""
        if self._tick is None and not self._is_alone:
            self._tick = await self.read(tick_of)
            self._is_alone = self._tick is None
        with self._followers.expect(self._machine()) as commit:
            result = await self._commit(action, *args, **kwargs)
            await self._followers.wait(commit, self._machine())
        return result

    async def _commit(self, action: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run it in a transaction, and change the tick of this machine after it."""
        try:
            async with self._writer.begin() as connection:
                return await connection.run_sync(action, *args, **kwargs)
        finally:  # who loses the connection while it commits does not know whether it has
            if self._tick is not None:
                self._tick.set()

    def _machine(self) -> int | None:
        return None if self._tick is None else self._tick.number()

    async def settle(self) -> None:
        """Wait for the leases of other processes, where writes did not wait because this one watches no commits."""
        await self._followers.settle()

    def watch_commits(self, heard: Callable[[], None], *, acknowledges: bool = False) -> CommitWatch:
        """Listens on a connection of its own."""
        if not acknowledges:
            return ListeningWatch(self.url, heard)
        self._followers.never_listens = False
        return ListeningWatch(self.url, heard, self._followers)

    async def close(self) -> None:
        """Close every pooled connection."""
        if self._tick is not None:
            self._tick.close()
        await self._readers.close()
        await self._writer.dispose()
