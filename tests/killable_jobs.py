"""Jobs that tests kill: each runs in a process of its own, forked from one that has loaded the program."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection as Pipe

from app.db.database import open_database
from tests.server_process import start_process

PATIENCE_S = 60.0

Job = Callable[..., int]
"""Action of a connection that processes at most `most` rows, and returns 0 when nothing is left."""


class RunningJob:
    """Job in a process of its own."""

    def __init__(self, progress: Pipe) -> None:
        self._progress = progress

    def wait_for_batches(self, count: int) -> None:
        """Wait until it has committed this number of further transactions."""
        for _ in range(count):
            assert self._progress.poll(PATIENCE_S), "the job makes no progress"
            assert self._progress.recv() == "batch"


@contextmanager
def killed_job(address: str, job: Job, *, most: int) -> Iterator[RunningJob]:
    """Start a job on a database, and kill its process at the end of the block."""
    process, progress = start_process(_run, address, job, most)
    try:
        yield RunningJob(progress)
    finally:
        process.kill()
        process.join(PATIENCE_S)
        progress.close()


def _run(progress: Pipe, address: str, job: Job, most: int) -> None:
    async def run() -> None:
        database = open_database(address)
        while await database.write(job, most=most):
            progress.send("batch")
        progress.send("end")
        await database.close()

    asyncio.run(run())
