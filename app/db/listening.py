"""Noticing commits to a PostgreSQL database: a connection of its own that listens, and is asked again and again."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from app.db.commits import CHANNEL
from app.db.engine import HIDDEN
from app.db.tick import MachineTick, tick_of

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

LOOKS_EVERY_S = 0.03
TRUSTED_S = 0.08
ANSWERS_WITHIN_S = 0.25
GIVEN_UP_AFTER_S = 2.0
NAME = "dayline-listening"
LOST = "the connection was lost"

_SNAPSHOT = "SELECT pg_current_snapshot()::text"

P = ParamSpec("P")
R = TypeVar("R")


class ListeningWatch:
    """Tells of commits to a PostgreSQL database as long as its server answers; never in a transaction.

    A question that is not answered in time is left pending rather than cancelled: a server that was stopped answers
    it when it goes on, and after two seconds the connection is given up and made anew.
    """

    trusted_s: float = TRUSTED_S
    compared_s: float = inf  # there are none
    looks_every_s: float | None = LOOKS_EVERY_S

    def __init__(self, url: URL, heard: Callable[[], None]) -> None:
        self._engine = self._make_engine(url)
        self._heard = heard
        self._count = 0
        self._is_listening = False
        self._driver: Any = None  # asyncpg's connection, for what SQLAlchemy has no words for
        self._connection: AsyncConnection | None = None
        self._tick: MachineTick | None = None
        self._pending: asyncio.Task[Any] | None = None
        self._asked_at = 0.0
        self._snapshot = ""

    def mark(self) -> object | None:
        """How much was heard so far, and the tick of this machine; None while nobody listens."""
        if not self._is_listening:
            return None
        return self._count if self._tick is None else (self._count, self._tick.value())

    def compare(self) -> None:
        """Nothing: there are no files."""

    def read_now(
        self, _query: Callable[Concatenate[Connection, P], R], /, *_args: P.args, **_kwargs: P.kwargs
    ) -> R | None:
        """Nothing: a server has to be waited for."""
        return None

    async def prepare(self) -> None:
        """Listen, anew where the connection was lost."""
        if self._pending is not None:
            await self._wait_for(self._pending)
        if not self._is_listening:
            await self._ask(self._connect())
        if self._tick is not None:
            self._tick.renew()

    async def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Ask on the connection that listens."""
        if self._connection is None or not self._is_listening:
            raise ConnectionError(LOST)
        task = await self._ask(self._connection.run_sync(query, *args, **kwargs))
        return task.result()

    async def is_unaltered(self) -> bool:
        """Compare the server's snapshots: equal ones have the same transactions behind them, in all its databases."""
        if not self._is_listening:
            raise ConnectionError(LOST)
        task = await self._ask(self._read_snapshot())
        before, self._snapshot = self._snapshot, task.result()
        return self._snapshot == before

    async def close(self) -> None:
        """End the connection at once; what was asked stays unanswered."""
        self._give_up()
        if self._pending is not None:
            await asyncio.wait({self._pending}, timeout=GIVEN_UP_AFTER_S / 2)
            self._pending.cancel()
            await asyncio.wait({self._pending}, timeout=GIVEN_UP_AFTER_S / 2)
        await self._disconnect()
        await self._engine.dispose()

    async def _ask(self, asking: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
        """The task of a question, ended well; raises what it raised, and TimeoutError while it goes on."""
        task = self._pending = asyncio.create_task(asking, name=NAME)
        self._asked_at = time.monotonic()
        await self._wait_for(task)
        error = task.exception()
        if error is not None:
            raise error
        return task

    async def _wait_for(self, task: asyncio.Task[Any]) -> None:
        await asyncio.wait({task}, timeout=ANSWERS_WITHIN_S)
        if not task.done():
            if time.monotonic() - self._asked_at > GIVEN_UP_AFTER_S:
                self._give_up()
            raise TimeoutError("the server does not answer")
        self._pending = None
        if not task.cancelled():
            task.exception()  # taken note of, should nobody ask for it

    async def _read_snapshot(self) -> str:
        """Past SQLAlchemy, which would take five times as long."""
        try:
            return str(await self._driver.fetchval(_SNAPSHOT))
        except OSError:
            raise
        except Exception as error:  # the driver's own kinds, which nobody else knows
            raise ConnectionError(str(error) or LOST) from error

    async def _connect(self) -> None:
        await self._disconnect()
        connection = self._connection = await self._engine.connect()
        self._tick = await connection.run_sync(tick_of)
        await self._driver.add_listener(CHANNEL, self._hear)
        self._driver.add_termination_listener(self._lose)
        self._is_listening = True
        self._hear()  # whatever was committed before

    async def _disconnect(self) -> None:
        self._is_listening = False
        connection, self._connection = self._connection, None
        tick, self._tick = self._tick, None
        if tick is not None:
            tick.close()
        if connection is not None:
            self._give_up()
            with suppress(Exception):  # it is lost: whatever closing it says is no news
                await connection.close()

    def _hear(self, *_notification: Any) -> None:
        self._count += 1
        self._heard()

    def _lose(self, driver: Any) -> None:
        if driver is self._driver:
            self._is_listening = False
            self._heard()

    def _give_up(self) -> None:
        self._is_listening = False
        if self._driver is not None:
            self._driver.terminate()

    async def _open_driver(self, *args: Any, **options: Any) -> Any:
        import asyncpg  # noqa: PLC0415 - slow to load, and SQLite needs none

        self._driver = await asyncpg.connect(*args, timeout=GIVEN_UP_AFTER_S, **options)
        return self._driver

    def _make_engine(self, url: URL) -> "AsyncEngine":
        from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - same

        return create_async_engine(
            url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            hide_parameters=HIDDEN,
            connect_args={"async_creator_fn": self._open_driver},
        )
