"""Signals that ask this process to end, passed on while the server drains.

A server waits for responses in progress before it ends, so long polls and streams must end when draining begins. No
server notifies the application of that; the signal does.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def on_shutdown_signal(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` in the running loop when a signal asks this process to end; the server handles the signal as before.

    Outside of the main thread, which receives no signals, nothing is called.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before: dict[int, Any] = {number: signal.getsignal(number) for number in SIGNALS}

    def handle_signal(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop)
        _call_previous_handler(before[number], number, frame)

    for number in before:
        signal.signal(number, handle_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None and signal.getsignal(number) is handle_signal:
                signal.signal(number, handler)


def _call_previous_handler(handler: Any, number: int, frame: FrameType | None) -> None:
    if callable(handler):
        handler(number, frame)
    elif handler is signal.SIG_DFL:
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
