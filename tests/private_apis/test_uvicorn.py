"""uvicorn's HTTP protocol, which `app.server.protocol` and `app.response_cache.wire.protocol` extend."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from inspect import signature
from types import SimpleNamespace
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from app.response_cache.wire.protocol import CachedResponseProtocol
from app.server.protocol import BoundedProtocol

OVERRIDDEN = {
    "__init__",
    "_unsupported_upgrade_warning",
    "connection_lost",
    "connection_made",
    "data_received",
    "on_body",
    "on_header",
    "on_headers_complete",
    "on_message_begin",
    "on_message_complete",
    "on_response_complete",
    "pause_writing",
    "resume_writing",
    "shutdown",
    "timeout_keep_alive_handler",
}
GET = b"GET /a?b=c HTTP/1.1\r\nHost: x\r\nX-Field: 1\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
TIMEOUT_S = 10.0


class Recorder(HttpToolsProtocol):
    """Protocol that records the calls of the parser and of the response, and is the last one of its class."""

    last: "Recorder"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.calls: list[str] = []
        Recorder.last = self

    def on_message_begin(self) -> None:
        self.calls.append("begin")
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        self.calls.append(f"header {name.decode()}")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self.calls.append("headers complete")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self.calls.append("body")
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.calls.append("message complete")
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self.calls.append("response complete")
        super().on_response_complete()


class ClosingRecorder(Recorder):
    """Protocol that replaces the transport of each request, as the bounded protocol does."""

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        transport: Any = SimpleNamespace(
            write=self.transport.write,
            is_closing=self.transport.is_closing,
            close=lambda: self.calls.append("closed"),
        )
        self.cycle.transport = transport


async def respond(scope: Any, receive: Any, send: Any) -> None:
    """Respond with the number of octets of the request's body."""
    body = (await receive())["body"] if scope["method"] == "POST" else b""
    content = b"%d %s" % (len(body), scope["raw_path"])
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(content))]})
    await send({"type": "http.response.body", "body": content})


@asynccontextmanager
async def connected(
    protocol: type[Recorder] = Recorder, **options: Any
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter, ServerState]]:
    """Serve with the protocol on a loopback port, and connect to it."""
    state = ServerState()
    state.default_headers = [(b"server", b"test")]
    config = Config(respond, lifespan="off", ws="none", log_config=None, **options)
    server = await asyncio.get_running_loop().create_server(lambda: protocol(config, state, {"a": 1}), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        try:
            async with asyncio.timeout(TIMEOUT_S):
                yield reader, writer, state
        finally:
            writer.close()


async def read_response(reader: asyncio.StreamReader) -> bytes:
    """Return the body of a response whose length is announced."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
    return await reader.readexactly(length)


def test_overridden_methods_exist_with_equal_parameters() -> None:
    own = {**vars(BoundedProtocol), **vars(CachedResponseProtocol)}
    shared = {name for name, value in own.items() if callable(value)} & vars(HttpToolsProtocol).keys()
    assert shared == OVERRIDDEN
    for protocol in (BoundedProtocol, CachedResponseProtocol):
        for name in OVERRIDDEN & vars(protocol).keys():
            assert [*signature(getattr(protocol, name)).parameters] == [
                *signature(getattr(HttpToolsProtocol, name)).parameters
            ], name


async def test_protocol_calls_the_parser_callbacks_in_order() -> None:
    async with connected() as (reader, writer, state):
        writer.write(GET)
        assert await read_response(reader) == b"0 /a"
        protocol = Recorder.last
        assert protocol.calls == [
            *("begin", "header Host", "header X-Field", "headers complete", "message complete", "response complete")
        ]
        protocol.calls.clear()
        writer.write(POST)
        assert await read_response(reader) == b"3 /"
        assert protocol.calls == [
            *("begin", "header Host", "header Content-Length", "headers complete", "body", "message complete"),
            "response complete",
        ]
        assert state.total_requests == 2


async def test_protocol_has_the_attributes_that_subclasses_use() -> None:
    async with connected(timeout_keep_alive=7) as (reader, writer, state):
        writer.write(GET)
        await read_response(reader)
        protocol = Recorder.last
        assert protocol.connections is state.connections == {protocol}
        assert (protocol.url, protocol.headers) == (b"/a?b=c", [(b"host", b"x"), (b"x-field", b"1")])
        assert protocol.client == writer.get_extra_info("sockname")[:2]
        assert protocol.parser.get_method() == b"GET"
        assert protocol.cycle.response_complete
        assert protocol.cycle.transport is protocol.transport
        assert protocol.scope["state"] == {"a": 1}
        assert (protocol.limit_concurrency, protocol.root_path, protocol.timeout_keep_alive) == (None, "", 7)
        timer = protocol.timeout_keep_alive_task
        assert timer is not None
        assert timer.when() - protocol.loop.time() == pytest.approx(7, abs=2)
        protocol._unset_keepalive_if_required()
        assert timer.cancelled()
        assert protocol.timeout_keep_alive_task is None
        protocol.timeout_keep_alive_handler()
        assert await reader.read() == b""


async def test_cycle_closes_the_transport_that_it_is_given() -> None:
    async with connected(ClosingRecorder) as (reader, writer, _):
        writer.write(POST.replace(b"Host", b"Connection: close\r\nHost"))
        assert await read_response(reader) == b"3 /"
        assert Recorder.last.calls[-2:] == ["closed", "response complete"]
        assert not Recorder.last.transport.is_closing()


def test_flow_control_pauses_and_resumes_the_transport_once() -> None:
    class Transport:
        calls: list[str] = []  # noqa: RUF012 - of one test

        def pause_reading(self) -> None:
            self.calls.append("pause")

        def resume_reading(self) -> None:
            self.calls.append("resume")

    transport: Any = Transport()
    flow = FlowControl(transport)
    for change in (flow.pause_reading, flow.pause_reading, flow.resume_reading, flow.resume_reading):
        change()
    assert transport.calls == ["pause", "resume"]
    flow.pause_writing()
    assert (flow.read_paused, flow.write_paused) == (False, True)
    flow.resume_writing()
    assert not flow.write_paused
