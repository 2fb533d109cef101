"""Followers of a PostgreSQL database, and the wait of a write until none of them serves what it replaced.

follower   holds a shared advisory lock while its listening connection lives; the lock's second number is its machine
commit     reads these locks and notifies the followers of a token, in one statement under the change log's lock
follower   acknowledges the token; from then on it uses no cached response before it has read the log
write      returns once each follower of another machine has acknowledged, or no lease is left

docs/decisions/0015-acknowledged-writes.md has the proof.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from secrets import randbits, token_hex

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.types import BigInteger, String

from app.clock import uptime
from app.db.locks import CHANGE_LOG_LOCK

CHANNEL = "dayline_commits"
ACKNOWLEDGEMENTS = "dayline_acknowledgements"
JOINED = "joined"
LEFT = "left"
LEASE_ENDS_AFTER_S = 0.1
"""Seconds after which a lease of 80 ms has ended, also with clocks corrected by 10 % in opposite directions."""
JOIN_TIMEOUT_MS = 1_500  # below `listening.ABANDON_AFTER_S`
MACHINE_BITS = 31
MAX_PAYLOAD_CHARACTERS = 7_900  # PostgreSQL refuses 8,000

_FOLLOWERS = 0x6461796C  # "dayl", the first number of the followers' locks
_UNKNOWN = -1

_PRESENT = f"""
    SELECT DISTINCT pid, objid::bigint AS machine FROM pg_locks
    WHERE locktype = 'advisory' AND classid = {_FOLLOWERS} AND objsubid = 2 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""  # noqa: S608 - a number of our own
_ANNOUNCE = text(f"""
    SELECT array_agg(pid), array_agg(machine), pg_notify('{CHANNEL}', left(coalesce(
        :token || string_agg(' ' || pid, '') FILTER (WHERE machine <> :machine), ''), {MAX_PAYLOAD_CHARACTERS}))
    FROM ({_PRESENT}) AS present
""").bindparams(bindparam("token", type_=String), bindparam("machine", type_=BigInteger))  # noqa: S608 - same
_NOTIFY = text(f"SELECT pg_notify('{CHANNEL}', '')")

READ_PRESENT = f"SELECT pg_backend_pid(), array_agg(pid), array_agg(machine) FROM ({_PRESENT}) AS present"  # noqa: S608 - same
ACKNOWLEDGE = f"SELECT count(pg_notify('{ACKNOWLEDGEMENTS}', token)) FROM unnest($1::text[]) AS token"  # noqa: S608 - same
LEAVE = f"SELECT pg_notify('{CHANNEL}', '{LEFT}')"

_pending: ContextVar["PendingCommit | None"] = ContextVar("pending_commit", default=None)


def join_statements(machine: int) -> str:
    """Return the statements by which a listening connection becomes a follower's, in one transaction.

    The change log's lock orders them: a write that did not see this follower has committed before they run. The
    keepalive ends the session of a machine that vanished within half a minute. The server gives up waiting for a long
    write before the client does: it would not notice that the client has gone, and each attempt would leave a session.
    """
    return (
        "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; "
        f"SET lock_timeout = {JOIN_TIMEOUT_MS}; SELECT pg_advisory_xact_lock({CHANGE_LOG_LOCK}); "
        f"SELECT pg_advisory_lock_shared({_FOLLOWERS}, {machine}), pg_notify('{CHANNEL}', '{JOINED} {machine}')"
    )


def lone_machine() -> int:
    """Return a unique number for a process that shares no memory with others."""
    return randbits(MACHINE_BITS)


def announce(connection: Connection) -> None:
    """Notify the followers when this transaction commits, and record them for the write that waits."""
    commit = _pending.get()
    if commit is None:
        connection.execute(_NOTIFY)
    elif not commit.is_announced:
        commit.announce(connection)


def pair(pids: Iterable[int] | None, machines: Iterable[int] | None) -> dict[int, int]:
    """Return the machines of followers by their server processes; PostgreSQL aggregates no rows to NULL."""
    return dict(zip(pids or (), machines or (), strict=True))


