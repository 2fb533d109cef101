"""Follower of the change log, for caches and streams that must apply every commit of any process."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

from app.background.loops import Backoff, sleep_or_wake
from app.background.outage_log import OutageLogger
from app.clock import uptime
from app.db.database import Connection, Database
from app.invalidation.change_event import ChangeEvent
from app.queries.changes.change_list import latest_seq
from app.queries.changes.invalidation_log import read_change_events

MAX_BEHIND = 2_000  # beyond it, a reset is faster
CAUGHT_UP_WITHIN_S = 0.25
IDLE_AFTER_S = 2.0  # after so long without a request only notifications cause a poll
RETRY_S = 0.05
MAX_RETRY_S = 0.5
STOPPED_WITHIN_S = 1.0

_NOWHERE = ChangeEvent(0, frozenset(), frozenset(), ())
"""End of a log without rows."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PollResult:
    """Rows after the last known one; `has_gap` if they are incomplete."""

    changes: list[ChangeEvent]
    last: ChangeEvent
    has_gap: bool = False


def poll_log(connection: Connection, last: ChangeEvent | None) -> PollResult:
    """Return the rows after the last known one, and the new last row; start at the end for None.

    There is a gap if more than 2,000 rows follow, and if the known row has changed: the database was restored, or its
    log compacted.
    """
    if last is None:
        return _poll_end(connection)
    rows = read_change_events(connection, since=max(last.seq - 1, 0), most=MAX_BEHIND + 2)
    if last.seq:
        if not rows or rows[0] != last:
            return _poll_end(connection)
        del rows[0]
    if len(rows) > MAX_BEHIND:
        return _poll_end(connection)
    return PollResult(rows, rows[-1] if rows else last)


def _poll_end(connection: Connection) -> PollResult:
    rows = read_change_events(connection, since=max(latest_seq(connection) - 1, 0), most=MAX_BEHIND)
    return PollResult([], rows[-1] if rows else _NOWHERE, has_gap=True)


