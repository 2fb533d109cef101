"""Batch jobs of a process: actions over many rows, in short transactions until nothing remains.

Any number of processes may run them: each transaction takes the next rows under the lock it writes under, and continues
where the last one stopped or was interrupted. Actions are imported when they are first needed, which takes a thirtieth
of a process's start.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final, NamedTuple

from app.background.loops import Backoff, run_loop, sleep_or_wake
from app.background.maintenance import write_in_batches
from app.background.outage_log import OutageLogger
from app.db.database import DATABASE_ERRORS, Connection, Database
from app.interchange.merges import has_pending_merges
from app.interchange.section_tree import has_sections_to_relist

POLL_S = 2.0
MIN_BATCH, MAX_BATCH = 50, 2_000  # rows in one transaction
MAX_BACK_OFF_S = 30.0

log = logging.getLogger(__name__)


class BatchJob(NamedTuple):
    """A job: whether there is work, by a short read, and the action, by a function that imports it.

    The action changes at most `most` rows in its transaction and returns their number; fewer mean that none remain.
    """

    name: str
    has_work: Callable[[Connection], bool]
    load_action: Callable[[], Callable[..., int]]


def _rewrite_merged_links() -> Callable[..., int]:
    from app.actions.catalogue.merging import rewrite_merged_links  # noqa: PLC0415 - see the module's docstring

    return rewrite_merged_links


def _relist_articles() -> Callable[..., int]:
    from app.actions.catalogue.section_moves import relist_articles  # noqa: PLC0415 - see the module's docstring

    return relist_articles


JOBS: Final = (
    BatchJob("Articles of merged entries", has_pending_merges, _rewrite_merged_links),
    BatchJob("Articles of moved sections", has_sections_to_relist, _relist_articles),
)


class BatchJobs:
    """Runs the batch jobs of one process until it stops."""

    def __init__(self, database: Database, *, stopping: asyncio.Event) -> None:
        self._database = database
        self._stopping = stopping

    async def run(self) -> None:
        """Run all jobs until the process stops; one that fails is logged, and continued after a pause."""
        await asyncio.gather(*(self._run_job(job) for job in JOBS))

    async def _run_job(self, job: BatchJob) -> None:
        async def step() -> float:
            if await self._has_work(job):
                await self._run_to_end(job)
            return POLL_S

        async def pause(seconds: float | None) -> None:
            await sleep_or_wake(self._stopping, seconds)

        await run_loop(
            step,
            wake=asyncio.Event(),
            stopping=self._stopping,
            outage=OutageLogger(log, f"{job.name}: batch job failed, retrying", f"{job.name}: batch job recovered"),
            backoff=Backoff(POLL_S, MAX_BACK_OFF_S),
            pause=pause,
        )

    async def _has_work(self, job: BatchJob) -> bool:
        """Return whether a job has work; not while the database does not respond, which the scheduler logs."""
        try:
            return await self._database.read(job.has_work)
        except DATABASE_ERRORS:
            return False

    async def _run_to_end(self, job: BatchJob) -> None:
        action = await asyncio.to_thread(job.load_action)
        done = await write_in_batches(
            self._database, action, stopping=self._stopping, smallest=MIN_BATCH, largest=MAX_BATCH
        )
        if not self._stopping.is_set():
            log.info("%s: %d rows done", job.name, done)
