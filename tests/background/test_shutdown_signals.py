"""Shutdown signals: handled in addition to the earlier handlers."""

import asyncio
import signal
from types import FrameType

from app.background.shutdown_signals import on_shutdown_signal


async def test_signal_calls_stop_and_the_previous_handler() -> None:
    heard, passed = asyncio.Event(), []

    def usual(number: int, _frame: FrameType | None) -> None:
        passed.append(number)

    before = signal.signal(signal.SIGTERM, usual)
    try:
        with on_shutdown_signal(heard.set):
            signal.raise_signal(signal.SIGTERM)
            await asyncio.wait_for(heard.wait(), 5)
            assert passed == [signal.SIGTERM]
        assert signal.getsignal(signal.SIGTERM) is usual
    finally:
        signal.signal(signal.SIGTERM, before)


async def test_signal_handlers_are_unchanged_outside_the_main_thread() -> None:
    before = signal.getsignal(signal.SIGTERM)

    def enter() -> object:
        with on_shutdown_signal(lambda: None):
            return signal.getsignal(signal.SIGTERM)

    assert await asyncio.to_thread(enter) is before
