"""Loops of background tasks: pauses, back-off, wake-ups and shutdown."""

import asyncio
import logging
from collections.abc import Callable
from random import Random

import pytest

from app.background.loops import Backoff, run_loop, sleep_or_detect, sleep_or_wake
from app.background.outage_log import OutageLogger

LONG = 30.0


def test_backoff_doubles_up_to_its_maximum_and_begins_again_after_a_success() -> None:
    backoff = Backoff(0.5, 3.0)
    assert [backoff.failed() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    backoff.reset()
    assert backoff.failed() == 0.5
    assert backoff.pause_s == 0.5


def test_backoff_never_overflows() -> None:
    backoff = Backoff(0.5, 3.0)
    assert {backoff.failed() for _ in range(5_000)} == {0.5, 1.0, 2.0, 3.0}


def test_backoff_with_jitter_pauses_between_half_and_all_of_the_time() -> None:
    pauses = [Backoff(2.0, 2.0, jitter=True, random=Random(seed)).failed() for seed in range(200)]
    assert 1.0 <= min(pauses) < 1.1
    assert 1.9 < max(pauses) <= 2.0


async def test_sleep_ends_when_the_event_is_set_and_when_the_time_is_over() -> None:
    event = asyncio.Event()
    assert not await sleep_or_wake(event, 0.01)
    asyncio.get_running_loop().call_soon(event.set)
    assert await sleep_or_wake(event, LONG)
    assert await sleep_or_wake(event, None)


async def test_wait_ends_at_a_detected_commit_an_event_or_the_time() -> None:
    event, polls = asyncio.Event(), 0

    async def detect() -> bool:
        nonlocal polls
        polls += 1
        return polls == 3

    async with asyncio.timeout(LONG):
        await sleep_or_detect(event, LONG, poll_s=0.001, detect=detect)
        assert polls == 3
        await sleep_or_detect(event, 0.01, poll_s=None, detect=detect)
        event.set()
        await sleep_or_detect(event, LONG, poll_s=0.001, detect=detect)
    assert polls == 3


class Loop:
    """Running loop whose steps a test defines."""

    def __init__(self, *steps: Callable[[], float | None], first_s: float = 0.01) -> None:
        self.wake, self.stopping, self.done = asyncio.Event(), asyncio.Event(), 0
        self.begun = asyncio.Event()
        self._steps = list(steps)
        self.task = asyncio.create_task(
            run_loop(
                self._step,
                wake=self.wake,
                stopping=self.stopping,
                outage=OutageLogger(logging.getLogger("loop"), "Step failed, retrying", "Step recovered"),
                backoff=Backoff(first_s, first_s),
            )
        )

    async def _step(self) -> float | None:
        self.done += 1
        self.begun.set()
        if not self._steps:
            self.stop()
            return None
        return self._steps.pop(0)()

    def stop(self) -> None:
        self.stopping.set()
        self.wake.set()


def fail() -> float:
    raise ValueError("refused")


async def test_loop_pauses_for_the_result_of_its_step_and_ends_when_stopped() -> None:
    loop = Loop(lambda: 0.0, lambda: 0.01)
    async with asyncio.timeout(LONG):
        await loop.task
    assert loop.done == 3


async def test_loop_runs_again_when_it_is_woken() -> None:
    loop = Loop(lambda: None)
    await loop.begun.wait()
    loop.wake.set()
    async with asyncio.timeout(LONG):
        await loop.task
    assert loop.done == 2


async def test_loop_backs_off_and_logs_the_begin_and_the_end_of_an_outage(caplog: pytest.LogCaptureFixture) -> None:
    loop = Loop(fail, fail, lambda: 0.0)
    async with asyncio.timeout(LONG):
        await loop.task
    begun, ended = [record.getMessage() for record in caplog.records if record.name == "loop"]
    assert begun == "Step failed, retrying: ValueError: …"
    assert ended.startswith("Step recovered after 2 failures")


async def test_loop_is_not_woken_during_a_back_off_but_can_be_stopped() -> None:
    loop = Loop(fail, fail, first_s=LONG)
    await loop.begun.wait()
    loop.wake.set()
    await asyncio.sleep(0.02)
    assert loop.done == 1
    loop.stop()
    async with asyncio.timeout(LONG):
        await loop.task
    assert loop.done == 1
