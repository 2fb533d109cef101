"""Purge a CDN of the responses that a change invalidates.

A purge is `POST <address>` with `Surrogate-Key: <keys>`, acknowledged with a 2xx. Of any number of processes, one
holds a lease at a time and records its progress in the database (see app.invalidation.purge_progress).
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from secrets import token_hex

import httpx

from app import clock
from app.background.leased_progress import LeasedProgress, LeaseLostError
from app.background.loops import Backoff, CommitPause, end_task, run_loop
from app.background.outage_log import OutageLogger
from app.db.database import DATABASE_ERRORS, Database
from app.domain.instant import SECOND_US
from app.invalidation.change_event import ChangeEvent
from app.invalidation.purge_progress import (
    EVERYTHING,
    NAME,
    PurgeProgress,
    SecondPass,
    SecondPassQueue,
    dump_progress,
    parse_progress,
)
from app.invalidation.surrogate_header import PURGE_ALL, header_batches, purge_keys
from app.queries.changes.invalidation_log import read_change_events, read_purge_progress

TOKEN_POLL_S = 0.02  # between two reads of the version token, where commits are not notified
POLL_S = 1.0  # between two polls of the database without notifications
LEASE_RETRY_S = 0.05  # after another process acquired the lease
SECOND_PASS_DELAY_S = 5.0  # by then responses in transit during the first purge have arrived
LEASE_S = 20  # a lease that is not renewed for so long expires
MAX_ROWS = 100  # rows of the log between two records of the progress
MAX_KEYS = 256
MAX_CHARACTERS = 7_000  # of a header field: many servers accept 8 KB
TIMEOUT = httpx.Timeout(5.0, connect=3.0)
BACK_OFF_S = 0.5
MAX_BACK_OFF_S = 30.0
STOPPED_WITHIN_S = 0.5

log = logging.getLogger(__name__)


class PurgeRejectedError(Exception):
    """The CDN's response to a purge is not a 2xx."""


PURGE_ERRORS = (PurgeRejectedError, httpx.HTTPError, httpx.InvalidURL)


