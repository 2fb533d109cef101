"""Execution of queries and actions: inline, in a thread or over a greenlet, which no other module decides.

read             SQLite: inline in the event loop on one held connection, and repeated in a thread if that takes too
                 long; PostgreSQL: a pooled connection
try_read_sync    as `read`, without an await, on SQLite only
read_autocommit  as `read`, for one statement, which needs no transaction
probe            as `read`, for a statement that only checks whether the database responds, within 2 s
read_in_thread   as `read`, but SQLite runs it in a thread, so that it does not block the event loop
stream           a snapshot read in portions on a connection of its own, at the consumer's pace
write            one transaction, committed before it returns; SQLite: one writer thread per process

Queries and actions are synchronous functions of a connection, written once for both databases.
"""

from collections.abc import Awaitable, Callable, Generator
from contextlib import AbstractAsyncContextManager
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL

from app.db import engine as engines
from app.db.commit_watch import CommitWatch
from app.db.outages import DATABASE_ERRORS, TRANSIENT_ERRORS, error_summary, is_transient, log_summary
from app.db.postgresql.database import PostgresqlDatabase
from app.db.postgresql.limits import COMMANDS, MIGRATIONS, SERVING, Limits
from app.db.postgresql.pool import PoolUsage
from app.db.sqlite.database import SqliteDatabase

__all__ = [
    "COMMANDS",
    "DATABASE_ERRORS",
    "MIGRATIONS",
    "SERVING",
    "TRANSIENT_ERRORS",
    "Connection",
    "Database",
    "Limits",
    "error_summary",
    "is_transient",
    "log_summary",
    "open_database",
]

P = ParamSpec("P")
R = TypeVar("R")


class Database(Protocol):
    """Executor of queries, each on one snapshot, and of actions, each in one transaction."""

    url: URL

    async def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the result of a short query; every statement of it reads the same snapshot.

        The query may be interrupted and restarted: it must change nothing but its own variables.
        """

    def try_read_sync(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """Return the result as `read` does, without waiting; None if it has to be awaited."""

    async def read_autocommit(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return the result as `read` does, for a `HeadAndRowsQuery` or statements that need no common snapshot."""

    async def probe(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the result of a short query within two seconds; TimeoutError if the database does not respond."""

    async def read_in_thread(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return the result of a long query, on one snapshot; TimeoutError if it exceeds the limit."""

    def stream(
        self, query: Callable[Concatenate[Connection, P], Generator[R]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AbstractAsyncContextManager[Callable[[], Awaitable[R | None]]]:
        """Return a function that reads the query's next portion, None at its end; all portions are of one snapshot.

        Other queries run concurrently. The snapshot and its connection are released at the end of the context.
        """

    async def write(self, action: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the result of an action after its commit; it is rolled back if it raises.

        If this process watches commits, it returns once no other process serves a cached response from before the
        commit.
        """

    def pool_usage(self) -> dict[str, PoolUsage]:
        """Return how much of each connection pool is used; SQLite has none."""

    async def settle(self) -> None:
        """Return once no process serves cached responses from before writes of this one, which has no watch."""

    def commit_watch(self, on_notify: Callable[[], None], *, acknowledges: bool = False) -> CommitWatch:
        """Return a watch for commits of all processes; `on_notify` is called on each notification of one.

        Close it before the database. With `acknowledges`, writes of other machines wait until it has received them:
        required for serving from a cache.
        """

    async def close(self) -> None:
        """Close every connection and thread."""


def open_database(address: str, *, limits: Limits = SERVING) -> Database:
    """Return the database of a URL, which connects on first use. SQLite applies the limits to reads only."""
    url = engines.parse_database_url(address)
    return SqliteDatabase(url, limits) if url.get_backend_name() == "sqlite" else PostgresqlDatabase(url, limits)
