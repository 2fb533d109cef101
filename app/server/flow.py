"""Pausing and resuming one connection, and its phase of reading."""

import asyncio
from collections.abc import Callable
from enum import Enum

from uvicorn.protocols.http.flow_control import FlowControl


class HeldFlow(FlowControl):
    """Flow control that stays paused while it is held, also when a request or response resumes it."""

    is_held = False

    def resume_reading(self) -> None:
        """Read from the client, unless held."""
        if not self.is_held:
            super().resume_reading()

    def hold(self) -> None:
        """Pause until `release`."""
        self.is_held = True
        self.pause_reading()

    def release(self) -> None:
        """End the hold and resume reading."""
        self.is_held = False
        self.resume_reading()


class LingeringTransport:
    """The transport of a request with a body; the protocol decides when a response closes it."""

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        self.write = transport.write
        self.is_closing = transport.is_closing
        self.close = close


class Phase(Enum):
    """The phase of reading of a connection."""

    BETWEEN = 1  # no byte of a next request has arrived
    HEAD = 2
    BODY = 3
    REFUSED = 4  # further input is discarded


BETWEEN, HEAD, BODY, REFUSED = Phase
"""Aliases of the phases, which are quicker to look up."""
