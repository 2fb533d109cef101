"""Pausing and resuming one connection, and where it stands with reading."""

from enum import Enum

from uvicorn.protocols.http.flow_control import FlowControl


class HeldFlow(FlowControl):
    """Flow control that stays paused while it is held, whatever a request or response asks for."""

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
        """End the hold and read on."""
        self.is_held = False
        self.resume_reading()


class Phase(Enum):
    """Where a connection stands with reading."""

    BETWEEN = 1  # no byte of a next request has come
    HEAD = 2
    BODY = 3
    REFUSED = 4  # what still comes is discarded


BETWEEN, HEAD, BODY, REFUSED = Phase
"""The phases, which are quicker to reach by these names."""
