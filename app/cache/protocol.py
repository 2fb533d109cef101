"""Hits before ASGI: uvicorn's HTTP protocol, which answers by itself what is kept and asked for plainly.

A segment that is one whole request, known from before, is not even parsed. Other requests are, and only those that
are not answered at once get a scope, a cycle and a task. Whatever is not the plain case takes uvicorn's own road.
"""

import asyncio
from math import inf
from typing import Any

from uvicorn import Config
from uvicorn.logging import TRACE_LOG_LEVEL
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from app.cache.early import STATE_KEY, EarlyHits, Ready

_METHODS = (b"GET", b"HEAD")
_NOT_PLAIN = frozenset({b"content-length", b"transfer-encoding", b"expect"})
_ASKING = frozenset({b"connection", b"proxy-connection"})
"""What HTTP/1.0 may ask with for a connection to be kept, which uvicorn does not grant."""
_NONE: dict[Any, Ready] = {}


class EarlyHitProtocol(HttpToolsProtocol):
    """Sends, for a hit, byte for byte what uvicorn would send, in the same order, and counts it as uvicorn would.

    Only where no earlier request of the connection is unfinished and the client reads what it is sent. Connections
    close after the same idle time. It does nothing of its own where the application hands over no EarlyHits, where
    requests are logged, and where the server limits concurrency or serves below a path.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        hits: Any = app_state.get(STATE_KEY)
        is_watched = self.access_log or self.logger.isEnabledFor(TRACE_LOG_LEVEL)
        is_ruled = self.limit_concurrency is not None or bool(self.root_path)
        self._is_on = hits is not None and not is_watched and not is_ruled
        self._hits: EarlyHits = hits  # to be asked only while it is on
        self._known = self._hits.requests if self._is_on else _NONE
        self._is_half_read = False  # a request has begun and not ended
        self._is_answered = False  # that request is among those due
        self._begun = 0  # requests of this segment
        self._due: list[Ready] = []  # hits of this segment: all or, where uvicorn refuses what follows, none are sent
        self._due_bytes = 0
        self._idle_since = -inf  # by the loop's clock, as far as hits tell

    def data_received(self, data: bytes) -> None:
        """A segment from the client."""
        ready = self._known.get(data)
        if (
            ready is not None
            and not self._is_half_read
            and self._is_free()
            and self._hits.is_true(ready, self.server_state.default_headers)
        ):
            self._send(ready)
            self._await_more()
            return
        was_half_read, timer = self._is_half_read, self.timeout_keep_alive_task
        self.timeout_keep_alive_task = None  # put by: to stop one and to set another takes longer than to answer
        self._begun = 0
        super().data_received(data)
        ready = self._send_due()
        if ready is not None and self._is_through():
            self.timeout_keep_alive_task = timer
            self._await_more()
        elif timer is not None:
            timer.cancel()
        if ready is not None and self._begun == 1 and not was_half_read and not self._is_half_read:
            self._hits.note(data, ready)

    def on_message_begin(self) -> None:
        """A request begins; what the application would be told of it waits until it has to be told."""
        self._is_half_read = True
        self._begun += 1
        self.url = b""
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of the request."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Answer, or hand on."""
        if self._is_on and self._answer():
            self._is_answered = True
            return
        target, headers = self.url, self.headers
        super().on_message_begin()
        self.url = target
        for name, value in headers:
            super().on_header(name, value)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """A request has been read."""
        self._is_half_read = False
        if self._is_answered:
            self._is_answered = False
        else:
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, and with it what came before it in the same segment.

        Of that, uvicorn has the application answer one request, and sends nothing of it.
        """
        if self._due and self._is_through():
            self._hits.counters.hits += 1
            self.server_state.total_requests += 1
        self._due, self._due_bytes = [], 0
        super().send_400_response(msg)

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, once what came before in the same segment is answered."""
        self._send_due()
        super().handle_websocket_upgrade()

    def timeout_keep_alive_handler(self) -> None:
        """Close, unless a hit came after the timer was set: one timer does for all of them."""
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0 and not self.transport.is_closing():
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    def _is_through(self) -> bool:
        """Whether whatever was handed to the application has been answered."""
        cycle = self.cycle
        return cycle is None or cycle.response_complete

    def _is_free(self) -> bool:
        """Whether every earlier request has been answered, and the client takes the answers."""
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            return False
        return not (self.flow.write_paused or self.transport.is_closing())

    def _answer(self) -> bool:
        """Answer the request whose head has been read, if it is a plain one and its answer is kept."""
        parser = self.parser
        if parser.should_upgrade():
            self._is_on, self._known = False, _NONE  # what follows may be no HTTP
            return False
        method, told = parser.get_method(), dict(self.headers)
        if method not in _METHODS or len(told) < len(self.headers) or not _NOT_PLAIN.isdisjoint(told):
            return False
        if not parser.should_keep_alive() or not (_ASKING.isdisjoint(told) or parser.get_http_version() == "1.1"):
            return False
        if not self._is_free() or self._due_bytes > HIGH_WATER_LIMIT:
            return False
        ready = self._hits.find(method, self.url, told)
        if ready is None or not self._hits.is_true(ready, self.server_state.default_headers):
            return False
        self._due.append(ready)
        self._due_bytes += len(ready.start) + len(ready.body)
        return True

    def _send_due(self) -> Ready | None:
        """Send the hits of this segment; the first of them."""
        due = self._due
        if not due:
            return None
        self._due, self._due_bytes = [], 0
        for ready in due:
            self._send(ready)
        return due[0]

    def _send(self, ready: Ready) -> None:
        whole = ready.whole
        if whole is not None:
            self.transport.write(whole)
        else:
            self.transport.writelines((ready.start, ready.body))
        self._hits.counters.hits += 1
        self.server_state.total_requests += 1

    def _await_more(self) -> None:
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
