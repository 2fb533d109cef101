"""Loops of background tasks: pauses that an event ends, and back-off after failures."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from random import Random, SystemRandom

from app.background.outage_log import OutageLogger
from app.db.commit_watch import CommitWatch

MAX_DOUBLINGS = 16
MIN_JITTER = 0.5


class Backoff:
    """Pauses after failures in a row: `first_s`, then twice as long each time, at most `max_s`.

    With `jitter` a pause is shortened at random, to half at the most, so that processes do not retry in step.
    """

    def __init__(self, first_s: float, max_s: float, *, jitter: bool = False, random: Random | None = None) -> None:
        self._first_s = first_s
        self._max_s = max_s
        self._jitter = jitter
        self._random = random or SystemRandom()
        self.failures = 0
        self.pause_s = 0.0
        """The pause after the latest failure."""

    def failed(self) -> float:
        """Count a failure; return how many seconds to pause."""
        pause = self.next_max_s
        self.failures = min(self.failures + 1, MAX_DOUBLINGS)
        self.pause_s = pause * self._random.uniform(MIN_JITTER, 1) if self._jitter else pause
        return self.pause_s

    @property
    def next_max_s(self) -> float:
        """The longest that the next pause can be."""
        return min(self._max_s, self._first_s * 2.0**self.failures)

    def reset(self) -> None:
        """Begin with the first pause again, after a success."""
        self.failures = 0


async def sleep_or_wake(event: asyncio.Event, seconds: float | None) -> bool:
    """Wait until the event is set, at most so many seconds; return whether it was set."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


async def sleep_or_detect(
    event: asyncio.Event, seconds: float, *, poll_s: float | None, detect: Callable[[], Awaitable[bool]]
) -> None:
    """Wait until the event is set, at most so many seconds; with `poll_s`, only until `detect` returns True.

    It is for commits that no notification announces: `detect` compares a version token every `poll_s` seconds.
    """
    ends_at = time.monotonic() + seconds
    while (left := ends_at - time.monotonic()) > 0:
        if await sleep_or_wake(event, left if poll_s is None else min(left, poll_s)):
            return
        if poll_s is not None and await detect():
            return


class CommitPause:
    """Pauses that a commit of any process ends: `wake` is set by a notification, else a version token changes."""

    def __init__(self, watch: CommitWatch, wake: asyncio.Event, *, poll_s: float) -> None:
        self._watch = watch
        self._wake = wake
        self._poll_s = poll_s
        self._token: object | None = None

    def begin(self) -> None:
        """Let the commits from now on end the next pause; call it before the database is read."""
        self._token = self._watch.version_token()

    async def sleep(self, seconds: float | None) -> None:
        """Wait for the next commit, at most so many seconds; the token is compared where commits are not notified."""
        poll_s = self._poll_s if self._watch.poll_interval_s is None else None
        await sleep_or_detect(self._wake, seconds or 0.0, poll_s=poll_s, detect=self._has_commits)

    async def _has_commits(self) -> bool:
        return self._watch.version_token() != self._token


async def end_task(task: asyncio.Task[None] | None, within_s: float) -> None:
    """Wait for a task that was asked to end, at most so many seconds; cancel it if it has not."""
    if task is None:
        return
    _, late = await asyncio.wait({task}, timeout=within_s)
    for each in late:
        each.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def run_loop(
    step: Callable[[], Awaitable[float | None]],
    *,
    wake: asyncio.Event,
    stopping: asyncio.Event,
    outage: OutageLogger,
    backoff: Backoff,
    pause: Callable[[float | None], Awaitable[object]] | None = None,
) -> None:
    """Run `step` until `stopping` is set: then pause as many seconds as it returned, None until `wake` is set.

    A step that fails is logged as an outage and repeated after a back-off, which `wake` does not shorten. The code
    that sets `stopping` sets `wake` as well. `pause` replaces the wait for `wake`.
    """
    while not stopping.is_set():
        wake.clear()
        try:
            seconds = await step()
        except Exception as error:  # noqa: BLE001 - whatever the cause, the next step may succeed
            outage.failure(error)
            await sleep_or_wake(stopping, backoff.failed())
            continue
        outage.success()
        backoff.reset()
        await (sleep_or_wake(wake, seconds) if pause is None else pause(seconds))
