"""Telling a network in front of the installation which of the answers that it keeps are no longer true.

A purge is `POST <address>` with `Surrogate-Key: <keys>`, and what is answered with a 2xx is done. Any number of
processes may be at it: one has the turn at a time, and writes down how far it came (see app.domain.purge).
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from random import SystemRandom
from secrets import token_hex

import httpx

from app import clock
from app.actions.purging import write_progress
from app.db.session import FAILURES, Database, reason_of
from app.domain.edge import ALL, batches, purged_keys
from app.domain.instant import SECOND_US
from app.domain.logged_change import LoggedChange
from app.domain.purge import EVERYTHING, Echo, Echoes, Progress, dump_progress, parse_progress
from app.queries.log import read_log
from app.queries.purging import find_progress

GLANCE_S = 0.02  # between two looks at what a commit alters, where nobody tells of commits
LOOK_S = 1.0  # between two looks into the database while nothing is heard
LOST_S = 0.05  # after somebody else took the turn
SETTLED_S = 5.0  # by then what was under way when something was purged has arrived
TURN_S = 20  # whoever says nothing for so long has lost the turn
ROWS_MOST = 100  # of the log, between two words about how far it came
KEYS_MOST = 256
CHARACTERS_MOST = 7_000  # of a header field: many servers take 8 KB
TIMEOUT = httpx.Timeout(5.0, connect=3.0)
BACK_OFF_S = 0.5
BACK_OFF_MOST_S = 30.0
STOPPED_WITHIN_S = 0.5
RETURNED_WITHIN_S = 2.0  # the last attempt before the end, to a database that may not respond

log = logging.getLogger(__name__)


class RefusedError(Exception):
    """A purge was answered with something else than a 2xx."""


class _TurnLostError(Exception):
    """Another process has the turn."""


UNTOLD = (RefusedError, httpx.HTTPError, httpx.InvalidURL)


class Purger:
    """Purges what changes, from `start` to `stop`: at once, and again five seconds later.

    All that the network keeps is purged when a process begins, whose program may be another one than before, and
    after `forget`. A network that does not answer is asked again, for ever and ever less often; nobody waits for it.
    """

    def __init__(self, database: Database, *, url: str, field: tuple[str, str] | None) -> None:
        self._database = database
        self._url = url
        self._field = field
        self._wake = asyncio.Event()
        self._watch = database.watch_commits(self._wake.set)
        self._mark: object | None = None
        self._holder = token_hex(8)
        self._since = clock.now()
        self._kept: bytes | None = None  # what the installation keeps of the progress, as it was last read or written
        self._echoes = Echoes()
        self._ending = asyncio.Event()
        self._failures = 0
        self._chance = SystemRandom()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, in the background."""
        self._task = asyncio.create_task(self._run(), name="dayline-purging")

    async def stop(self) -> None:
        """End within a few seconds, and leave the turn to others."""
        self._ending.set()
        self._wake.set()
        if self._task is not None:
            _, late = await asyncio.wait({self._task}, timeout=STOPPED_WITHIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        with suppress(Exception):  # then the turn ends by itself
            progress = parse_progress(self._kept)
            if progress.holder == self._holder:
                async with asyncio.timeout(RETURNED_WITHIN_S):
                    await self._write(progress.taken("", 0))
        await self._watch.close()

    def forget(self) -> None:
        """Purge everything: what happened is not known."""
        self._since = clock.now()
        self._wake.set()

    async def _run(self) -> None:
        headers = {} if self._field is None else dict([self._field])
        async with httpx.AsyncClient(timeout=TIMEOUT, headers=headers) as client:
            while not self._ending.is_set():
                self._wake.clear()
                try:
                    pause = await self._round(client)
                except _TurnLostError:
                    pause = LOST_S
                except Exception as error:  # noqa: BLE001 - whatever it was, the next round may succeed
                    await self._back_off(error)
                else:
                    await self._rest(pause)

    async def _round(self, client: httpx.AsyncClient) -> float:
        """Purge what is to be purged now; how many seconds to rest."""
        await self._watch.prepare()
        self._mark = self._watch.mark()
        before = self._kept
        self._kept, latest = await self._watch.read(find_progress)
        now, progress = clock.now(), parse_progress(self._kept)
        if progress.is_taken(self._holder, now):
            return LOOK_S
        is_everything = progress.wants_everything(latest, since=self._since)
        if progress.is_settled(latest) and not is_everything:
            return LOOK_S
        if self._kept != before:
            self._take_over(progress)
        if not (is_everything or progress.seq < latest or self._echoes.due(_monotonic())):
            return self._pause()
        if progress.holder != self._holder or progress.until - now < TURN_S * SECOND_US // 2:
            progress = await self._write(progress.taken(self._holder, now + TURN_S * SECOND_US))
        if is_everything:
            progress = await self._purge_everything(client, progress, latest)
        elif progress.seq < latest:
            progress = await self._purge_new(client, progress)
        progress = await self._purge_again(client, progress)
        is_done = progress.is_settled(latest)
        progress = progress.taken("", 0) if is_done else progress.taken(self._holder, clock.now() + TURN_S * SECOND_US)
        await self._write(progress)
        self._note_success()
        return 0 if progress.seq < latest else self._pause()

    def _take_over(self, progress: Progress) -> None:
        """Owe what whoever had the turn before may have owed, as of now: it is not known since when."""
        self._echoes.forget()
        if progress.again != progress.seq:
            self._owe(progress.seq, is_of_all=progress.again == EVERYTHING)

    async def _purge_everything(self, client: httpx.AsyncClient, progress: Progress, latest: int) -> Progress:
        all_at = clock.now()
        await self._tell(client, [ALL])
        self._owe(latest, is_of_all=True)
        return progress.model_copy(update={"seq": latest, "again": EVERYTHING, "all_at": all_at})

    async def _purge_new(self, client: httpx.AsyncClient, progress: Progress) -> Progress:
        changes = await self._read(progress.seq)
        if not changes:
            return progress
        await self._tell(client, purged_keys(changes))
        self._owe(changes[-1].seq)
        return progress.model_copy(update={"seq": changes[-1].seq})

    async def _purge_again(self, client: httpx.AsyncClient, progress: Progress) -> Progress:
        now = _monotonic()
        echo = self._echoes.due(now)
        if echo is None:
            return progress
        again = echo.seq
        if echo.is_of_all:
            await self._tell(client, [ALL])
        else:
            changes = await self._read(progress.again)
            if len(changes) == ROWS_MOST:
                again = min(again, changes[-1].seq)
            await self._tell(client, purged_keys(change for change in changes if change.seq <= again))
        if again == echo.seq:
            self._echoes.done(now)
        return progress.model_copy(update={"again": again})

    async def _read(self, since: int) -> list[LoggedChange]:
        return await self._watch.read(read_log, since=since, most=ROWS_MOST)

    async def _tell(self, client: httpx.AsyncClient, keys: Sequence[str]) -> None:
        for value in batches(keys, most=KEYS_MOST, characters=CHARACTERS_MOST):
            response = await client.post(self._url, headers={"surrogate-key": value})
            if not response.is_success:
                raise RefusedError(f"it answers {response.status_code}")

    async def _write(self, progress: Progress) -> Progress:
        new = dump_progress(progress)
        if not await self._database.write(write_progress, old=self._kept, new=new):
            raise _TurnLostError
        self._kept = new
        return progress

    def _owe(self, seq: int, *, is_of_all: bool = False) -> None:
        self._echoes.owe(Echo(_monotonic() + SETTLED_S, seq, is_of_all))

    def _pause(self) -> float:
        due_at = self._echoes.next_at()
        return LOOK_S if due_at is None else min(LOOK_S, max(0.0, due_at - _monotonic()))

    async def _rest(self, seconds: float) -> None:
        """Until something was committed, or the time is over."""
        ends_at = _monotonic() + seconds
        is_mark_enough = self._watch.looks_every_s is None
        while (left := ends_at - _monotonic()) > 0 and not self._wake.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, GLANCE_S) if is_mark_enough else left):
                    await self._wake.wait()
            if is_mark_enough and self._watch.mark() != self._mark:
                return

    async def _back_off(self, error: Exception) -> None:
        """Rest, hearing nothing; who could not tell the network keeps the turn, so that nobody else tries meanwhile."""
        self._note_failure(error)
        pause = min(BACK_OFF_MOST_S, BACK_OFF_S * 2**self._failures) * self._chance.uniform(0.5, 1)
        self._failures = min(self._failures + 1, 16)
        progress = parse_progress(self._kept)
        if isinstance(error, UNTOLD) and progress.holder == self._holder:
            with suppress(_TurnLostError, *FAILURES):
                await self._write(progress.taken(self._holder, clock.now() + int((pause + TURN_S) * SECOND_US)))
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._ending.wait()

    def _note_failure(self, error: Exception) -> None:
        """Say it once an outage, in one line; what is no failure from outside is a fault, told in full."""
        if self._failures == 0:
            is_fault = not isinstance(error, (*UNTOLD, *FAILURES))
            log.error("Purging the network waits and tries again: %s", reason_of(error), exc_info=is_fault)

    def _note_success(self) -> None:
        if self._failures:
            self._failures = 0
            log.warning("The network takes purges again")


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