class PendingCommit:
    """A commit and the followers that acknowledged it; `lost` are those whose connection ended unannounced."""

    def __init__(self, known: dict[int, int], machine: int | None) -> None:
        self.token = token_hex(8)
        self.is_announced = False
        self.present: dict[int, int] = {}
        self.lost: dict[int, int] = {}
        self.acknowledged: set[int] = set()
        self.changed = asyncio.Event()
        self._known = known
        self._machine = _UNKNOWN if machine is None else machine

    def announce(self, connection: Connection) -> None:
        """Notify the followers when this transaction commits, and record them."""
        known = dict(self._known)  # a follower that joins from here on is ordered after this transaction
        values = {"token": self.token, "machine": self._machine}
        pids, machines, _ = connection.execute(_ANNOUNCE, values).one()
        self.present = pair(pids, machines)
        self.lost = {pid: where for pid, where in known.items() if pid not in self.present}
        self.is_announced = True

    def acknowledge(self, pid: int) -> None:
        """Record that a follower uses no response from before this commit."""
        self.acknowledged.add(pid)
        self.changed.set()


class Followers:
    """Known followers of a database in one process, and its commits that wait for them.

    `start` and `stop` delimit the time in which this process receives notifications. Where it `never_listens`, as in a
    command, writes do not wait: `settle` does, once for all of them.
    """

    def __init__(self) -> None:
        self._known: dict[int, int] = {}  # also those whose connection was lost since, until their lease has ended
        self._complete_from = inf  # from when on `_by_raw_request` holds each follower that may have a lease
        self._pending: dict[str, PendingCommit] = {}
        self._settled_at = -inf
        self.never_listens = True

    def start(self, present: dict[int, int]) -> None:
        """Add these followers to those that joined while they were read; one lost before may still have a lease."""
        self._known.update(present)
        self._complete_from = uptime() + LEASE_ENDS_AFTER_S

    def stop(self) -> None:
        """Remove all followers: no notification is received any more."""
        self._known.clear()
        self._complete_from = inf

    def receive(self, pid: int, payload: str) -> str | None:
        """Handle a notification on CHANNEL; return the token of another process's commit, with the sessions named."""
        word, _, rest = payload.partition(" ")
        if word == JOINED:
            self._known[pid] = int(rest)
        elif word == LEFT:
            self._known.pop(pid, None)
            for commit in self._pending.values():
                commit.acknowledge(pid)
        elif word:
            return payload
        return None

    def acknowledge(self, pid: int, token: str) -> None:
        """Record that the follower with this server process uses no response from before that commit."""
        commit = self._pending.get(token)
        if commit is not None:
            commit.acknowledge(pid)

    @contextmanager
    def expect(self, machine: int | None) -> Iterator[PendingCommit]:
        """Collect the commit that a transaction of the body announces, for `wait`."""
        commit = PendingCommit(self._known, machine)
        self._pending[commit.token] = commit
        reset = _pending.set(commit)
        try:
            yield commit
        finally:
            _pending.reset(reset)
            del self._pending[commit.token]

    async def wait(self, commit: PendingCommit, machine: int | None) -> None:
        """Return once no follower outside of this machine uses a response that it cached before this commit.

        The commit has happened, and followers of `machine` know of it from memory that they share.
        """
        if not commit.is_announced:
            return
        ends_at = uptime() + LEASE_ENDS_AFTER_S
        if self.never_listens:
            self._settled_at = ends_at
            return
        self._known.update(commit.present)
        present, lost = (
            {pid for pid, where in each.items() if where != machine} for each in (commit.present, commit.lost)
        )
        await self._wait_for(commit, present, ends_at)
        rest_s = (ends_at if lost else min(ends_at, self._complete_from)) - uptime()
        if rest_s > 0:
            await asyncio.sleep(rest_s)
        for pid in commit.lost:
            self._known.pop(pid, None)

    async def settle(self) -> None:
        """Return once no process uses a response that it cached before the writes that did not wait."""
        await asyncio.sleep(max(0.0, self._settled_at - uptime()))

    async def _wait_for(self, commit: PendingCommit, others: set[int], ends_at: float) -> None:
        while not others <= commit.acknowledged:
            commit.changed.clear()
            try:
                async with asyncio.timeout(ends_at - uptime()):
                    await commit.changed.wait()
            except TimeoutError:
                return
