"""Detection of commits to a database by any process, with one interface for both databases.

SQLite        wal_index   the header that every commit alters, in shared memory: exact, at once
PostgreSQL    listening   notifications, and a poll every few milliseconds
              tick        shared memory of one machine, changed before a writer acknowledges its write
              presence    followers on other machines, whose acknowledgements a writer waits for
"""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection

from app.db.postgresql import presence

P = ParamSpec("P")
R = TypeVar("R")


def notify_commit(connection: Connection) -> None:
    """Have other processes told when this transaction commits; on SQLite they see it by themselves."""
    if connection.dialect.name == "postgresql":
        presence.announce(connection)


class CommitWatch(Protocol):
    """Tells whether something was committed, and reads what. Everything happens in the loop's thread."""

    trust_window_s: float
    """For how many seconds after a look an unaltered mark means that nothing was committed."""

    compared_s: float
    """Seconds after a read, or `compare`, for which the files are known to be those of the database."""

    poll_interval_s: float | None
    """After how many seconds to look again while somebody depends on it; None where the mark is always enough."""

    def version_token(self) -> object | None:
        """What is equal to an earlier mark only if nothing was committed that is known of; None: it cannot be told.

        A mark stands for what is read after it was taken, not before.
        """

    def compare(self) -> None:
        """Raise DatabaseFileError where the files that the mark is read from are no longer those of the database."""

    def try_read_sync(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """The answer of a query without waiting for anybody; None where it has to be awaited."""

    async def ensure_connected(self) -> None:
        """Be ready to tell of commits from here on; raises what is the matter, within a quarter of a second."""

    async def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The answer of a query that begins after this call, or what is the matter, within a quarter of a second.

        Each statement is a snapshot of its own. One question at a time.
        """

    async def is_unchanged(self) -> bool:
        """Whether it is certain that nothing was committed since this was last asked; raises as `read` does.

        It costs a fraction of a `read`. After False, a `read` finds whatever it was.
        """

    async def close(self) -> None:
        """Give back what it holds; within two seconds whatever the server does."""
