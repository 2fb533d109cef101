"""Detection of commits to a PostgreSQL database: a dedicated connection that listens and is polled."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from math import inf
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from app.db.engine import HIDE_PARAMETERS
from app.db.outages import UnreachableError
from app.db.postgresql.presence import (
    ACKNOWLEDGE,
    ACKNOWLEDGEMENTS,
    CHANNEL,
    LEAVE,
    READ_PRESENT,
    Followers,
    join_statements,
    lone_machine,
    pair,
)
from app.db.shared_commit_flag import SharedCommitFlag, open_commit_flag

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

POLL_INTERVAL_S = 0.03
TRUSTED_S = 0.08
QUERY_TIMEOUT_S = 0.25
ABANDON_AFTER_S = 2.0
TASK_NAME = "dayline-listening"
CONNECTION_LOST = "the connection was lost"
POOLED = (
    "The database address leads to a pooler in transaction mode: each request queries the server "
    "whether its cached response is current, and each write waits 0.1 s. Use the server's own address."
)

_SNAPSHOT = "SELECT pg_backend_pid() || ' ' || pg_current_snapshot()::text"

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def _connection_errors() -> Iterator[None]:
    """Raise the driver's errors, which no other module imports, as UnreachableError: a standby refuses to LISTEN."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise UnreachableError(error) from error


