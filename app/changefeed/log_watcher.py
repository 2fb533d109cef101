"""Watcher of the change log for long polls: wakes tasks when the log has grown, and reads pages for them."""

import asyncio
import logging
from typing import Any

from app.background.outage_log import OutageLogger
from app.db.database import Database
from app.queries.changes.change_list import latest_seq, list_changes
from app.schemas.change import ChangeList, ChangeListParams

POLL_INTERVAL_S = 0.05
MAX_WAITING = 2_000
READ_AT_ONCE = 4  # pages that are read before other tasks run

log = logging.getLogger(__name__)


class LogWatcher:
    """Watcher that polls the end of the log twenty times a second while a task waits, and not otherwise.

    Waiting tasks hold no connection and no snapshot. After `stop`, and beyond 2,000 tasks, waits return immediately.
    Reads for many tasks yield to the event loop in between.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[asyncio.Future[bool], int] = {}
        self._looking: asyncio.Task[None] | None = None
        self._stopped = False
        self._outage = OutageLogger(log, "Polling the change log failed, retrying", "Polling the change log recovered")
        self._reading: dict[str, asyncio.Task[ChangeList]] = {}
        self._turns = asyncio.Semaphore(READ_AT_ONCE)

    @property
    def waiting(self) -> int:
        """Return how many tasks wait for the next change."""
        return len(self._waiting)

    async def wait_for_seq_after(self, seq: int, seconds: float) -> bool:
        """Return True as soon as the log continues after this change; False at the timeout or if it cannot wait."""
        if self._stopped or len(self._waiting) >= MAX_WAITING:
            return False
        grown: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[grown] = seq
        if self._looking is None:
            self._looking = asyncio.create_task(self._poll())
        try:
            async with asyncio.timeout(seconds):
                return await grown
        except TimeoutError:
            return False
        finally:
            self._waiting.pop(grown, None)

    async def read_shared(self, params: ChangeListParams) -> ChangeList:
        """Return the page of these parameters, read once for concurrent equal calls; it must not be modified."""
        name = params.model_dump_json(exclude={"wait"})
        reading = self._reading.get(name)
        if reading is None:
            reading = self._reading[name] = asyncio.create_task(self._read(params))
            reading.add_done_callback(lambda done: self._discard(name, done))
        return await asyncio.shield(reading)  # a cancelled caller does not affect the others

    def shutdown(self) -> None:
        """Wake every waiting task, now and from now on: the server is about to end."""
        self._stopped = True
        for grown in list(self._waiting):
            _settle(grown, has_grown=False)

    async def close(self) -> None:
        """Shut down and stop polling."""
        self.shutdown()
        tasks: list[asyncio.Task[Any]] = [*self._reading.values()]
        if self._looking is not None:
            tasks.append(self._looking)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, params: ChangeListParams) -> ChangeList:
        async with self._turns:
            await asyncio.sleep(0)
            return await self._database.read(list_changes, params)

    def _discard(self, name: str, done: asyncio.Task[ChangeList]) -> None:
        del self._reading[name]
        if not done.cancelled():
            done.exception()  # retrieved, so that asyncio does not report it

    async def _poll(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(POLL_INTERVAL_S)
                await self._notify()
        finally:
            self._looking = None

    async def _notify(self) -> None:
        try:
            latest = await self._database.read(latest_seq)
        except Exception as error:  # noqa: BLE001 - the next poll may succeed
            self._outage.failure(error)
            return
        self._outage.success()
        for grown, seq in list(self._waiting.items()):
            if seq < latest:
                _settle(grown, has_grown=True)


def _settle(grown: asyncio.Future[bool], *, has_grown: bool) -> None:
    if not grown.done():
        grown.set_result(has_grown)
