"""Running queries and actions: inline, in a thread or over a greenlet, which no other module decides.

    read        SQLite: inline in the event loop on one held connection, and again in a thread where that takes too
                long; PostgreSQL: a lent connection
    read_now    as `read`, without an await, on SQLite alone
    read_once   as `read`, for one statement, which needs no transaction on PostgreSQL
    probe       as `read`, for a statement that only checks whether the database responds, within 2 s
    read_long   as `read`, but SQLite runs it in a thread, so that it does not block the event loop
    stream      a snapshot read in portions on a connection of its own, for as long as the consumer takes
    write       one transaction, committed when it returns; SQLite: one writer thread per process

Queries and actions are synchronous functions of a connection, written once for both databases.
"""

from collections.abc import Awaitable, Callable, Generator
from contextlib import AbstractAsyncContextManager
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL

from app.db import engine as engines
from app.db.commit_watch import CommitWatch
from app.db.outages import DATABASE_ERRORS, TRANSIENT_ERRORS, error_summary, is_transient
from app.db.postgresql.database import PostgresqlDatabase
from app.db.postgresql.limits import COMMANDS, MIGRATIONS, SERVING, Limits
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
    "open_database",
]

P = ParamSpec("P")
R = TypeVar("R")


class Database(Protocol):
    """A place that runs queries on one snapshot each, and actions in one transaction each."""

    url: URL

    async def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the result of a short query; every statement of it sees the same snapshot.

        The query may be interrupted and run again from its beginning: it changes nothing but its own variables.
        """

    def try_read_sync(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """The same without waiting for anybody; None where an answer has to be awaited."""

    async def read_autocommit(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The same for a query that is `HeadAndRowsQuery`, or one prepared statement."""

    async def probe(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the result of a short query within two seconds; TimeoutError where the database does not respond."""

    async def read_in_thread(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return the result of a long query, on one snapshot; TimeoutError where it exceeds the limit."""

    def stream(
        self, query: Callable[Concatenate[Connection, P], Generator[R]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AbstractAsyncContextManager[Callable[[], Awaitable[R | None]]]:
        """What reads the next thing that a query makes, None at its end; all of it is from one snapshot.

        Other queries run meanwhile. The snapshot and its connection are given back at the end of the context.
        """

    async def write(self, action: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the result of an action, committed; it is rolled back when it raises.

        Where this process watches commits, it returns once no other process serves from its cache what was replaced.
        """

    async def settle(self) -> None:
        """Return once no process serves from its cache what was replaced by writes of one that watches no commits."""

    def commit_watch(self, heard: Callable[[], None], *, acknowledges: bool = False) -> CommitWatch:
        """Return a watch for commits of all processes; `heard` is called when a commit is notified.

        Close it before the database. With `acknowledges`, writes of other machines wait until it has
        received them: required for serving from a cache.
        """

    async def close(self) -> None:
        """Give back every connection and thread."""


def open_database(address: str, *, limits: Limits = SERVING) -> Database:
    """Return the database of an address, which connects on first use. SQLite has limits for reads only."""
    url = engines.parse_database_url(address)
    return SqliteDatabase(url, limits) if url.get_backend_name() == "sqlite" else PostgresqlDatabase(url, limits)
