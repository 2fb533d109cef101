"""Scheduler of a process: publishes and withdraws due articles on time, reloads the schedule, runs jobs.

Any number of processes may run one: each action repeats its check under the lock it writes under. Actions are imported
when they are first needed, which takes a thirtieth of a process's start.
"""

import asyncio
import logging
import sys
import time
from collections.abc import Sequence
from importlib import import_module

from app import clock
from app.background.batch_jobs import BatchJobs
from app.background.loops import Backoff, run_loop
from app.background.maintenance import STOPPING_S, Maintenance, write_to_end
from app.background.outage_log import OutageLogger
from app.db.database import DATABASE_ERRORS, Database, is_transient, log_summary
from app.domain.api_key import LastUsedBuffer
from app.domain.instant import SECOND_US
from app.domain.tsid import format_id
from app.invalidation.schedule_snapshot import UNKNOWN, ScheduleSnapshot
from app.queries.timeline.scheduled import list_due, load_schedule_snapshot

DUE_MODULE = "app.actions.articles.due_transitions"
LOOKAHEAD_US = 90 * SECOND_US
MAX_SCHEDULED = 500
BATCH = 500
MAX_HALVINGS = 10
MAX_FAILURES = 20  # consecutive failures: the articles are not the cause
MAX_RETRIED = 20  # earlier failures that are retried in one round
RETRY_FAILED_S = 5.0
FULL_RELOAD_EVERY = 8  # reloads; in between, unchanged articles are not read again
TICK_S = 0.25  # so that an article scheduled by another process is published within a second
SHORTEST_S = 0.01
MAX_BACK_OFF_S = 1.0

log = logging.getLogger(__name__)


