"""Connection without a socket: a test supplies the input of a protocol, and its output is recorded."""

import asyncio
import re
from typing import Any

from uvicorn import Config
from uvicorn.server import ServerState

from app.server.protocol import BoundedProtocol

MAX_TURNS = 20_000
REQUEST_ID = re.compile(rb"\r\nx-request-id: [^\r]+")


class Wire(asyncio.Transport):
    """The transport of one connection."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 1), "sockname": ("192.0.2.2", 80)})
        self.sent: list[bytes] = []
        self._is_reading = True
        self._is_closing = False

    def write(self, data: Any) -> None:
        if not self._is_closing:
            self.sent.append(bytes(data))

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        self._is_closing = True

    def is_reading(self) -> bool:
        return self._is_reading

    def pause_reading(self) -> None:
        self._is_reading = False

    def resume_reading(self) -> None:
        self._is_reading = True

    def abort(self) -> None:
        self._is_closing = True

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        """End the connection at once: the server sends nothing more and discards further input."""
        self._is_closing = True

    def get_write_buffer_size(self) -> int:
        return 0

    @property
    def received(self) -> bytes:
        """Return everything that the client received, without the request ids of the application's responses."""
        return REQUEST_ID.sub(b"", b"".join(self.sent))


class Line:
    """Protocol with a transport, as a server connects them."""

    def __init__(
        self,
        kind: type[BoundedProtocol],
        config: Config,
        state: dict[str, Any],
        *,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self.server_state = ServerState()
        self.server_state.default_headers = [(b"date", b"Fri, 20 Nov 2026 12:00:00 GMT")]
        self.wire = Wire()
        self.protocol = kind(config, self.server_state, state, loop or asyncio.get_running_loop())
        self.protocol.connection_made(self.wire)

    def hear(self, segment: bytes) -> None:
        """Deliver a segment from the client, unless the connection is closed."""
        if not self.wire.is_closing():
            self.protocol.data_received(segment)

    async def settle(self) -> None:
        """Return once all requests have responses."""
        for _ in range(MAX_TURNS):
            cycle = self.protocol.cycle
            is_through = cycle is None or cycle.response_complete
            if self.wire.is_closing() or (is_through and self.protocol._unread is None):
                break
            await asyncio.sleep(0)
        await asyncio.sleep(0)

    @property
    def is_timed(self) -> bool:
        """Return whether a timer closes it if nothing more comes."""
        timer = self.protocol.timeout_keep_alive_task
        return timer is not None and not timer.cancelled()

    def close(self) -> None:
        """Disconnect the client."""
        self.wire.close()
        self.protocol.connection_lost(None)
