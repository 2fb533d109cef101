"""httpcore's trace events and network backend, by which `app.webhooks.transport` stops a request before it is sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpcore
import pytest

RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
BEFORE_SENDING = "http11.send_request_headers.started"
TIMEOUT_S = 10.0


class StoppedError(Exception):
    """Raised by a trace function."""


@asynccontextmanager
async def receiver() -> AsyncIterator[tuple[str, list[bytes]]]:
    """Run a receiver; yield its URL, and the octets that each connection brought before its end or its response."""
    received: list[bytes] = []
    ended = asyncio.Event()

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.read(65_536))
        writer.write(RESPONSE)
        writer.close()
        ended.set()

    server = await asyncio.start_server(respond, "127.0.0.1", 0)
    async with server, asyncio.timeout(TIMEOUT_S):
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", received
        await ended.wait()


async def test_headers_event_follows_the_connection_and_precedes_the_request() -> None:
    events: list[str] = []

    async def trace(event: str, _: dict[str, Any]) -> None:
        events.append(event)

    async with receiver() as (address, received), httpcore.AsyncConnectionPool() as pool:
        response = await pool.request("GET", address, extensions={"trace": trace})
        assert (response.status, response.content) == (200, b"ok")
    assert received[0].startswith(b"GET / HTTP/1.1\r\n")
    assert events.count(BEFORE_SENDING) == 1
    assert events.index("connection.connect_tcp.complete") < events.index(BEFORE_SENDING)


async def test_error_of_a_trace_function_reaches_the_caller_before_an_octet_is_sent() -> None:
    async def trace(event: str, _: dict[str, Any]) -> None:
        if event == BEFORE_SENDING:
            raise StoppedError

    async with receiver() as (address, received), httpcore.AsyncConnectionPool() as pool:
        with pytest.raises(StoppedError):
            await pool.request("GET", address, extensions={"trace": trace})
    assert received == [b""]


async def test_pool_connects_by_its_network_backend_and_awaits_the_trace_function() -> None:
    requested: list[tuple[str, int, float | None]] = []

    class Backend(httpcore.AsyncNetworkBackend):
        async def connect_tcp(
            self,
            host: str,
            port: int,
            timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
            *_: object,
            **__: object,
        ) -> httpcore.AsyncNetworkStream:
            requested.append((host, port, timeout))
            return await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", port, timeout)

    async with receiver() as (address, _), httpcore.AsyncConnectionPool(network_backend=Backend()) as pool:
        port = int(address.rstrip("/").rpartition(":")[2])
        url = httpcore.URL(scheme=b"http", host=b"receiver.example", port=port, target=b"/")
        response = await pool.request("GET", url, extensions={"timeout": {"connect": 5.0}})
        assert response.status == 200
    assert requested == [("receiver.example", port, 5.0)]