class LogFollower:
    """Follower that passes every committed row of the log to `on_changes`, in order and once, from `start` to `stop`.

    `on_changes` is called after any commit, without rows if it added none; `on_reset` replaces it if the rows are
    incomplete. During a database outage nothing is up to date, and nothing raises.
    """

    def __init__(
        self,
        database: Database,
        on_changes: Callable[[Sequence[ChangeEvent]], None],
        on_reset: Callable[[], None],
    ) -> None:
        self._on_changes = on_changes
        self._on_reset = on_reset
        self._wake = asyncio.Event()
        self._watch = database.commit_watch(self._wake.set, acknowledges=True)
        self._last: ChangeEvent | None = None
        self._mark: object | None = None  # everything before this version token was applied
        self._trusted_until = -inf  # by `clock.uptime`, as all of these
        self._settled_until = -inf  # as far as the version token is concerned
        self._used_at = -inf
        self._failed_at = -inf
        self._backoff = Backoff(RETRY_S, MAX_RETRY_S)
        self._outage = OutageLogger(
            log, "Response cache disabled, change log unreadable", "Response cache enabled again"
        )
        self._next: asyncio.Future[bool] | None = None  # result of the next poll, for waiting tasks
        self._task: asyncio.Task[None] | None = None

    @property
    def position(self) -> int:
        """Return the number of the latest change that was applied, 0 before the first."""
        return 0 if self._last is None else self._last.seq

    async def start(self) -> None:
        """Start at the current end of the log; during an outage, as soon as the database responds."""
        self._task = asyncio.create_task(self._follow(), name="dayline-follower")
        await self.sync()

    async def stop(self) -> None:
        """Stop being up to date, and release the database, within a few seconds."""
        task, self._task = self._task, None
        self._trusted_until = -inf
        if task is not None:
            task.cancel()
            await asyncio.wait({task}, timeout=STOPPED_WITHIN_S)
        self._resolve_waiter(is_done=False)
        await self._watch.close()

    def is_up_to_date(self) -> bool:
        """Return whether everything committed on this machine before this call was applied, in 1 µs or less.

        Commits of other machines are applied once acknowledged. False if only `sync` can determine it.
        """
        now = self._used_at = uptime()
        if now < self._trusted_until and self._mark is not None and self._watch.version_token() == self._mark:
            return True
        return self._compare(now) or self._poll_sync()

    async def sync(self) -> bool:
        """Apply everything committed by any process before this call; return whether that succeeded.

        False if the database does not respond within a quarter of a second, and immediately while it is known not to.
        Concurrent calls share the next poll, never one that has begun.
        """
        self._used_at = uptime()
        if self._poll_sync():
            return True
        if self._task is None or self._backoff.failures:
            return False
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        self._wake.set()
        try:
            async with asyncio.timeout(CAUGHT_UP_WITHIN_S):
                return await asyncio.shield(self._next)
        except TimeoutError:
            return False

    async def _follow(self) -> None:
        while True:
            is_notified = self._wake.is_set() or self._backoff.failures > 0
            self._wake.clear()
            waiting, self._next = self._next, None
            is_done = await (self._poll() if is_notified or waiting is not None else self._quick_check())
            if waiting is not None and not waiting.done():
                waiting.set_result(is_done)
            await self._sleep()

    async def _sleep(self) -> None:
        """Wait for a notification, or until the next poll is due; after a failure, ignore notifications."""
        if self._backoff.failures:
            self._resolve_waiter(is_done=False)
            await asyncio.sleep(self._backoff.pause_s)
            return
        is_idle = uptime() - self._used_at > IDLE_AFTER_S
        await sleep_or_wake(self._wake, None if is_idle else self._watch.poll_interval_s)

    async def _quick_check(self) -> bool:
        """Poll only if something may have been committed."""
        try:
            await self._watch.ensure_connected()
            begun_at = uptime()
            if self._last is None or not await self._watch.is_unchanged():
                return await self._poll()
        except Exception as error:  # noqa: BLE001 - whatever the cause, the next poll may succeed
            self._mark_unavailable(error)
            return False
        self._extend_trust(begun_at)
        return True

    async def _poll(self) -> bool:
        """Poll once; a new connection is opened before the poll begins."""
        try:
            await self._watch.ensure_connected()
            mark, begun_at = self._watch.version_token(), uptime()
            poll = await self._watch.read(poll_log, self._last)
        except Exception as error:  # noqa: BLE001 - as above
            self._mark_unavailable(error)
            return False
        self._apply(poll, mark, begun_at)
        return True

    def _compare(self, now: float) -> bool:
        """Return whether nothing was committed and the files are still those of the database."""
        if self._task is None or now >= self._settled_until or self._backoff.failures:
            return False
        if self._mark is None or self._watch.version_token() != self._mark:
            return False
        try:
            self._watch.compare()
        except Exception as error:  # noqa: BLE001 - as above
            self._mark_unavailable(error)
            return False
        self._trusted_until = min(self._settled_until, now + self._watch.compared_s)
        return True

    def _poll_sync(self) -> bool:
        """Poll without an await, if the database supports that and has not just failed; return whether it was done."""
        if self._task is None or uptime() - self._failed_at < RETRY_S:
            return False
        try:
            mark, begun_at = self._watch.version_token(), uptime()
            poll = self._watch.try_read_sync(poll_log, self._last)
        except Exception as error:  # noqa: BLE001 - as above
            self._mark_unavailable(error)
            return False
        if poll is None:
            return False
        self._apply(poll, mark, begun_at)
        return True

    def _apply(self, poll: PollResult, mark: object | None, begun_at: float) -> None:
        if self._task is None:
            return
        try:
            if poll.has_gap:
                self._on_reset()
            elif poll.changes or mark is None or mark != self._mark:
                self._on_changes(poll.changes)
        except Exception:  # unapplied changes must not be served
            log.exception("Response cache cleared: could not apply a change")
            self._on_reset()
        self._last, self._mark = poll.last, mark
        self._extend_trust(begun_at)

    def _extend_trust(self, begun_at: float) -> None:
        if self._task is None:
            return
        self._settled_until = begun_at + self._watch.trust_window_s
        self._trusted_until = begun_at + min(self._watch.trust_window_s, self._watch.compared_s)
        self._backoff.reset()
        self._outage.success()

    def _mark_unavailable(self, error: Exception) -> None:
        """Serve nothing from caches until the database responds again."""
        self._trusted_until = self._settled_until = -inf
        self._failed_at = uptime()
        self._backoff.failed()
        self._outage.failure(error)

    def _resolve_waiter(self, *, is_done: bool) -> None:
        waiting, self._next = self._next, None
        if waiting is not None and not waiting.done():
            waiting.set_result(is_done)
