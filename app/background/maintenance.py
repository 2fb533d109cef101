"""Maintenance of a process: stores the last use of API keys, and deletes or converts outdated rows.

once a minute  store the last use of API keys
once an hour   delete stored responses older than a day, compact the old part of the log, delete webhook deliveries
               beyond a thousand for an endpoint or 30 days, convert contents of revisions from earlier releases, and
               delete superfluous revisions if a setting enables it; the conversion begins after a minute

Any number of processes may run it: each action repeats its check under the lock it writes under. Actions are imported
when they are first needed, which takes a thirtieth of a process's start.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Concatenate, ParamSpec, TypeVar

from app import clock
from app.background.loops import sleep_or_wake
from app.background.outage_log import OutageLogger
from app.db.database import Connection, Database
from app.domain.api_key import LastUsedBuffer

MAINTENANCE_S = 60.0
HOURLY_EVERY = 60  # rounds
COMPACTED_AT_ONCE = 2_000  # rows of the log in one transaction, for which other writers wait
MIN_CONVERTED = 10  # contents of revisions in one transaction
MAX_CONVERTED = 1_000
TRANSACTION_S = 0.05  # aim for a transaction of a batch
THINNED_AT_ONCE = 20  # articles in one transaction
STOPPING_S = 8.0

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


async def write_to_end(
    database: Database, action: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
) -> R:
    """Write to the end, even if cancelled: a thread cannot be interrupted."""
    writing = asyncio.ensure_future(database.write(action, *args, **kwargs))
    try:
        return await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.wait({writing}, timeout=STOPPING_S)
        if writing.done() and not writing.cancelled():
            writing.exception()  # retrieve it, so that asyncio does not report it
        raise


async def write_in_batches(
    database: Database, action: Callable[..., int], *, stopping: asyncio.Event, smallest: int, largest: int
) -> int:
    """Repeat an action until it changes fewer than `most` rows, or the process stops; return the number of rows.

    A transaction aims for a twentieth of a second; other writers have as much time in between.
    """
    done, most = 0, smallest
    while not stopping.is_set():
        started = time.monotonic()
        count = await write_to_end(database, action, most=most)
        done += count
        if count < most:
            break
        elapsed_s = time.monotonic() - started
        most = max(smallest, min(largest, 2 * most, round(most * TRANSACTION_S / elapsed_s)))
        await sleep_or_wake(stopping, elapsed_s)
    return done


class Maintenance:
    """Jobs of one process. `outage` is the scheduler's: no job starts while the database is known to be unavailable."""

    def __init__(
        self,
        database: Database,
        key_uses: LastUsedBuffer,
        *,
        stopping: asyncio.Event,
        outage: OutageLogger,
        thins_revisions: bool,
    ) -> None:
        self._database = database
        self._key_uses = key_uses
        self._stopping = stopping
        self._outage = outage
        self._thins_revisions = thins_revisions
        self._job_outages: dict[str, OutageLogger] = {}
        self._rounds = 0

    async def run(self) -> None:
        """Run the jobs until the process stops."""
        while not await sleep_or_wake(self._stopping, MAINTENANCE_S):
            self._rounds += 1
            is_hourly = self._rounds % HOURLY_EVERY == 0
            await self._run_job("Key uses", self.record_uses)
            if is_hourly:
                await self._run_job("Idempotent responses", self._prune_idempotency)
                await self._run_job("Change log", self._compact_log)
                await self._run_job("Webhook deliveries", self._prune_deliveries)
            if is_hourly or self._rounds == 1:
                await self._run_job("Former contents", self._convert_contents)
            if is_hourly and self._thins_revisions:
                await self._run_job("Superfluous revisions", self._thin_revisions)

    async def record_uses(self) -> None:
        """Store the last uses of API keys that are buffered."""
        from app.actions.keys import record_last_used  # noqa: PLC0415 - see the module's docstring

        uses = self._key_uses.take()
        if not uses:
            return
        try:
            await write_to_end(self._database, record_last_used, uses)
        except BaseException:
            newer = self._key_uses.take()
            for key_id, used_at in (uses | newer).items():
                self._key_uses.note(key_id, used_at)
            raise

    async def _run_job(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        """Run a job, unless the database is known to be unavailable; a failed one runs again in its next turn."""
        if self._stopping.is_set() or self._outage.is_failing:
            return
        outage = self._job_outages.setdefault(
            name, OutageLogger(log, f"{name}: maintenance failed, retrying", f"{name}: maintenance recovered")
        )
        try:
            await job()
        except Exception as error:  # noqa: BLE001 - the process serves nevertheless
            outage.failure(error)
        else:
            outage.success()

    async def _prune_idempotency(self) -> None:
        from app.actions.idempotency import RETENTION_US, prune_stored_responses  # noqa: PLC0415 - see the module's docstring

        await write_to_end(self._database, prune_stored_responses, before=clock.now() - RETENTION_US)

    async def _prune_deliveries(self) -> None:
        from app.actions.webhooks.deliveries import prune_deliveries  # noqa: PLC0415 - see the module's docstring

        await write_to_end(self._database, prune_deliveries, now=clock.now())

    async def _compact_log(self) -> None:
        from app.actions.changelog.compaction import compact_changes  # noqa: PLC0415 - see the module's docstring

        seen = COMPACTED_AT_ONCE
        while seen >= COMPACTED_AT_ONCE and not self._stopping.is_set():
            seen = await write_to_end(self._database, compact_changes, now=clock.now(), most=COMPACTED_AT_ONCE)

    async def _convert_contents(self) -> None:
        from app.actions.articles.revision_maintenance import convert_contents  # noqa: PLC0415 - see the module's docstring

        await write_in_batches(
            self._database,
            convert_contents,
            stopping=self._stopping,
            smallest=MIN_CONVERTED,
            largest=MAX_CONVERTED,
        )

    async def _thin_revisions(self) -> None:
        from app.actions.articles.revision_maintenance import thin_revisions  # noqa: PLC0415 - see the module's docstring
        from app.queries.editorial.superfluous_revisions import find_thinnable  # noqa: PLC0415 - see the module's docstring

        after: int | None = -1
        while after is not None and not self._stopping.is_set():
            now = clock.now()
            found = await self._database.read_in_thread(find_thinnable, after=after, now=now)
            for start in range(0, len(found.article_ids), THINNED_AT_ONCE):
                portion = found.article_ids[start : start + THINNED_AT_ONCE]
                await write_to_end(self._database, thin_revisions, portion, now=now)
            after = found.next_after