class CdnPurger:
    """Purger of changes, from `start` to `stop`: immediately, and a second time five seconds later.

    It purges everything when a process starts, because the program may have changed, and after `purge_all`. Purges of
    an unreachable CDN are retried with increasing delays, without an end; nothing waits for them.
    """

    def __init__(self, database: Database, *, url: str, field: tuple[str, str] | None) -> None:
        self._database = database
        self._url = url
        self._field = field
        self._wake = asyncio.Event()
        self._watch = database.commit_watch(self._wake.set)
        self._commits = CommitPause(self._watch, self._wake, poll_s=TOKEN_POLL_S)
        self._progress = LeasedProgress(database, NAME, owner=token_hex(8), parse=parse_progress, dump=dump_progress)
        self._since = clock.now()
        self._second_passes = SecondPassQueue()
        self._stopping = asyncio.Event()
        self._backoff = Backoff(BACK_OFF_S, MAX_BACK_OFF_S, jitter=True)
        self._outage = OutageLogger(
            log, "CDN purge failed, retrying", "CDN purge recovered", expected=(*PURGE_ERRORS, *DATABASE_ERRORS)
        )
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start in the background."""
        self._task = asyncio.create_task(self._run(), name="dayline-purging")

    async def stop(self) -> None:
        """Stop within a few seconds, and release the lease."""
        self._stopping.set()
        self._wake.set()
        await end_task(self._task, STOPPED_WITHIN_S)
        await self._progress.release()
        await self._watch.close()

    def purge_all(self) -> None:
        """Purge everything: the changes are unknown."""
        self._since = clock.now()
        self._wake.set()

    async def _run(self) -> None:
        headers = {} if self._field is None else dict([self._field])
        async with httpx.AsyncClient(timeout=TIMEOUT, headers=headers) as client:
            await run_loop(
                partial(self._step, client),
                wake=self._wake,
                stopping=self._stopping,
                outage=self._outage,
                backoff=self._backoff,
                pause=self._commits.sleep,
            )

    async def _step(self, client: httpx.AsyncClient) -> float:
        """Purge once; after a failed purge keep the lease during the back-off, so that no other process tries."""
        try:
            return await self._run_once(client)
        except LeaseLostError:
            return LEASE_RETRY_S
        except PURGE_ERRORS:
            await self._extend_lease()
            raise

    async def _run_once(self, client: httpx.AsyncClient) -> float:
        """Send the purges that are due; return the seconds to sleep."""
        await self._watch.ensure_connected()
        self._commits.begin()
        before, owner = self._progress.stored, self._progress.owner
        self._progress.stored, latest = await self._watch.read(read_purge_progress)
        now, progress = clock.now(), parse_progress(self._progress.stored)
        if progress.is_leased(owner, now):
            return POLL_S
        is_everything = progress.needs_full_purge(latest, since=self._since)
        if progress.is_done(latest) and not is_everything:
            return POLL_S
        if self._progress.stored != before:
            self._adopt_lease(progress)
        if not (is_everything or progress.seq < latest or self._second_passes.pop_due(_monotonic())):
            return self._pause()
        if progress.holder != owner or progress.until - now < LEASE_S * SECOND_US // 2:
            progress = await self._progress.write(progress.with_lease(owner, now + LEASE_S * SECOND_US))
        if is_everything:
            progress = await self._purge_everything(client, progress, latest)
        elif progress.seq < latest:
            progress = await self._purge_new(client, progress)
        progress = await self._purge_again(client, progress)
        is_done = progress.is_done(latest)
        progress = (
            progress.with_lease("", 0) if is_done else progress.with_lease(owner, clock.now() + LEASE_S * SECOND_US)
        )
        await self._progress.write(progress)
        return 0 if progress.seq < latest else self._pause()

    def _adopt_lease(self, progress: PurgeProgress) -> None:
        """Schedule the second pass that the previous lease owner may have left, from now on: its time is unknown."""
        self._second_passes.clear()
        if progress.again != progress.seq:
            self._schedule_second_pass(progress.seq, is_of_all=progress.again == EVERYTHING)

    async def _purge_everything(self, client: httpx.AsyncClient, progress: PurgeProgress, latest: int) -> PurgeProgress:
        all_at = clock.now()
        await self._send(client, [PURGE_ALL])
        self._schedule_second_pass(latest, is_of_all=True)
        return progress.model_copy(update={"seq": latest, "again": EVERYTHING, "all_at": all_at})

    async def _purge_new(self, client: httpx.AsyncClient, progress: PurgeProgress) -> PurgeProgress:
        changes = await self._read(progress.seq)
        if not changes:
            return progress
        await self._send(client, purge_keys(changes))
        self._schedule_second_pass(changes[-1].seq)
        return progress.model_copy(update={"seq": changes[-1].seq})

    async def _purge_again(self, client: httpx.AsyncClient, progress: PurgeProgress) -> PurgeProgress:
        now = _monotonic()
        due = self._second_passes.pop_due(now)
        if due is None:
            return progress
        again = due.seq
        if due.is_of_all:
            await self._send(client, [PURGE_ALL])
        else:
            changes = await self._read(progress.again)
            if len(changes) == MAX_ROWS:
                again = min(again, changes[-1].seq)
            await self._send(client, purge_keys(change for change in changes if change.seq <= again))
        if again == due.seq:
            self._second_passes.complete(now)
        return progress.model_copy(update={"again": again})

    async def _read(self, since: int) -> list[ChangeEvent]:
        return await self._watch.read(read_change_events, since=since, most=MAX_ROWS)

    async def _send(self, client: httpx.AsyncClient, keys: Sequence[str]) -> None:
        for value in header_batches(keys, most=MAX_KEYS, characters=MAX_CHARACTERS):
            response = await client.post(self._url, headers={"surrogate-key": value})
            if not response.is_success:
                raise PurgeRejectedError(f"the CDN responded with {response.status_code}")

    def _schedule_second_pass(self, seq: int, *, is_of_all: bool = False) -> None:
        self._second_passes.schedule(SecondPass(_monotonic() + SECOND_PASS_DELAY_S, seq, is_of_all))

    def _pause(self) -> float:
        due_at = self._second_passes.next_at()
        return POLL_S if due_at is None else min(POLL_S, max(0.0, due_at - _monotonic()))

    async def _extend_lease(self) -> None:
        """Hold the lease, if this process has it, until after the longest pause that may follow."""
        progress = parse_progress(self._progress.stored)
        if progress.holder == self._progress.owner:
            until = clock.now() + int((self._backoff.next_max_s + LEASE_S) * SECOND_US)
            with suppress(LeaseLostError, *DATABASE_ERRORS):
                await self._progress.write(progress.with_lease(self._progress.owner, until))


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
