"""Clients that send or read slowly: time limits, and bounds on partly read requests."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app.api.http.request_body import MAX_BODY_BYTES
from app.api.pages.scalar import SCALAR_PATH, read_script
from app.net.client_address import parse_networks
from app.server.connections import ConnectionLimits, ConnectionMonitor
from tests.response_cache.threaded_server import Served
from tests.response_cache.wire.test_protocol_limits import process
from tests.server.conftest import StartServer
from tests.server.exchanges import exchange, get_timeline, parse_responses

HOST = b"Host: api.example\r\n"
REQUEST = b"GET /v1/timeline HTTP/1.1\r\n" + HOST + b"\r\n"
HALF_HEAD = REQUEST[:-2] + b"X-Slow: "
QUICK = ConnectionLimits(head_timeout_s=0.5, body_timeout_s=0.5, write_timeout_s=0.5, linger_s=0.5)
"""Limits with the shortest times that one sweep per second can distinguish."""
ENDS_WITHIN_S = 8.0


@contextmanager
def open_connections(port: int, count: int, sent: bytes) -> Iterator[list[socket.socket]]:
    """Open connections and send the beginning of a request on each."""
    with ExitStack() as stack:
        opened = []
        for _ in range(count):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            connection.sendall(sent)
            opened.append(connection)
        yield opened


async def wait_for_connections(served: Served, count: int) -> None:
    """Wait until `count` connections are left."""
    async with asyncio.timeout(ENDS_WITHIN_S):
        while len(served.connections) > count:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.02)


def status_of(connection: socket.socket) -> int | None:
    """Return the status of what came back; 0 where the connection was closed without a response, None where open."""
    connection.setblocking(False)
    try:
        received = connection.recv(65_536)
    except BlockingIOError:
        return None
    except ConnectionResetError:
        return 0
    return int(received[9:12]) if received else 0


@pytest.mark.parametrize("early", [True, False])
async def test_half_head_times_out_with_408(start_server: StartServer, early: bool) -> None:  # noqa: FBT001 - parametrized
    served = start_server(early=early, limits=QUICK)
    beginnings = (HALF_HEAD, REQUEST + HALF_HEAD, b"\r\n" + REQUEST[:3], REQUEST[:9])
    for received in await asyncio.gather(*(exchange(served.port, sent, max_s=ENDS_WITHIN_S) for sent in beginnings)):
        response = parse_responses(received)[-1]
        assert (response.status, response.problem["type"]) == (408, "/problems/request-timeout")
        assert response.fields["connection"] == "close"


async def test_head_sent_byte_by_byte_times_out(start_server: StartServer) -> None:
    served = start_server(limits=QUICK)
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    async with asyncio.timeout(ENDS_WITHIN_S):
        received = asyncio.ensure_future(reader.read())
        for byte in HALF_HEAD + b"x" * 1_000:
            if received.done():
                break
            writer.write(bytes((byte,)))
            await asyncio.sleep(0.05)
        [response] = parse_responses(await received)
    writer.close()
    assert response.status == 408


async def test_connection_without_a_request_is_closed_without_a_response(start_server: StartServer) -> None:
    served = start_server(limits=QUICK)
    silent, empty_line = await asyncio.gather(
        exchange(served.port, max_s=ENDS_WITHIN_S), exchange(served.port, b"\r\n", max_s=ENDS_WITHIN_S)
    )
    assert (silent, empty_line) == (b"", b"")


@pytest.mark.parametrize("early", [True, False])
async def test_empty_line_after_a_request_is_no_slow_request(start_server: StartServer, early: bool) -> None:  # noqa: FBT001 - parametrized
    served = start_server(early=early, limits=QUICK)
    received = await exchange(served.port, REQUEST, b"\r\n", max_s=ENDS_WITHIN_S)
    assert [response.status for response in parse_responses(received)] == [200]


async def test_empty_lines_before_a_cached_response_do_not_end_the_connection(start_server: StartServer) -> None:
    served = start_server(limits=QUICK)
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    async with asyncio.timeout(ENDS_WITHIN_S):
        for sent in (REQUEST, REQUEST, b"\r\n", REQUEST, REQUEST):
            writer.write(sent)
            await asyncio.sleep(0.05)
        await asyncio.sleep(2.2)
        writer.write(REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        received = await reader.read()
    writer.close()
    assert [response.status for response in parse_responses(received)] == [200] * 5


async def test_keep_alive_connection_outlives_the_time_for_a_head(start_server: StartServer) -> None:
    served = start_server(limits=QUICK)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}") as client:
        assert (await client.get("/v1/timeline")).status_code == 200
        peer = served.connections[0].client
        await asyncio.sleep(2.2)
        assert (await client.get("/v1/timeline")).status_code == 200
        assert [each.client for each in served.connections] == [peer]


def post(token: str, fields: bytes, body: bytes) -> bytes:
    """Return a request that creates an article, as far as its body goes."""
    key = b"Authorization: Bearer " + token.encode() + b"\r\n"
    head = b"POST /v1/editorial/articles HTTP/1.1\r\n" + HOST + key + b"Content-Type: application/json\r\n"
    return head + fields + b"\r\n" + body


@pytest.mark.parametrize(
    ("fields", "body"),
    [(b"Content-Length: 100\r\n", b'{"headline"'), (b"Transfer-Encoding: chunked\r\n", b"5\r\n{")],
    ids=["length", "chunked"],
)
async def test_half_body_times_out_with_408(
    start_server: StartServer, newsroom_token: str, fields: bytes, body: bytes
) -> None:
    served = start_server(limits=QUICK)
    received = await exchange(served.port, post(newsroom_token, fields, body), max_s=ENDS_WITHIN_S)
    [response] = parse_responses(received)
    assert (response.status, response.problem["type"]) == (408, "/problems/request-timeout")
    assert response.problem["instance"] == "/v1/editorial/articles"
    await wait_for_connections(served, 0)
    assert not served.server.server_state.tasks


PARTS = 1 + MAX_BODY_BYTES // 65_536
"""Parts of 64 KiB, more than a request may have."""


@pytest.mark.parametrize("key", [True, False])
async def test_response_that_precedes_the_rest_of_a_body_reaches_the_client(
    start_server: StartServer,
    newsroom_token: str,
    key: bool,  # noqa: FBT001 - parametrized
) -> None:
    served = start_server()
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    part = b" " * 65_536
    length = b"Content-Length: %d\r\n" % (PARTS * len(part))
    async with asyncio.timeout(ENDS_WITHIN_S):
        writer.write(post(newsroom_token if key else "dl_unknown", length, b""))
        for _ in range(PARTS):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.002)
        [response] = parse_responses(await reader.read())
    writer.close()
    assert response.status == (413 if key else 401)
    assert response.problem["instance"] == "/v1/editorial/articles"


async def test_slow_chunks_time_out_and_a_steady_body_does_not(start_server: StartServer, newsroom_token: str) -> None:
    served = start_server(limits=replace(QUICK, min_bytes_per_s=1_000))
    padding = b" " * 4_000 + b'{"headline": "The quay at night"}'
    for pause_s, step, status in ((0.05, 1, 408), (0.05, 100, 201)):
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(post(newsroom_token, b"Transfer-Encoding: chunked\r\n", b""))
        received_response = asyncio.ensure_future(reader.readuntil(b"\r\n\r\n"))
        for start in range(0, len(padding), step):
            if received_response.done():
                break
            part = padding[start : start + step]
            writer.write(b"%x\r\n%b\r\n" % (len(part), part))
            await asyncio.sleep(pause_s)
        writer.write(b"0\r\n\r\n")
        async with asyncio.timeout(ENDS_WITHIN_S):
            assert int((await received_response)[9:12]) == status
        writer.close()


async def test_body_after_the_response_is_discarded_up_to_a_bound(start_server: StartServer) -> None:
    served = start_server(limits=replace(QUICK, max_discarded_body_bytes=100_000))
    request = b"POST /v1/nowhere HTTP/1.1\r\n" + HOST + b"Content-Length: 90000000\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(request)
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 404 ")
    with suppress(ConnectionError):
        for _ in range(20):
            writer.write(b"x" * 100_000)
            await writer.drain()
            await asyncio.sleep(0.01)
    await wait_for_connections(served, 0)
    writer.close()


async def test_client_that_does_not_read_is_disconnected(start_server: StartServer) -> None:
    served = start_server(limits=QUICK)
    large = b"GET %b HTTP/1.1\r\n%b\r\n" % (SCALAR_PATH.encode(), HOST)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        await asyncio.to_thread(client.connect, ("127.0.0.1", served.port))
        client.sendall(large * 40)
        await asyncio.sleep(0.2)
        assert len(served.connections) == 1
        await wait_for_connections(served, 0)


async def test_client_that_reads_slowly_but_steadily_gets_the_whole_response(start_server: StartServer) -> None:
    served = start_server(limits=replace(QUICK, min_bytes_per_s=50_000))
    size = len(read_script("br"))
    request = b"GET %b HTTP/1.1\r\nAccept-Encoding: br\r\n%b" % (SCALAR_PATH.encode(), HOST)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        await asyncio.to_thread(client.connect, ("127.0.0.1", served.port))
        client.sendall(request + b"\r\n" + request + b"Connection: close\r\n\r\n")
        received = 0
        client.setblocking(False)
        async with asyncio.timeout(30):
            while part := await asyncio.get_running_loop().sock_recv(client, 65_536):
                received += len(part)
                await asyncio.sleep(len(part) / 800_000)
    assert received > 2 * size


@pytest.mark.parametrize("sent", [b"", HALF_HEAD], ids=["silent", "half heads"])
async def test_partial_requests_of_one_address_are_bounded_without_a_lockout(
    start_server: StartServer, sent: bytes
) -> None:
    served = start_server(limits=ConnectionLimits(max_partial_per_address=20))
    with open_connections(served.port, 120, sent) as opened:
        for _ in range(5):
            await get_timeline(served.port)
        await wait_for_connections(served, 20)
        await get_timeline(served.port)
        found = [status_of(each) for each in opened]
    evicted, open_yet = found[:100], found[100:]
    assert set(evicted) <= {0, 503}
    assert open_yet.count(None) >= 20 - 5  # each request of another connection takes a place for a moment


async def test_partial_requests_in_all_are_bounded(start_server: StartServer) -> None:
    served = start_server(
        limits=ConnectionLimits(max_partial=15, max_partial_per_address=10), settings={"trusted_proxies": "127.0.0.0/8"}
    )
    with open_connections(served.port, 60, HALF_HEAD):
        await get_timeline(served.port)
        await wait_for_connections(served, 15)
        assert len(served.connections) >= 15 - 3


class Connected:
    """A connection as the monitor sees it."""

    idle_until: float | None = None

    def __init__(self, monitor: ConnectionMonitor, host: str | None, *, idle_until: float | None = None) -> None:
        self.peer_host = host
        self.idle_until = idle_until
        self.partial_since = -10.0
        self.is_open = True
        self._monitor = monitor

    def check_reading(self, now: float) -> None:
        """Do nothing."""

    def check_writing(self, now: float) -> None:
        """Do nothing."""

    def evict(self) -> None:
        self.is_open = False
        self._monitor.remove_partial(self)


async def test_trusted_proxy_is_not_bounded_as_one_client() -> None:
    monitor = ConnectionMonitor(
        ConnectionLimits(max_partial_per_address=3), trusted_proxies=parse_networks("10.0.0.0/8, 2001:db8::7")
    )
    hosts = {"10.1.2.3": 10, "::ffff:10.1.2.3": 10, "2001:db8::7": 10, "192.0.2.1": 3, "2001:db8:1:2::1": 3}
    for host, left in hosts.items():
        opened = [Connected(monitor, host) for _ in range(10)]
        for each in opened:
            monitor.add_partial(each)
        assert [each.is_open for each in opened] == [False] * (10 - left) + [True] * left, host


async def test_burst_of_new_connections_has_a_moment_to_send_before_the_bound_counts() -> None:
    monitor = ConnectionMonitor(ConnectionLimits(max_partial_per_address=3))
    opened = [Connected(monitor, "192.0.2.1") for _ in range(10)]
    for each in opened:
        each.partial_since = asyncio.get_running_loop().time()
        monitor.add_partial(each)
    assert all(each.is_open for each in opened)
    await asyncio.sleep(2.2)
    assert [each.is_open for each in opened] == [False] * 7 + [True] * 3


async def test_addresses_of_one_ipv6_network_are_bounded_together() -> None:
    monitor = ConnectionMonitor(ConnectionLimits(max_partial_per_address=3))
    opened = [Connected(monitor, f"2001:db8:1:2::{number:x}") for number in range(9)]
    for each in opened:
        monitor.add_partial(each)
    assert sum(each.is_open for each in opened) == 3


async def test_partial_connections_make_room_before_idle_ones_and_served_ones_never() -> None:
    monitor = ConnectionMonitor()
    serving = [Connected(monitor, "192.0.2.1") for _ in range(3)]
    assert not monitor.evict_connections(serving)
    idle = [Connected(monitor, "192.0.2.1", idle_until=float(100 - number)) for number in range(40)]
    partial = Connected(monitor, "192.0.2.1")
    monitor.add_partial(partial)
    assert monitor.evict_connections([*serving, *idle, partial])
    assert not partial.is_open
    assert all(each.is_open for each in idle)
    assert monitor.evict_connections([*serving, *idle])
    assert [each.is_open for each in idle] == [True] * 8 + [False] * 32  # those idle for longest
    assert all(each.is_open for each in serving)


async def test_open_connections_are_bounded_by_the_descriptors_of_the_process(start_server: StartServer) -> None:
    served = start_server()
    await get_timeline(served.port)
    monitor = served.connection_monitor
    monitor.max_open = 30
    with open_connections(served.port, 100, REQUEST):
        for _ in range(5):
            await get_timeline(served.port)
        assert len(served.connections) <= 31


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["half heads", "half bodies", "silent"])
async def test_400_slow_clients_do_not_delay_others(
    newsroom_file: Path, newsroom_token: str, tmp_path: Path, kind: str
) -> None:
    half_body = post(newsroom_token, b"Content-Length: 1000\r\n", b"{")
    sent = {"half heads": HALF_HEAD, "half bodies": half_body, "silent": b""}[kind]
    with process(f"sqlite:///{newsroom_file}", tmp_path) as (_, port):
        await get_timeline(port)
        with open_connections(port, 400, sent) as opened:
            begun, times = time.monotonic(), []
            while time.monotonic() - begun < 35:
                times.append(await get_timeline(port))
                await asyncio.sleep(0.02)
            found = [status_of(each) for each in opened]
    p99 = sorted(times)[int(len(times) * 0.99)]
    print(f"400 {kind}: {len(times)} requests of others, p99 {p99 * 1e3:.0f} ms")  # noqa: T201 - the figure of a soak test
    assert None not in found
    assert p99 <= 0.2
