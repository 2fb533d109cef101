"""Hits before ASGI and their surroundings: idle and slow clients, writes, access control, logs, workers, shutdown."""

import asyncio
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import Connection
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT

from app import clock
from app.actions.keys import create_key
from app.domain.api_key import ApiKeyScope
from app.main import create_app
from app.response_cache.wire.protocol import CachedResponseProtocol
from app.response_cache.wire.raw_responses import STATE_KEY
from app.schemas.api_key import ApiKeyCreate
from app.settings import Settings
from tests.api.conftest import as_key, fill
from tests.cli.commands import arguments_of, environment_of
from tests.conftest import NOW, run_once
from tests.response_cache.threaded_server import Served, read_response, serving
from tests.server_process import free_port

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_ENDED_S = 3.0
MAX_SECONDS = 30.0
KEEP_ALIVE_S = 1
ASK = b"GET /v1/timeline HTTP/1.1\r\nHost: api.example\r\n\r\n"
LONG = b"GET /v1/articles?body=html HTTP/1.1\r\nHost: api.example\r\n\r\n" * 1_500
LARGE = b"GET /openapi.json HTTP/1.1\r\nHost: api.example\r\n\r\n" * 40
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def token() -> list[str]:
    return []


@pytest.fixture(scope="module")
def filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, token: list[str]) -> Path:
    """The small newsroom, and a key that may write."""
    file = tmp_path_factory.mktemp("filled") / "dayline.db"
    shutil.copy(sqlite_template, file)
    address = f"sqlite:///{file}"

    def make_key(connection: Connection) -> str:
        scopes = [ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH]
        record = ApiKeyCreate.model_validate({"name": "A test's key", "scopes": scopes})
        return create_key(connection, record, now=NOW)[1]

    run_once(address, fill)
    token.append(run_once(address, make_key))
    return file


@pytest.fixture
def address(filled: Path, tmp_path: Path) -> str:
    """Return a copy of it."""
    return f"sqlite:///{shutil.copy(filled, tmp_path / 'dayline.db')}"


@pytest.fixture
def both(filled: Path, tmp_path: Path) -> Iterator[list[Served]]:
    """Start servers without and with the wire cache, each over a copy, with a short keep-alive."""
    with clock.frozen(NOW), ExitStack() as stack:
        copies = [shutil.copy(filled, tmp_path / f"{name}.db") for name in ("plain", "early")]
        yield [
            stack.enter_context(serving(f"sqlite:///{copy}", early=number == 1, timeout_keep_alive=KEEP_ALIVE_S))
            for number, copy in enumerate(copies)
        ]


@pytest.fixture
def early(address: str) -> Iterator[Served]:
    """Start a server with the protocol under test."""
    with clock.frozen(NOW), serving(address, early=True) as served:
        yield served


class Client:
    """One connection of a client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @property
    def port(self) -> int:
        port: int = self.writer.get_extra_info("sockname")[1]
        return port

    async def ask(self, request: bytes = ASK) -> bytes:
        self.writer.write(request)
        async with asyncio.timeout(MAX_SECONDS):
            return await read_response(self.reader)

    async def wait_for_end(self, seconds: float = MAX_SECONDS) -> float:
        """Return after how many seconds the server closes it; the limit where it does not."""
        begun = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                await self.reader.read()
        except TimeoutError:
            return seconds
        return time.monotonic() - begun


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Client]:
    """Open a connection whose request the server has stored byte for byte."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        client = Client(reader, writer)
        for _ in range(4):
            assert (await client.ask()).startswith(b"HTTP/1.1 200 OK\r\n")
        yield client
    finally:
        writer.close()


