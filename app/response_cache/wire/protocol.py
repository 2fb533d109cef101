"""HTTP protocol that sends cached responses to simple requests before ASGI.

A segment that is one complete request, equal to an earlier one, is not parsed. Other requests are, and only misses get
a scope, a cycle and a task. Every request that is not simple is passed to the application.
"""

import asyncio
from math import inf
from time import perf_counter
from typing import Any

from uvicorn import Config
from uvicorn.logging import TRACE_LOG_LEVEL
from uvicorn.server import ServerState

from app.response_cache.wire.raw_responses import STATE_KEY, RawResponse, RawResponseCache
from app.response_cache.wire.request_id_field import without_request_id
from app.server.flow import BETWEEN
from app.server.protocol import BoundedProtocol

_METHODS = (b"GET", b"HEAD")
_NOT_PLAIN = frozenset({b"content-length", b"transfer-encoding", b"expect"})
_ASKING = frozenset({b"connection", b"proxy-connection"})
"""Fields by which HTTP/1.0 clients request a persistent connection, which uvicorn does not support."""
_NONE: dict[Any, RawResponse] = {}


class CachedResponseProtocol(BoundedProtocol):
    """Protocol whose hits send the bytes that the application would send, in the same order and with the same counters.

    A hit requires that no earlier request of the connection is unfinished and that the client reads. Connections have
    the same idle timeout. Requests that differ in their X-Request-ID alone have the same hit. The wire cache is
    disabled if the application provides no RawResponseCache, and if uvicorn logs requests itself, limits concurrency or
    has a root path.
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
        self._enabled = hits is not None and not is_watched and not is_ruled
        self._hits: RawResponseCache = hits  # used only while enabled
        self._by_raw_request = self._hits.requests if self._enabled else _NONE
        self._on_hit = self._hits.on_hit if self._enabled else None
        self._received_at = 0.0  # when the latest segment arrived, where hits are observed
        self._found: RawResponse | None = None  # the hit for the request being parsed
        self._idle_since = -inf  # by the event loop's clock, as far as hits are concerned

    @property
    def idle_until(self) -> float | None:
        """Return when the keep-alive timeout began; None while a request or response is in progress."""
        until = super().idle_until
        return None if until is None else max(until, self._idle_since + self.timeout_keep_alive)

    def data_received(self, data: bytes) -> None:
        """Receive a segment from the client."""
        if self._on_hit is not None:
            self._received_at = perf_counter()
        ready = self._by_raw_request.get(data)
        if ready is None and self._enabled:
            ready = self._by_raw_request.get(without_request_id(data))
        if (
            ready is not None
            and self._is_clear
            and self._can_write()
            and self._hits.is_fresh(ready, self.server_state.default_headers)
        ):
            if self._is_partial:
                self._unregister()
            self._send(ready)
            if self._on_hit is not None:
                self._on_hit(data, ready, perf_counter() - self._received_at)
            self._schedule_keep_alive()
            return
        super().data_received(data)

    def _take(self, piece: bytes) -> None:
        """Send the hit for a request that equals an earlier one, or parse the segment."""
        is_whole = self._phase is BETWEEN and not self._framing.head_bytes
        known = without_request_id(piece) if is_whole and self._enabled else b""
        ready = self._by_raw_request.get(known) if is_whole else None
        if ready is not None and self._hits.is_fresh(ready, self.server_state.default_headers):
            self._send(ready)
            if self._on_hit is not None:
                self._on_hit(piece, ready, perf_counter() - self._received_at)
            self._schedule_keep_alive()
            return
        timer = self.timeout_keep_alive_task
        self.timeout_keep_alive_task = None  # not cancelled, as a new timer costs more than a hit
        self._found = None
        super()._take(piece)
        ready = self._found
        if ready is not None and self._phase is BETWEEN:
            self.timeout_keep_alive_task = timer
            self._schedule_keep_alive()
            if is_whole:
                self._hits.record(known, ready)
        elif timer is not None:
            timer.cancel()

    def _handle(self) -> None:
        """Send a hit, or pass the request to the application."""
        if not (self._enabled and self._send_hit()):
            super()._handle()

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection, unless a hit followed the timer: one timer serves all hits."""
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0 and not self.transport.is_closing():
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    def _send_hit(self) -> bool:
        """Send the cached response to the request whose head was parsed, if it is a simple one."""
        parser = self.parser
        if parser.should_upgrade():
            self._enabled, self._by_raw_request = False, _NONE  # the following bytes may not be HTTP
            return False
        method, fields = parser.get_method(), self._fields
        if method not in _METHODS or len(fields) < len(self.headers) or not _NOT_PLAIN.isdisjoint(fields):
            return False
        if not parser.should_keep_alive() or not (_ASKING.isdisjoint(fields) or parser.get_http_version() == "1.1"):
            return False
        ready = self._hits.get(method, self.url, fields)
        if ready is None or not self._hits.is_fresh(ready, self.server_state.default_headers):
            return False
        self._found = ready
        self._send(ready)
        if self._on_hit is not None:
            self._on_hit(b"%s %s HTTP/1.1" % (method, self.url), ready, perf_counter() - self._received_at)
        return True

    def _send(self, ready: RawResponse) -> None:
        whole = ready.payload
        if whole is not None:
            self.transport.write(whole)
        else:
            self.transport.writelines((ready.prefix, ready.body))
        self._hits.counters.hits += 1
        self.server_state.total_requests += 1

    def _schedule_keep_alive(self) -> None:
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
