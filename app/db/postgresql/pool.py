"""Pool of PostgreSQL connections, each lent for one read or one write of limited duration."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.exc import DBAPIError

from app.db.outages import UnreachableError, is_connection_lost

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

EXPIRY_CHECK_INTERVAL_S = (
    0.1  # between checks for expired connections: a timer for each would cost a tenth of a short read
)
POOL_SIZE = 10  # opening one more under load costs more than waiting for an open one


class PoolUsage(NamedTuple):
    """Connections of a pool that are lent and idle, and how many tasks wait for one."""

    in_use: int
    idle: int
    waiting: int


class PooledConnection:
    """A SQLAlchemy connection and the driver's, lent until a time of time.monotonic()."""

    __slots__ = ("connection", "driver", "ends_at", "is_late")

    def __init__(self, connection: "AsyncConnection", driver: Any) -> None:
        self.connection = connection
        self.driver = driver
        self.ends_at = 0.0
        self.is_late = False

    def expire(self) -> None:
        """Close the connection at its deadline, which ends every wait for the server."""
        self.is_late = True
        self.driver.terminate()


class ConnectionPool:
    """Pool of up to ten connections, opened on demand, each lent for a limited time.

    The limit includes the wait for a turn and connecting. When it passes, the connection is closed without waiting
    for the server, and so are the idle ones: after a failover, or behind a NAT that lost its state, they are dead too.
    """

    def __init__(self, engine: "AsyncEngine") -> None:
        self._engine = engine
        self._idle: list[PooledConnection] = []
        self._busy: set[PooledConnection] = set()
        self._expiry_timer: asyncio.TimerHandle | None = None
        self._turns = asyncio.Semaphore(POOL_SIZE)
        self._waiting = 0
        self._is_closed = False

    def usage(self) -> PoolUsage:
        """Return how much of the pool is used at this moment."""
        return PoolUsage(len(self._busy), len(self._idle), self._waiting)

    @asynccontextmanager
    async def acquire(self, limit_s: float) -> AsyncIterator[PooledConnection]:
        """Lend a connection for one read or write; errors of the body, TimeoutError at the deadline."""
        ends_at = time.monotonic() + limit_s
        await self._acquire_slot(ends_at, limit_s)
        try:
            pooled = self._idle.pop() if self._idle else None
            if pooled is None or pooled.driver.is_closed():
                pooled = await self._replace(pooled, ends_at)
            pooled.ends_at = ends_at
            self._busy.add(pooled)
            if self._expiry_timer is None:
                self._close_overdue()
            is_usable = are_lost = False
            try:
                yield pooled
                is_usable = not pooled.driver.is_closed()
            except Exception as error:
                are_lost = is_connection_lost(error) or pooled.driver.is_closed()
                is_usable = not are_lost
                if pooled.is_late:
                    raise TimeoutError(f"the server did not respond within {limit_s:g} s") from error
                raise
            finally:
                self._busy.discard(pooled)
                if is_usable and not self._is_closed:
                    self._idle.append(pooled)
                else:
                    await self._discard(pooled, with_idle=are_lost or pooled.is_late)
        finally:
            self._turns.release()

    async def close(self) -> None:
        """Close the idle connections; lent ones are closed on return."""
        self._is_closed = True
        if self._expiry_timer is not None and not self._busy:
            self._expiry_timer.cancel()
        idle, self._idle = self._idle, []
        await asyncio.gather(*(pooled.connection.close() for pooled in idle), return_exceptions=True)
        await self._engine.dispose()

    def _close_overdue(self) -> None:
        """Close connections that are lent beyond their deadline, and repeat while any is lent."""
        now = time.monotonic()
        for pooled in self._busy:
            if pooled.ends_at <= now and not pooled.is_late:
                pooled.expire()
        self._expiry_timer = (
            asyncio.get_running_loop().call_later(EXPIRY_CHECK_INTERVAL_S, self._close_overdue) if self._busy else None
        )

    async def _acquire_slot(self, ends_at: float, limit_s: float) -> None:
        if not self._turns.locked():
            await self._turns.acquire()
            return
        self._waiting += 1
        try:
            async with asyncio.timeout(ends_at - time.monotonic()):
                await self._turns.acquire()
        except TimeoutError:
            raise TimeoutError(f"all {POOL_SIZE} connections of this process were in use for {limit_s:g} s") from None
        finally:
            self._waiting -= 1

    async def _replace(self, closed: PooledConnection | None, ends_at: float) -> PooledConnection:
        """Return an open connection in place of one that the server has closed while it was idle, or of none."""
        if closed is not None:
            await self._discard(closed, with_idle=False)
        while self._idle:
            pooled = self._idle.pop()
            if not pooled.driver.is_closed():
                return pooled
            await self._discard(pooled, with_idle=False)
        return await open_connection(self._engine, ends_at)

    async def _discard(self, pooled: PooledConnection, *, with_idle: bool) -> None:
        """Close the connection, and the idle ones where they may be lost too, without waiting for the server."""
        lost = [pooled]
        if with_idle:
            lost += self._idle
            self._idle = []
        for each in lost:
            each.driver.terminate()
        for each in lost:
            with suppress(Exception):  # it is not used again
                await each.connection.invalidate()
                await each.connection.close()


async def open_connection(engine: "AsyncEngine", ends_at: float) -> PooledConnection:
    """Open a connection before a time of time.monotonic(); UnreachableError, TimeoutError and other OSErrors."""
    try:
        async with asyncio.timeout(ends_at - time.monotonic()):
            connection = await engine.connect()
    except TimeoutError as error:
        raise TimeoutError(str(error) or "no connection was made in time") from error
    except DBAPIError as error:
        raise UnreachableError(error) from error
    driver = (await connection.get_raw_connection()).driver_connection
    return PooledConnection(connection, driver)