class PgCommitWatch:
    """Detector of commits to a PostgreSQL database while its server responds; never in a transaction.

    A query without a timely response stays pending rather than being cancelled: a server that was stopped answers it
    when it resumes, and after two seconds the connection is abandoned and replaced.
    """

    trust_window_s: float = TRUSTED_S
    compared_s: float = inf  # a server has no files to compare
    poll_interval_s: float | None = POLL_INTERVAL_S

    def __init__(self, url: URL, on_notify: Callable[[], None], followers: Followers | None = None) -> None:
        self._engine = self._make_engine(url)
        self._heard = on_notify
        self._count = 0
        self._is_listening = False
        self._driver: Any = None  # asyncpg's connection, for operations that SQLAlchemy does not offer
        self._connection: AsyncConnection | None = None
        self._tick: SharedCommitFlag | None = None
        self._pending: asyncio.Task[Any] | None = None
        self._queried_at = 0.0
        self._snapshot = ""
        self._followers = followers  # if this watch is a follower
        self._session: int | None = None  # the server process that holds the lock of a follower
        self._machine: int | None = None  # machine number under which the follower joined
        self._owed: list[str] = []  # commits to acknowledge

    def version_token(self) -> object | None:
        """Return the number of notifications and this machine's commit flag; None while not listening."""
        if not self._is_listening:
            return None
        return self._count if self._tick is None else (self._count, self._tick.read())

    def compare(self) -> None:
        """Do nothing: there are no files."""

    def try_read_sync(
        self, _query: Callable[Concatenate[Connection, P], R], /, *_args: P.args, **_kwargs: P.kwargs
    ) -> R | None:
        """Return None: a server has to be awaited."""
        return None

    async def ensure_connected(self) -> None:
        """Listen, on a new connection if the previous one was lost."""
        if self._pending is not None:
            await self._wait_for(self._pending)
        if self._tick is not None:
            self._tick.reopen()
        if not self._is_listening or self._has_moved():
            await self._query(self._connect())
        if self._owed:
            owed, self._owed = self._owed, []
            await self._query(self._fetch(ACKNOWLEDGE, owed))

    async def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a query on the listening connection."""
        if self._connection is None or not self._is_listening:
            raise ConnectionError(CONNECTION_LOST)
        task = await self._query(self._connection.run_sync(query, *args, **kwargs))
        return task.result()

    async def is_unchanged(self) -> bool:
        """Compare the server's snapshots: equal ones follow the same transactions, in all its databases."""
        if not self._is_listening:
            raise ConnectionError(CONNECTION_LOST)
        task = await self._query(self._fetch(_SNAPSHOT))
        session, _, found = task.result().partition(" ")
        if self._session is not None and int(session) != self._session:
            self._trust_nothing()
        before, self._snapshot = self._snapshot, found
        return self._snapshot == before

    async def close(self) -> None:
        """Abort the connection; pending queries get no response."""
        await self._leave()
        self._abandon()
        if self._pending is not None:
            await asyncio.wait({self._pending}, timeout=ABANDON_AFTER_S / 2)
            self._pending.cancel()
            await asyncio.wait({self._pending}, timeout=ABANDON_AFTER_S / 2)
        await self._disconnect()
        await self._engine.dispose()

    async def _leave(self) -> None:
        """Stop using cached responses, and notify the writers so that they do not wait for the lease."""
        was_listening, self._is_listening = self._is_listening, False
        if was_listening and self._followers is not None:
            with suppress(OSError):
                if self._pending is not None:
                    await self._wait_for(self._pending)
                await self._query(self._fetch(LEAVE))

    async def _query(self, coroutine: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
        """Return the completed task of a query; raises its error, and TimeoutError while it is pending."""
        task = self._pending = asyncio.create_task(coroutine, name=TASK_NAME)
        self._queried_at = time.monotonic()
        await self._wait_for(task)
        error = task.exception()
        if error is not None:
            raise error
        return task

    async def _wait_for(self, task: asyncio.Task[Any]) -> None:
        await asyncio.wait({task}, timeout=QUERY_TIMEOUT_S)
        if not task.done():
            if time.monotonic() - self._queried_at > ABANDON_AFTER_S:
                self._abandon()
            raise TimeoutError("the server does not respond")
        self._pending = None
        if not task.cancelled():
            task.exception()  # retrieved, so that asyncio does not report it

    async def _fetch(self, statement: str, *values: object) -> Any:
        """Return one value, past SQLAlchemy, which would take five times as long."""
        with _connection_errors():
            return await self._driver.fetchval(statement, *values)

    async def _connect(self) -> None:
        await self._disconnect()
        connection = self._connection = await self._engine.connect()
        self._tick = await connection.run_sync(open_commit_flag)
        if self._tick is not None:
            self._tick.reopen()
        with _connection_errors():
            await self._driver.add_listener(CHANNEL, self._on_notify)
        if self._followers is not None:
            await self._join(self._followers)
        self._driver.add_termination_listener(self._on_connection_lost)
        self._is_listening = True
        self._on_notify()  # for earlier commits

    async def _join(self, followers: Followers) -> None:
        """Register as a follower that writers wait for, before any cached response is used."""
        self._machine = self._tick_number()
        with _connection_errors():
            await self._driver.add_listener(ACKNOWLEDGEMENTS, self._on_acknowledgement)
            await self._driver.execute(join_statements(lone_machine() if self._machine is None else self._machine))
            self._session, pids, machines = await self._driver.fetchrow(READ_PRESENT)
        followers.start(pair(pids, machines))

    def _has_moved(self) -> bool:
        """Return whether the commit flag's file was replaced since the follower joined: it must join again."""
        return self._followers is not None and self._tick_number() != self._machine

    def _tick_number(self) -> int | None:
        return None if self._tick is None else self._tick.number()

    def _trust_nothing(self) -> None:
        """Switch to reading the log for each request: a pooler lends the session, and its lock, to other clients."""
        if self.trust_window_s:
            self.trust_window_s = 0.0
            log.warning(POOLED)

    async def _disconnect(self) -> None:
        self._is_listening = False
        self._owed = []
        if self._followers is not None:
            self._followers.stop()
        connection, self._connection = self._connection, None
        tick, self._tick = self._tick, None
        if tick is not None:
            tick.close()
        if connection is not None:
            self._abandon()
            with suppress(Exception):  # it is lost, whatever closing it raises
                await connection.close()

    def _on_notify(self, _driver: Any = None, session: int = 0, _channel: str = "", payload: str = "") -> None:
        self._count += 1
        if self._followers is not None:
            coroutine = self._followers.receive(session, payload)
            if coroutine is not None:
                token, *addressed = coroutine.split()
                if str(self._session) in addressed:
                    self._owed.append(token)
        self._heard()

    def _on_acknowledgement(self, _driver: Any, session: int, _channel: str, token: str) -> None:
        if self._followers is not None:
            self._followers.acknowledge(session, token)

    def _on_connection_lost(self, driver: Any) -> None:
        if driver is self._driver:
            self._is_listening = False
            if self._followers is not None:
                self._followers.stop()
            self._heard()

    def _abandon(self) -> None:
        self._is_listening = False
        if self._driver is not None:
            self._driver.terminate()

    async def _open_driver(self, *args: Any, **options: Any) -> Any:
        from app.db.postgresql.driver import open_driver  # noqa: PLC0415 - slow to load, and SQLite needs none

        self._driver = await open_driver(*args, connect_s=ABANDON_AFTER_S, **options)
        return self._driver

    def _make_engine(self, url: URL) -> "AsyncEngine":
        from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - same

        return create_async_engine(
            url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            hide_parameters=HIDE_PARAMETERS,
            connect_args={"async_creator_fn": self._open_driver},
        )
