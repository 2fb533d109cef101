"""Looking after webhooks in a serving process: who has work is worked on, all at once, each in its own order.

Any number of processes may be at it. While there is no endpoint, one statement is asked every two seconds, and nothing
that speaks HTTP is loaded.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from math import isfinite
from typing import TYPE_CHECKING

from app import clock
from app.actions.deliveries import release_endpoints
from app.db.session import FAILURES, Database, reason_of
from app.domain.instant import SECOND_US
from app.domain.peer import Network
from app.errors import Conflict
from app.queries.changes import latest_seq
from app.queries.deliveries import Waiting, list_waiting
from app.webhooks.backoff import next_attempt_after
from app.webhooks.holder import has_ended, make_holder

if TYPE_CHECKING:
    from app.webhooks.client import Attempt
    from app.webhooks.deliverer import Deliverer
    from app.webhooks.guard import Guard

POLL_S = 2.0
GLANCE_S = 0.02  # between two looks at what a commit alters, where nobody tells of commits
APART_S = 0.03  # between two looks at who has work
FAULTY_S = 5.0  # before an endpoint is tried again that something here went wrong with
SENDING_S = 5.0  # at the end, for what is under way
RECORDING_S = 3.0

OFF = "Webhooks are switched off here (DAYLINE_WEBHOOKS): nothing is sent, and what is to be sent waits."

log = logging.getLogger(__name__)


class Dispatcher:
    """Has messages sent from `start` to `stop`; `opened` are the networks that receivers may be in beside public ones.

    `delay` takes the place of the usual back-off, `deadline_s` that of the client. One that is not on sends and claims
    nothing: what is to be sent waits.
    """

    def __init__(
        self,
        database: Database,
        *,
        opened: tuple[Network, ...] = (),
        is_on: bool = True,
        delay: Callable[..., float] | None = None,
        deadline_s: float | None = None,
    ) -> None:
        self.holder = make_holder()
        self._database = database
        self._opened = opened
        self._is_on = is_on
        self._delay = delay
        self._deadline_s = deadline_s
        self._wake = asyncio.Event()
        self._watch = database.watch_commits(self._wake.set)
        self._ending = asyncio.Event()
        self._working: dict[int, asyncio.Task[None]] = {}
        self._faulty: dict[int, float] = {}
        self._has_endpoints = False
        self._is_failing = False
        self._made_guard: Guard | None = None
        self._made_deliverer: Deliverer | None = None
        self._mark: object | None = None
        self._latest = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, in the background."""
        if not self._is_on:
            log.warning(OFF)
            return
        self._task = asyncio.create_task(self._run(), name="dayline-webhooks")

    async def stop(self) -> None:
        """Begin nothing any more, wait a few seconds for what is under way, and leave all endpoints to others."""
        self._ending.set()
        self._wake.set()
        deliverer = self._made_deliverer
        if deliverer is not None:
            deliverer.ending.set()
        tasks = [*self._working.values(), *([] if self._task is None else [self._task])]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=SENDING_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if deliverer is not None:
            await deliverer.close(RECORDING_S)
            with suppress(Exception):  # then the claims end by themselves
                async with asyncio.timeout(RECORDING_S):
                    await self._database.write(release_endpoints, holder=self.holder)
        await self._watch.close()

    def wake(self) -> None:
        """Look who has work: the log has grown, or an endpoint was made or altered."""
        self._wake.set()

    def wake_for_changes(self) -> None:
        """The same where it only matters if there are endpoints."""
        if self._has_endpoints:
            self._wake.set()

    def check_url(self, url: str) -> None:
        """InvalidValue where nothing may ever be sent."""
        self._guard().check_url(url)

    async def ping(self, endpoint_id: int) -> "tuple[str, Attempt] | None":
        """Send a ping at once, and say what came of it; None where there is no such endpoint. Conflict while off."""
        if not self._is_on:
            raise Conflict(OFF)
        return await self._deliverer().ping(endpoint_id)

    async def _run(self) -> None:
        while not self._ending.is_set():
            self._wake.clear()
            try:
                pause = await self._look()
                self._is_failing = False
            except Exception as error:  # noqa: BLE001 - whatever it was, the next look may succeed
                self._note_failure(error)
                pause = POLL_S
            await asyncio.sleep(APART_S)
            await self._rest(pause)

    async def _look(self) -> float:
        """Have everybody worked on who has work; how many seconds to rest."""
        mark = self._watch.mark()
        endpoints = await self._database.read(list_waiting)
        self._mark, self._has_endpoints = mark, bool(endpoints)
        self._latest = endpoints[0].latest if endpoints else 0
        self._forget_others({endpoint.id for endpoint in endpoints} | self._working.keys())
        pause = POLL_S
        for endpoint in endpoints:
            if endpoint.id in self._working or not self._has_work(endpoint):
                continue
            over = self._over(endpoint)
            wait_s = self._wait_s(endpoint, over)
            if wait_s > 0:
                pause = min(pause, wait_s)
            else:
                self._begin(endpoint, over)
        return pause

    def _forget_others(self, endpoint_ids: Collection[int]) -> None:
        """Remove endpoints that were deleted or disabled."""
        self._faulty = {number: until for number, until in self._faulty.items() if number in endpoint_ids}
        if self._made_deliverer is not None:
            self._made_deliverer.forget_others(endpoint_ids)

    def _has_work(self, endpoint: Waiting) -> bool:
        if endpoint.has_pending:
            return True
        revision, seen = (0, 0) if self._made_deliverer is None else self._made_deliverer.seen.get(endpoint.id, (0, 0))
        known = max(endpoint.filled_seq, seen) if revision == endpoint.revision else endpoint.filled_seq
        return known < endpoint.latest

    def _over(self, endpoint: Waiting) -> str | None:
        """The process that claimed it, where that has ended."""
        by = endpoint.claimed_by
        is_held = by is not None and by != self.holder and endpoint.claimed_until > clock.now()
        return by if is_held and by is not None and has_ended(by) else None

    def _wait_s(self, endpoint: Waiting, over: str | None) -> float:
        """Seconds until it may be worked here, as far as that is known."""
        now = clock.now()
        until = endpoint.due_at
        if endpoint.claimed_by not in {None, self.holder, over}:
            until = max(until, endpoint.claimed_until)
        return max((until - now) / SECOND_US, self._faulty.get(endpoint.id, 0.0) - time.monotonic())

    def _begin(self, endpoint: Waiting, over: str | None) -> None:
        self._faulty.pop(endpoint.id, None)
        task = asyncio.create_task(self._deliverer().work(endpoint, over=over), name=f"dayline-webhook-{endpoint.id}")
        self._working[endpoint.id] = task
        task.add_done_callback(lambda done: self._end(endpoint.id, done))

    def _end(self, endpoint_id: int, done: asyncio.Task[None]) -> None:
        del self._working[endpoint_id]
        if not done.cancelled() and (error := done.exception()) is not None:
            self._faulty[endpoint_id] = time.monotonic() + FAULTY_S
            self._note_failure(error)
        self._wake.set()

    async def _rest(self, seconds: float) -> None:
        """Until something was committed that may matter, or the time is over."""
        ends_at = time.monotonic() + seconds
        is_mark_enough = self._has_endpoints and self._watch.looks_every_s is None
        while (left := ends_at - time.monotonic()) > 0 and not self._wake.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, GLANCE_S) if is_mark_enough else left):
                    await self._wake.wait()
            if is_mark_enough and await self._has_grown():
                return

    async def _has_grown(self) -> bool:
        """Whether the log goes on behind the last look; most of what is committed meanwhile is our own."""
        mark = self._watch.mark()
        if mark is not None and mark == self._mark:
            return False
        self._mark = mark
        return await self._database.read(latest_seq) > self._latest

    def _guard(self) -> "Guard":
        if self._made_guard is None:
            from app.webhooks.guard import Guard  # noqa: PLC0415 - slow to load, and most installations need none

            self._made_guard = Guard(self._opened)
        return self._made_guard

    def _deliverer(self) -> "Deliverer":
        if self._made_deliverer is None:
            from app.webhooks.client import DEADLINE_S, Client  # noqa: PLC0415 - as above
            from app.webhooks.deliverer import Deliverer  # noqa: PLC0415 - as above

            client = Client(self._guard(), deadline_s=self._deadline_s or DEADLINE_S)
            trusted_s = self._watch.trusted_s
            self._made_deliverer = Deliverer(
                self._database,
                client,
                holder=self.holder,
                settled_s=trusted_s if isfinite(trusted_s) else 0.0,
                delay=self._delay or next_attempt_after,
            )
        return self._made_deliverer

    def _note_failure(self, error: BaseException) -> None:
        """Say it once an outage, in one line; what is no failure of the database is a fault, told in full."""
        is_fault = not isinstance(error, FAILURES)
        if not self._is_failing or is_fault:
            log.error("Webhooks wait and are tried again: %s", reason_of(error), exc_info=error if is_fault else None)
        self._is_failing = True
