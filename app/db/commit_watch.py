"""Detection of commits to a database by any process, with one interface for both databases.

SQLite        wal_index           the header that every commit changes, in shared memory: exact, immediate
PostgreSQL    commit_listener     notifications, and a poll every few milliseconds
              shared_commit_flag  shared memory of one machine, written before a commit is acknowledged
              presence            followers on other machines, whose acknowledgements a writer waits for
"""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection

from app.db.postgresql import presence

P = ParamSpec("P")
R = TypeVar("R")


def notify_commit(connection: Connection) -> None:
    """Notify other processes when this transaction commits; on SQLite they detect it without a notification."""
    if connection.dialect.name == "postgresql":
        presence.announce(connection)


class CommitWatch(Protocol):
    """Detector of commits, used in the event loop's thread only."""

    trust_window_s: float
    """Seconds after a poll for which an unchanged version token proves that nothing was committed."""

    compared_s: float
    """Seconds after a read, or `compare`, for which the files are known to be those of the database."""

    poll_interval_s: float | None
    """Seconds between polls while a client depends on them; None if the version token suffices."""

    def version_token(self) -> object | None:
        """Return a token that equals an earlier one only if no known commit came between them; None if unknown.

        A token stands for what is read after it was taken, not before.
        """

    def compare(self) -> None:
        """Raise DatabaseFileError if the files behind the token are no longer those of the database."""

    def try_read_sync(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """Run a query without waiting; None if it has to be awaited."""

    async def ensure_connected(self) -> None:
        """Connect, so that later commits are detected; raises the cause of a failure within a quarter of a second."""

    async def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a query that begins after this call; raises the cause of a failure within a quarter of a second.

        Each statement has a snapshot of its own. Only one query runs at a time.
        """

    async def is_unchanged(self) -> bool:
        """Return whether nothing was committed since the last call with certainty; raises as `read` does.

        It costs a fraction of a `read`. After False, a `read` shows what changed.
        """

    async def close(self) -> None:
        """Release all resources, within two seconds even if the server does not respond."""
