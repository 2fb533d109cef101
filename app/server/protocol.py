"""uvicorn's HTTP protocol with bounds: one request of a connection at a time, limited heads, slow clients closed.

bytes ── pieces, each at most one head or one body ── parser ── checks ── application
           └─ unread, while the request before is unanswered or the client does not read (reading is paused)
"""

import asyncio
from typing import Any

import httptools
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from app.server.connections import STATE_KEY, SWEEP_INTERVAL_S, ConnectionMonitor, unsent_bytes
from app.server.flow import BETWEEN, BODY, HEAD, REFUSED, HeldFlow, LingeringTransport, Phase
from app.server.framing import RequestFraming
from app.server.refusals import (
    BAD_REQUEST,
    REQUEST_TIMEOUT,
    TOO_MANY_CONNECTIONS,
    Refusal,
    RefusedRequest,
    render_refusal,
)
from app.server.request_head import IgnoredUpgrade, check_head, explain_parser_error, path_of, render_head


class BoundedProtocol(HttpToolsProtocol):
    """Protocol that passes requests to the application one by one, and refuses invalid ones with problem details.

    Limits and the registry of slow connections come from the ConnectionMonitor in the lifespan's state.
    """

    flow: HeldFlow  # from connection_made on

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._monitor: ConnectionMonitor = app_state.get(STATE_KEY) or ConnectionMonitor()
        self._limits = self._monitor.limits
        self._phase = BETWEEN
        self._is_clear = True  # between requests, with nothing unread: the next byte begins a request
        self._is_partial = False  # registered with the monitor
        self.partial_since = 0.0  # when the head or body that is being read began, by the loop's clock
        self._timed_phase: Phase | None = None
        self._unread: tuple[bytes, int] | None = None  # received, and from where on it has not been parsed
        self._fields: dict[bytes, bytes] = {}  # the last value of each field, by names in lower case
        self._is_handed = False  # the application has the request that is being read
        self._framing = RequestFraming(self._limits.head)
        self._discarded_bytes = 0  # of a body that arrives after its response
        self._unsent: tuple[float, int] | None = None  # when unsent bytes were counted first, and how many

    @property
    def peer_host(self) -> str | None:
        """Return the address of the client."""
        return None if self.client is None else self.client[0]

    @property
    def idle_until(self) -> float | None:
        """The timer that ends keep-alive; None while a request or response is under way."""
        timer = self.timeout_keep_alive_task
        return timer.when() if timer is not None and self._is_clear and self._app_idle() else None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Register the connection; close it, or others, where too many are open."""
        super().connection_made(transport)
        self.flow = HeldFlow(transport)
        if len(self.connections) > self._monitor.max_open and not self._monitor.evict_connections(self.connections):
            self._write_refusal(TOO_MANY_CONNECTIONS, "Every connection of this process is serving a request.")
            self._phase, self._is_clear = REFUSED, False
            transport.close()
        else:
            self._register()

    def connection_lost(self, exc: Exception | None) -> None:
        """Remove the connection from the registry."""
        self._unread = None
        self._unregister()
        self._monitor.remove_unread(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what a client sent, or store it until there is room."""
        if self._phase is REFUSED:
            return
        if self._unread is not None:
            unread, start = self._unread
            self._unread = unread[start:] + data, 0
            return
        self._read(data, 0)

    def _read(self, data: bytes, start: int) -> None:
        """Parse pieces until the input or the room for responses ends."""
        requests = 0
        while start < len(data) and not self.transport.is_closing():
            if self._phase is BETWEEN:
                if requests == self._limits.max_requests_per_turn or not self._can_write():
                    self._hold(data, start)
                    return
                requests += 1
            end = self._framing.find_end(data, start)
            self._take(data if end - start == len(data) else data[start:end])
            if self._phase is REFUSED:
                return
            start = end
        self._watch()

    def _take(self, piece: bytes) -> None:
        """Parse one piece."""
        framing = self._framing
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
        try:
            framing.count(piece)
            self.parser.feed_data(piece)
            if framing.is_body and framing.content_left is None:
                framing.check_overhead()
        except httptools.HttpParserUpgrade:
            pass  # responded to as any other request
        except RefusedRequest as error:
            self._refuse(error.refusal, error.detail)
        except httptools.HttpParserCallbackError as error:
            cause = error.__context__
            if isinstance(cause, IgnoredUpgrade):
                head = render_head(self.parser, self.url, self.headers)
                self.parser, self._phase = httptools.HttpRequestParser(self), BETWEEN
                framing.reset()
                self._take(head)
            elif isinstance(cause, RefusedRequest):
                self._refuse(cause.refusal, cause.detail)
            else:
                if not isinstance(cause, (httptools.HttpParserError, ValueError)):
                    self.logger.exception("A request could not be handed to the application", exc_info=cause)
                self._refuse(BAD_REQUEST, "The request target is not a valid URI.")
        except httptools.HttpParserError as error:
            is_first = framing.head_bytes == len(piece)
            self._refuse(*explain_parser_error(str(error), piece, is_first_piece=is_first))

    def on_message_begin(self) -> None:
        """Begin a request; its scope is made once its head has been read."""
        self._phase = HEAD
        self.url = b""
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header field; trailer fields are ignored (RFC 9110, section 6.5.1)."""
        if self._phase is not BODY:
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Check the head and handle the request."""
        parser, headers = self.parser, self.headers
        self._phase = BODY
        self._fields = fields = dict(headers)
        check_head(parser.get_http_version(), parser.get_method(), headers, fields, is_upgrade=parser.should_upgrade())
        if not self.url.startswith((b"/", b"*")):
            self.url = _origin_form(self.url)
        self._handle()
        length = fields.get(b"content-length")
        if length is not None or b"transfer-encoding" in fields:
            self._framing.begin_body(None if length is None else int(length))
            if self._is_handed:
                closing: Any = LingeringTransport(self.transport, self._close_after_response)
                self.cycle.transport = closing

    def _handle(self) -> None:
        """Hand the request to the application."""
        target, headers = self.url, self.headers
        super().on_message_begin()
        self.url = target
        for name, value in headers:
            super().on_header(name, value)
        super().on_headers_complete()
        self._is_handed = True

    def on_body(self, body: bytes) -> None:
        """Take a part of a request's body."""
        self._framing.count_content(len(body))
        super().on_body(body)
        if self.cycle.response_complete:
            self._discarded_bytes += len(body)
            if self._discarded_bytes > self._limits.max_discarded_body_bytes:
                self._linger()

    def on_message_complete(self) -> None:
        """End a request."""
        if self._phase is REFUSED:
            return
        self._phase = BETWEEN
        self._timed_phase = None
        if self._framing.is_simple:
            self._framing.head_bytes = 0
        else:
            self._framing.reset()
            self._discarded_bytes = 0
        if self._is_handed:
            self._is_handed = False
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Count the response and read the next request."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._expect_reading()
        elif self._unread is not None:
            self.loop.call_soon(self._read_on)

    def pause_writing(self) -> None:
        """Stop sending: the client does not read what was sent."""
        super().pause_writing()
        self._monitor.add_unread(self)

    def resume_writing(self) -> None:
        """Resume sending, and read the input that has arrived since."""
        super().resume_writing()
        self._unsent = None
        self._monitor.remove_unread(self)
        self._read_on()

    def shutdown(self) -> None:
        """Close once the current response has been sent."""
        if self._phase is REFUSED:
            self.transport.close()
        else:
            super().shutdown()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection."""
        super().timeout_keep_alive_handler()
        self._expect_reading()

    def check_reading(self, now: float) -> None:
        """Close the connection where a request arrives too slowly."""
        limits, elapsed = self._limits, now - self.partial_since
        if self.transport.is_closing():
            self._unregister()
        elif self._phase is REFUSED:
            if elapsed >= limits.linger_s:
                self.transport.abort()
        elif self._phase is not BODY:
            if elapsed >= limits.head_timeout_s and self._phase is BETWEEN:
                self.transport.close()  # nothing came, or empty lines: some clients send one after a body
            elif elapsed >= limits.head_timeout_s:
                self._refuse(REQUEST_TIMEOUT, f"A request head arrives within {limits.head_timeout_s:g} seconds.")
        elif self.flow.read_paused:  # the application has not read the input
            self.partial_since += SWEEP_INTERVAL_S
        elif elapsed >= limits.body_timeout_s and self._framing.wire_bytes < limits.min_bytes_per_s * elapsed:
            rate = f"or at {limits.min_bytes_per_s:,} bytes per second"
            self._refuse(REQUEST_TIMEOUT, f"A request body arrives within {limits.body_timeout_s:g} seconds {rate}.")

    def check_writing(self, now: float) -> None:
        """Close the connection where the client reads a response too slowly."""
        waiting, limits = unsent_bytes(self.transport), self._limits
        if self._unsent is None:
            self._unsent = now, waiting
        since, before = self._unsent
        if now - since >= limits.write_timeout_s:
            if before - waiting < limits.min_bytes_per_s * (now - since):
                self.transport.abort()
            self._unsent = now, waiting

    def evict(self) -> None:
        """Close the connection in favour of others."""
        if self._phase in {HEAD, BODY}:
            self._refuse(TOO_MANY_CONNECTIONS, "This request was arriving for longest among too many; send it again.")
        self.transport.close()
        self._unregister()

    def _app_idle(self) -> bool:
        """Return whether every request of the application has its response."""
        cycle = self.cycle
        return cycle is None or cycle.response_complete

    def _can_write(self) -> bool:
        """Return whether every earlier request has its response, and the client reads the responses."""
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            return False
        return not (self.flow.write_paused or self.transport.is_closing())

    def _hold(self, data: bytes, start: int) -> None:
        """Store input that cannot be parsed yet, and stop reading; at most the bytes of one read from the socket."""
        self._unread, self._is_clear = (data, start), False
        self._unregister()
        self.flow.hold()
        if self._can_write():  # other connections are served first
            self.loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        """Parse the stored input, and then resume reading from the client."""
        if self._unread is None or self.transport.is_closing() or not self._can_write():
            return
        (data, start), self._unread = self._unread, None
        self._read(data, start)
        if self._unread is None:
            self.flow.release()

    def _watch(self) -> None:
        """Register the request that is being read with the monitor."""
        self._is_clear = self._phase is BETWEEN and not self._framing.head_bytes
        if self._is_clear or self.transport.is_closing():
            self._unregister()
        elif not self._is_partial or self._timed_phase is not self._phase:
            self._register()

    def _register(self) -> None:
        self.partial_since, self._timed_phase = self.loop.time(), self._phase
        if not self._is_partial:
            self._is_partial = True
            self._monitor.add_partial(self)

    def _unregister(self) -> None:
        if self._is_partial:
            self._is_partial = False
            self._monitor.remove_partial(self)

    def _expect_reading(self) -> None:
        """Register the unread response with the monitor."""
        if self.transport.get_write_buffer_size():
            self._monitor.add_unread(self)

    def _refuse(self, refusal: Refusal, detail: str) -> None:
        """Return a problem for the request that is being read, where it has no response yet, and end the connection."""
        self._unset_keepalive_if_required()
        cycle, was_handed, self._is_handed = self.cycle, self._is_handed, False
        is_answerable = self._app_idle()
        if was_handed:
            is_answerable = not cycle.response_started
            cycle.disconnected = not cycle.response_complete
            cycle.message_event.set()
        if is_answerable:
            self._write_refusal(refusal, detail)
            self._linger()
        else:
            self._unread = None
            self._phase, self._is_clear = REFUSED, False
            self.transport.close()

    def _close_after_response(self) -> None:
        """Close the connection after its last response, which may precede the end of the request's body."""
        if self._phase is BODY:
            self._linger()
        else:
            self.transport.close()

    def _linger(self) -> None:
        """End the response side, discard the rest of the request for a moment, then close.

        Closing immediately would reset the connection, and the client would lose the response (RFC 9112, section 9.6).
        """
        if self.transport.is_closing():
            return
        self._unread = None
        self._phase, self._is_clear = REFUSED, False
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self.flow.release()
            self._register()
        else:
            self.transport.close()

    def _write_refusal(self, refusal: Refusal, detail: str) -> None:
        self._monitor.refused[refusal.code] += 1
        is_read = self._phase is BODY  # its head is
        fields = self.headers if is_read or self._phase is HEAD else []
        response = render_refusal(
            refusal,
            detail,
            path=path_of(self.url) if is_read or fields else "",
            base_path=self._monitor.base_path,
            cross_origin=self._monitor.cross_origin,
            origin=dict(fields).get(b"origin"),
            server_fields=self.server_state.default_headers,
            is_head=is_read and self.parser.get_method() == b"HEAD",
        )
        self.transport.write(response)

    def _unsupported_upgrade_warning(self) -> None:
        """Log nothing: a request for an upgrade gets a response in HTTP/1.1 (RFC 9110, section 7.8)."""


def _origin_form(target: bytes) -> bytes:
    """Return path and query of a target in absolute form, whose authority replaces Host (RFC 9112, section 3.2.2)."""
    parsed = httptools.parse_url(target)
    path = parsed.path or b"/"
    return path if parsed.query is None else b"%s?%s" % (path, parsed.query)
