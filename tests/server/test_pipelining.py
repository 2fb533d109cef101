"""Pipelined requests: handled in order, one at a time, with at most the bytes of one read in memory."""

import asyncio
import multiprocessing
import os
import re
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.server.connections import ConnectionLimits
from tests.response_cache.threaded_server import Plain, Served, Unlogged
from tests.response_cache.wire.test_protocol_limits import not_reading, process, stuff
from tests.server.conftest import StartServer
from tests.server.exchanges import MAX_S, exchange, flood, get_timeline, parse_responses

HOST = b"Host: api.example\r\n"
FLOOD_S = 20.0
READ_BYTES = 256 * 1024  # the maximum that the event loop reads from a socket


def get(target: bytes, fields: bytes = b"", method: bytes = b"GET") -> bytes:
    return method + b" " + target + b" HTTP/1.1\r\n" + HOST + fields + b"\r\n"


READ_BYTES = 262_144  # the size of uvloop's reads
KINDS = {
    "hot": get(b"/v1/timeline"),
    "never cached": get(b"/health/live"),
    "304": get(b"/v1/timeline", b"If-None-Match: *\r\n"),
    "HEAD": get(b"/v1/timeline", method=b"HEAD"),
    "error": get(b"/nowhere"),
}


@pytest.mark.parametrize("early", [True, False])
async def test_pipelined_requests_get_responses_in_order(start_server: StartServer, early: bool) -> None:  # noqa: FBT001 - parametrized
    served = start_server(early=early)
    requests = [get(b"/nowhere/%d" % number) if number % 3 else KINDS["hot"] for number in range(300)]
    received = await exchange(served.port, b"".join(requests), get(b"/last", b"Connection: close\r\n"))
    responses = parse_responses(received)
    assert len(responses) == 301
    for number, response in enumerate(responses[:-1]):
        if number % 3:
            assert response.problem["instance"] == f"/nowhere/{number}"
        else:
            assert response.status == 200


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize("kind", KINDS)
async def test_requests_of_clients_that_do_not_read_are_not_queued(
    start_server: StartServer,
    kind: str,
    early: bool,  # noqa: FBT001 - parametrized
) -> None:
    served = start_server(early=early, limits=ConnectionLimits(head_timeout_s=600, write_timeout_s=600))
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"http://127.0.0.1:{served.port}/v1/timeline")).status_code == 200
    with ExitStack() as stack:
        clients = [stack.enter_context(not_reading(served.port)) for _ in range(3)]
        await asyncio.gather(*(stuff(each, KINDS[kind] * 20_000) for each in clients))
        async with asyncio.timeout(MAX_S):
            while len(served.connections) < 3:  # noqa: ASYNC110 - the server has no event for it
                await asyncio.sleep(0.02)
        for connection in served.connections:
            assert not connection.pipeline
            unread = getattr(connection, "_unread", None)
            assert unread is None or len(unread[0]) <= READ_BYTES
            assert connection.transport.get_write_buffer_size() <= 4 * 65_536


async def test_other_clients_are_served_while_one_pipelines_and_reads(start_server: StartServer) -> None:
    served = start_server()
    with ExitStack() as stack:
        clients = [stack.enter_context(reading(served.port)) for _ in range(3)]
        await asyncio.gather(*(stuff(each, KINDS["304"] * 3_000) for each in clients))
        async with httpx.AsyncClient() as client:
            for _ in range(5):
                assert (await client.get(f"http://127.0.0.1:{served.port}/v1/timeline")).status_code == 200


@contextmanager
def reading(port: int) -> Iterator[socket.socket]:
    """Open a connection with the system's default buffers."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.setblocking(False)
        yield client


class Original(Unlogged, HttpToolsProtocol):
    """Use uvicorn's own protocol."""


async def test_valid_requests_get_the_bytes_that_uvicorn_sends(start_server: StartServer) -> None:
    requests = [
        KINDS["hot"] + get(b"/v1/articles/trams-return") + get(b"/docs", method=b"HEAD"),
        get(b"/v1/editorial/articles", b"Content-Length: 2\r\n", method=b"POST") + b"{}",
        b"GET /health/live HTTP/1.0\r\n\r\n",
    ]
    received = []
    for protocol in (Plain, Original):
        served: Served = start_server(early=False, protocol=protocol)
        found = [await exchange(served.port, each, get(b"/health/live", b"Connection: close\r\n")) for each in requests]
        received.append([re.sub(rb"\r\n(?:date|x-request-id): [^\r]+", b"", each) for each in found])
    assert received[0] == received[1]


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["hot", "304", "HEAD", "error"])
async def test_20_pipelining_clients_that_do_not_read_take_no_memory_and_delay_no_request(
    newsroom_file: Path, tmp_path: Path, kind: str
) -> None:
    with process(f"sqlite:///{newsroom_file}", tmp_path) as (started, port):
        for _ in range(20):
            await get_timeline(port)
        before = resident_bytes(started.pid)
        flooding = multiprocessing.get_context("forkserver").Process(
            target=flood, args=(port, KINDS[kind], 20, FLOOD_S), daemon=True
        )
        flooding.start()
        begun, times, most = time.monotonic(), [], before
        while time.monotonic() - begun < FLOOD_S:
            times.append(await get_timeline(port))
            most = max(most, resident_bytes(started.pid))
            await asyncio.sleep(0.02)
        await asyncio.to_thread(flooding.join, 30)
        assert flooding.exitcode == 0
    p99 = sorted(times)[int(len(times) * 0.99)]
    print(f"{kind}: {before / 1e6:.0f} to {most / 1e6:.0f} MB, {len(times)} requests of others, p99 {p99 * 1e3:.0f} ms")  # noqa: T201 - the figure of a soak test
    unread = 0 if kind == "hot" else 20 * READ_BYTES  # the application responds more slowly: input of each client waits
    assert most <= 1.2 * before + unread
    assert p99 <= 0.2


def resident_bytes(pid: int) -> int:
    """Return the memory of a process."""
    if sys.platform != "linux":
        pytest.skip("only Linux shows it")
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