class Scheduler:
    """Background tasks of one process, from `start` to `stop`; they survive any database outage."""

    def __init__(self, database: Database, key_uses: LastUsedBuffer, *, thins_revisions: bool = False) -> None:
        self.snapshot: ScheduleSnapshot = UNKNOWN
        self._database = database
        self._stopping = asyncio.Event()
        self._wake = asyncio.Event()
        self._looking = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._outage = OutageLogger(log, "Publishing scheduled articles failed, retrying", "Publishing recovered")
        self._maintenance = Maintenance(
            database, key_uses, stopping=self._stopping, outage=self._outage, thins_revisions=thins_revisions
        )
        self._batch_jobs = BatchJobs(database, stopping=self._stopping)
        self._looks = 0
        self._halvings = 0  # of the batch size, after writes that timed out
        self._failed: dict[int, float] = {}  # articles that failed to publish, and when to retry

    @property
    def failing_articles(self) -> int:
        """Return how many articles could not be published and are tried again."""
        return len(self._failed)

    def overdue_us(self) -> int:
        """Return for how many microseconds the longest due article has not been published; 0 where none is due."""
        due_at = self.snapshot.next_due_at()
        return 0 if due_at is None else max(0, clock.now() - due_at)

    async def start(self) -> None:
        """Publish everything that became due while no process ran, then continue in the background."""
        try:
            await self._tick()
        except Exception as error:  # noqa: BLE001 - the process serves requests, and the loop retries
            self._outage.failure(error)
        self._tasks = [
            asyncio.create_task(
                run_loop(
                    self._tick,
                    wake=self._wake,
                    stopping=self._stopping,
                    outage=self._outage,
                    backoff=Backoff(TICK_S, MAX_BACK_OFF_S),
                ),
                name="dayline-schedule",
            ),
            asyncio.create_task(self._maintenance.run(), name="dayline-maintenance"),
            asyncio.create_task(self._batch_jobs.run(), name="dayline-batch-jobs"),
        ]

    async def stop(self) -> None:
        """Stop all tasks after their current write, and store the last use of API keys."""
        self._stopping.set()
        self._wake.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=STOPPING_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            await self._maintenance.record_uses()
        except Exception as error:  # noqa: BLE001 - the process ends nevertheless
            self._outage.failure(error)

    async def refresh(self) -> None:
        """Reload the schedule; await it after a write that changes it, before the response. Raises nothing.

        If the database does not respond, the schedule is unknown until it does.
        """
        self._looks = 0
        try:
            await self._reload()
        except Exception as error:  # noqa: BLE001 - the write has committed, and its response must say so
            self.snapshot = UNKNOWN
            self._outage.failure(error)

    def on_commit(self) -> None:
        """Reload the schedule after a commit of any process; raises nothing.

        On SQLite it has been reloaded when this returns, elsewhere within milliseconds.
        """
        try:
            found = self._database.try_read_sync(
                load_schedule_snapshot, until=clock.now() + LOOKAHEAD_US, most=MAX_SCHEDULED
            )
        except Exception as error:  # noqa: BLE001 - the response does not depend on it
            self.snapshot = UNKNOWN
            self._outage.failure(error)
            return
        if found is None:
            self._wake.set()
        else:
            self.snapshot = found

    async def _tick(self) -> float:
        """Publish and withdraw due articles; return the seconds to sleep."""
        await self._reload()
        # Imported ahead of time, not during a request.
        if self.snapshot.next_due_at() is not None and DUE_MODULE not in sys.modules:
            await asyncio.to_thread(import_module, DUE_MODULE)
        if self._wait_us() <= 0:
            await self._apply_due()
        wait_us = self._wait_us()
        return TICK_S if wait_us <= 0 else max(SHORTEST_S, wait_us / SECOND_US)

    def _wait_us(self) -> int:
        """Return the time until the next publication, at most a tick; 0 or less if it is overdue."""
        wait = round(TICK_S * SECOND_US)
        due_at = self.snapshot.next_due_at()
        if due_at is not None:
            wait = min(wait, due_at - clock.now())
        return wait

    async def _apply_due(self) -> None:
        is_full = True
        while is_full and not self._stopping.is_set():
            most = max(1, BATCH >> self._halvings)
            try:
                is_full = await self._apply_batch(most) >= most
            except Exception as error:
                if is_transient(error):  # the batch may exceed the time limit of a write
                    self._halvings = min(self._halvings + 2, MAX_HALVINGS)
                raise
            self._halvings = max(0, self._halvings - 1)
        await self._reload()

    async def _apply_batch(self, most: int) -> int:
        """Publish the longest due articles, except failing ones; return the number of attempts."""
        now = clock.now()
        if not self._failed:
            try:
                return await self._apply(now=now, most=most)
            except Exception as error:
                if is_transient(error):
                    raise
        due = await self._database.read(list_due, now=now, most=most + len(self._failed))
        self._failed = {article_id: at for article_id, at in self._failed.items() if article_id in due}
        fresh = [article_id for article_id in due if article_id not in self._failed]
        again = [article_id for article_id, at in self._failed.items() if at <= time.monotonic()]
        await self._apply_individually([*fresh, *again[:MAX_RETRIED]], now)
        return len(fresh)

    async def _apply_individually(self, article_ids: Sequence[int], now: int) -> None:
        """Publish one by one, skipping those that fail; stop at an outage, and after many new failures in a row."""
        in_a_row = 0
        for article_id in article_ids:
            if self._stopping.is_set():
                return
            try:
                await self._apply(now=now, most=1, article_id=article_id)
            except Exception as error:
                in_a_row += article_id not in self._failed
                if is_transient(error) or in_a_row >= MAX_FAILURES:
                    raise
                self._mark_failed(article_id, error)
            else:
                in_a_row = 0
                self._failed.pop(article_id, None)

    async def _apply(self, *, now: int, most: int, article_id: int | None = None) -> int:
        from app.actions.articles.due_transitions import apply_due_transitions  # noqa: PLC0415 - see the module's docstring

        return await write_to_end(self._database, apply_due_transitions, now=now, most=most, article_id=article_id)

    async def _reload(self) -> None:
        async with self._looking:  # otherwise a snapshot from before a write could replace a later one
            known = self.snapshot if self._looks % FULL_RELOAD_EVERY else UNKNOWN
            self._looks += 1
            until = clock.now() + LOOKAHEAD_US
            self.snapshot = await self._database.read(
                load_schedule_snapshot, until=until, most=MAX_SCHEDULED, known=known
            )

    def _mark_failed(self, article_id: int, error: Exception) -> None:
        """Log it once for each article; it is retried later and does not block others."""
        if self._failed.pop(article_id, None) is None:
            is_fault = not isinstance(error, DATABASE_ERRORS)
            log.error(
                "Could not publish scheduled article %s, or withdraw it at its expiry, retrying: %s",
                format_id(article_id),
                log_summary(error),
                exc_info=is_fault,
            )
        self._failed[article_id] = time.monotonic() + RETRY_FAILED_S