async def idle(served: Served, turn: str) -> float:
    """Return how long a connection lasts after such a turn."""
    async with connected(served.port) as client:
        if turn == "half a request":
            client.writer.write(ASK[:20])
        elif turn == "a hit and half a request":
            client.writer.write(ASK + ASK[:20])
            await read_response(client.reader)
        elif turn == "a hit from time to time":
            for _ in range(4):
                await asyncio.sleep(0.4)
                await client.ask()
        elif turn == "a miss and a hit":
            await client.ask(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
            await asyncio.sleep(0.5)
            await client.ask()
        return await client.wait_for_end(MAX_ENDED_S)


async def test_idle_timeout_is_the_same_with_the_wire_cache(both: list[Served]) -> None:
    turns = ("a hit", "a hit from time to time", "half a request", "a hit and half a request", "a miss and a hit")
    for served in both:  # the framework builds its routes for a first request, and must not in two threads at once
        async with connected(served.port) as client:
            await client.ask(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
    plain, early = await asyncio.gather(*(asyncio.gather(*(idle(served, turn) for turn in turns)) for served in both))
    for turn, expected, found in zip(turns, plain, early, strict=True):
        assert found == pytest.approx(expected, abs=1.2), turn
        assert (found == MAX_ENDED_S) is (turn in {"half a request", "a hit and half a request"}), turn


async def held(served: Served, count: int, sent: bytes) -> tuple[int, int]:
    """Return the maximum of bytes and requests that wait beyond one response, for clients that send but do not read."""
    async with connected(served.port) as client:
        for _ in range(4):
            response = await client.ask(sent[: sent.index(b"\r\n\r\n") + 4])
    with ExitStack() as stack:
        clients = [stack.enter_context(not_reading(served.port)) for _ in range(count)]
        await asyncio.gather(*(stuff(each, sent) for each in clients))
        waiting: list[HttpToolsProtocol] = []
        async with asyncio.timeout(MAX_SECONDS):
            while len(waiting) < count:
                await asyncio.sleep(0.1)
                waiting = [each for each in served.connections if each.flow.write_paused]
        buffered = max(each.transport.get_write_buffer_size() for each in waiting)
        return buffered - len(response), sum(len(each.pipeline) for each in waiting)


@contextmanager
def not_reading(port: int) -> Iterator[socket.socket]:
    """Open a connection that reads as little as possible."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.connect(("127.0.0.1", port))
        client.setblocking(False)
        yield client


async def stuff(client: socket.socket, sent: bytes) -> None:
    """Send requests as long as the server reads."""
    left, quiet = memoryview(sent), 0
    while left and quiet < 20:
        try:
            left, quiet = left[client.send(left) :], 0
        except BlockingIOError:
            quiet += 1
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(("count", "sent"), [(2, LONG), (20, LARGE), pytest.param(200, LARGE, marks=pytest.mark.soak)])
async def test_unread_hits_of_a_client_are_bounded(both: list[Served], count: int, sent: bytes) -> None:
    plain, early = [await held(served, count, sent) for served in both]
    for beyond, requests in (plain, early):
        assert beyond <= HIGH_WATER_LIMIT
        assert requests <= plain[1] + count


async def test_write_is_visible_to_the_next_request_of_the_connection(early: Served, token: list[str]) -> None:
    place = f"http://127.0.0.1:{early.port}/v1/editorial/editions/global/articles/tram"
    async with connected(early.port) as client, httpx.AsyncClient() as desk:
        for number in range(20):
            given = {"headline": f"The quay, take {number}", "status": "published"}
            response = await desk.put(place, json=given, headers=as_key(token[0]))
            assert response.status_code == 200, response.text
            assert f"The quay, take {number}".encode() in await client.ask()
            before = early.early.get(client.port, 0)
            for _ in range(3):
                assert f"The quay, take {number}".encode() in await client.ask()
            assert early.early[client.port] == before + 3


async def test_write_of_another_process_is_visible_to_the_next_request(early: Served, address: str) -> None:
    async with connected(early.port) as client:
        before = early.app.state.services.store.counters.dropped
        known = early.early[client.port]
        await client.ask()
        assert early.early[client.port] == known + 1
        await asyncio.to_thread(run_once, address, fill)
        await client.ask()
        assert early.early[client.port] == known + 1
        assert early.app.state.services.store.counters.dropped > before


async def test_server_closes_idle_connections_at_shutdown(early: Served) -> None:
    async with connected(early.port) as client:
        early.server.should_exit = True
        assert await client.wait_for_end() < 5


async def test_wire_cache_hits_count_towards_the_request_limit(address: str) -> None:
    with serving(address, early=True, limit_max_requests=30) as served:
        async with connected(served.port) as client:
            for _ in range(30):
                await client.ask()
            assert await client.wait_for_end() < 5
            assert served.early[client.port] >= 30


@pytest.mark.parametrize(
    "settings",
    [
        {"wire_cache": False},
        {"cache_bytes": 0},
        {"read_access": "api-key"},
        {"rate_limit_address": "600/minute"},
        {"rate_limit_key": "600/minute"},
    ],
)
async def test_wire_cache_is_off_with_access_control(address: str, settings: dict[str, object]) -> None:
    app = create_app(Settings.model_validate({"database_url": address, **settings}))
    async with app.router.lifespan_context(app) as state:
        assert STATE_KEY not in (state or {})


async def test_rate_limits_count_cached_responses(address: str) -> None:
    with serving(address, early=True, settings={"rate_limit_address": "5/minute"}) as served:
        async with connected(served.port) as client:
            statuses = [(await client.ask()).split()[1] for _ in range(4)]
    assert statuses == [b"200", b"429", b"429", b"429"]


@pytest.mark.parametrize("options", [{"limit_concurrency": 50}, {"root_path": "/api"}])
async def test_wire_cache_is_off_with_server_limits(address: str, options: dict[str, Any]) -> None:
    with serving(address, early=True, **options) as served:
        async with connected(served.port) as client:
            assert client.port not in served.early


@contextmanager
def logged() -> Iterator[list[str]]:
    """Collect the lines of uvicorn's access log."""
    lines: list[str] = []
    logger = logging.getLogger("uvicorn.access")
    listener = logging.Handler()
    listener.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    before = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(listener)
    try:
        yield lines
    finally:
        logger.removeHandler(listener)
        logger.setLevel(before)


async def test_every_request_is_in_the_access_log(address: str) -> None:
    with serving(address, early=True, protocol=CachedResponseProtocol) as served, logged() as lines:
        async with connected(served.port) as client:
            await client.ask()
            expected = f'127.0.0.1:{client.port} - "GET /v1/timeline HTTP/1.1" 200'
    assert [line for line in lines if line == expected] == [expected] * 5


@contextmanager
def process(
    address: str, folder: Path, *words: str, early: bool = True
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run `dayline serve` with these arguments; return it with its port."""
    port = free_port()
    command = arguments_of("serve", "--port", port, *words)
    environment = environment_of(address, DAYLINE_WIRE_CACHE=str(early))
    with (folder / f"{port}.txt").open("wb") as log:
        started = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)  # noqa: S603 - our own
    try:
        wait_for(port, started)
        yield started, port
    finally:
        started.terminate()
        started.wait(MAX_SECONDS)


def wait_for(port: int, started: subprocess.Popen[bytes]) -> None:
    """Return once it responds."""
    deadline = time.monotonic() + MAX_SECONDS
    while time.monotonic() < deadline:
        assert started.poll() is None, "the server stopped"
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail("the server is not ready")


@pytest.mark.soak
async def test_two_workers_send_hits_and_end(address: str, tmp_path: Path) -> None:
    with process(address, tmp_path, "--workers", "2") as (started, port):
        for _ in range(8):
            async with connected(port) as client:
                await client.ask()
        started.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(started.wait, MAX_SECONDS) in {0, -signal.SIGTERM}


@pytest.mark.soak
async def test_600_difficult_clients_take_no_more_memory_than_without_the_wire_cache(
    address: str, tmp_path: Path
) -> None:
    grown = []
    for early in (False, True):
        with process(address, tmp_path, early=early) as (started, port):
            async with connected(port) as client:
                await client.ask(LARGE[: len(LARGE) // 40])
            before = resident(started.pid)
            async with AsyncExitStack() as stack:
                await besiege(stack, port)
                grown.append(resident(started.pid) - before)
    assert grown[1] <= grown[0] + 8 * MIB, grown


async def besiege(stack: AsyncExitStack, port: int) -> None:
    """Open idle clients, clients that send byte by byte, and clients that do not read, 200 of each."""
    clients = [await stack.enter_async_context(connected(port)) for _ in range(400)]
    for byte in ASK[:-1]:
        for client in clients[::2]:
            client.writer.write(bytes((byte,)))
        await asyncio.sleep(0.005)
    for number in range(200):
        await stuff(stack.enter_context(not_reading(port)), LARGE)
        await asyncio.sleep(0.02 if number % 20 else 1)


def resident(pid: int) -> int:
    """Return the bytes of memory of a process."""
    if sys.platform != "linux":
        pytest.skip("only Linux reports it")
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
