"""Time limits of PostgreSQL: for a connection, for one call, for a whole read and a whole write.

A frozen server, or one whose packets are dropped, closes no connection: without a limit every caller would wait for
ever. The client enforces `connect_s`, `probe_s`, `read_s`, `call_s` and `write_s`, and closes a connection that exceeds
them. The server enforces the others on each write, also when the client's process is stopped or its machine is gone.
"""

from typing import NamedTuple


class Limits(NamedTuple):
    """Limits in seconds; `write_s` is longer than the server's own, so that the server can name the cause."""

    connect_s: float
    """A connection, authentication included; half as long again in all where the address names several hosts."""

    probe_s: float
    """A read that only checks whether the database responds; its endpoint responds within 2 s."""

    read_s: float
    """A whole read: the wait for a pooled connection, connecting, and every statement."""

    call_s: float
    """One call to the database where a read has no total limit: each portion of an export."""

    write_s: float
    """A whole write: the wait for a pooled connection, connecting, every statement, and the commit."""

    statement_s: float
    """One statement of a write (`statement_timeout`)."""

    lock_s: float
    """The wait for one lock of a write (`lock_timeout`); longer than `idle_s`, which frees what others hold."""

    idle_s: float
    """The time between two statements of a write (`idle_in_transaction_session_timeout`)."""

    def begin_write(self) -> str:
        """Return the statements that begin a write, for one round trip; SET LOCAL because poolers share sessions."""
        limits = {
            "statement_timeout": self.statement_s,
            "lock_timeout": self.lock_s,
            "idle_in_transaction_session_timeout": self.idle_s,
        }
        settings = "".join(f"; SET LOCAL {name} = {round(seconds * 1000)}" for name, seconds in limits.items())
        return f"BEGIN ISOLATION LEVEL READ COMMITTED{settings}"


SERVING = Limits(
    connect_s=2.0, probe_s=1.5, read_s=4.0, call_s=4.0, write_s=10.0, statement_s=8.0, lock_s=7.0, idle_s=5.0
)
"""For requests: a read ends within 5 s and a write within 15 s, authentication included."""

COMMANDS = Limits(
    connect_s=5.0,
    probe_s=5.0,
    read_s=21_600.0,
    call_s=300.0,
    write_s=900.0,
    statement_s=600.0,
    lock_s=90.0,
    idle_s=60.0,
)
"""For the command line: an export of everything, and imports, whose writes hold hundreds of articles."""

MIGRATIONS = COMMANDS._replace(call_s=21_600.0, write_s=21_600.0, statement_s=18_000.0)
"""For `dayline db upgrade`: one statement may rewrite a table of millions of rows."""
