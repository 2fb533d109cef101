"""Hits before ASGI, segment by segment: divided or joined requests get the responses sent without the wire cache."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fastapi import FastAPI
from uvicorn import Config

from app import clock
from app.main import create_app
from app.response_cache.wire.raw_responses import STATE_KEY, RawResponseCache
from app.settings import Settings
from tests.api.conftest import fill
from tests.conftest import NOW, run_once
from tests.response_cache.fake_transport import Line
from tests.response_cache.threaded_server import Plain, Watched
from tests.response_cache.wire.test_protocol import BROWSER, PROBES, ask

CONVERSATIONS, CONVERSATIONS_SOAK = 150, 3_000
PAGES = 3
PAGE = ask(BROWSER).replace(b"%d", b"1")
POOL = [b"".join(probe.segments) for probe in PROBES.values()]
UNSOUND = ("a hit and half a request", "an upgrade", "an upgrade behind a hit")
SOUND = [
    b"".join(probe.segments) for name, probe in PROBES.items() if not (name in UNSOUND or "400" in probe.responses)
]
"""Requests that remain valid after another one."""


class Table:
    """The application, and connections to it: plain and under test."""

    def __init__(self, app: FastAPI, config: Config, state: dict[str, Any]) -> None:
        self.app = app
        self.hits: RawResponseCache = state[STATE_KEY]
        self._given = config, state
        self._open = ExitStack()

    def line(self, *, early: bool, loop: asyncio.AbstractEventLoop | None = None) -> Line:
        line = Line(Watched if early else Plain, *self._given, loop=loop)
        self._open.callback(line.close)
        return line

    def both(self) -> tuple[Line, Line]:
        return self.line(early=False), self.line(early=True)

    async def known(self, request: bytes) -> Line:
        """Return a connection on which this request is stored byte for byte."""
        line = self.line(early=True)
        for _ in range(3):
            line.hear(request)
            await line.settle()
        assert request in self.hits.requests
        line.wire.sent.clear()
        return line

    def close(self) -> None:
        self._open.close()


@pytest.fixture
def _counted() -> Iterator[None]:
    Watched.early = {}
    yield
    del Watched.early


@pytest.fixture
async def table(sqlite_template: Path, tmp_path: Path, _counted: None) -> AsyncIterator[Table]:
    """The application over the small newsroom."""
    address = f"sqlite:///{tmp_path / 'dayline.db'}"
    shutil.copy(sqlite_template, tmp_path / "dayline.db")
    await asyncio.to_thread(run_once, address, fill)
    app = create_app(Settings(database_url=address))
    with clock.frozen(NOW):
        async with app.router.lifespan_context(app) as state:
            config = Config(app, log_config=None, access_log=False, log_level="critical", proxy_headers=False)
            config.load()
            found = Table(app, config, dict(state or {}))
            yield found
            found.close()


async def converse(table: Table, random: Random) -> None:
    """Send the same on both connections, divided anywhere, and compare."""
    plain, early = table.both()
    is_hasty = random.random() < 0.3  # then no more than what is handled one after another
    stream = b"".join(random.choice(SOUND if is_hasty else POOL) for _ in range(random.randrange(1, 6)))
    stream = stream.replace(b"%d", b"%d" % random.randrange(PAGES)).replace(b"%%", b"%")
    cuts = sorted({0, len(stream), *(random.randrange(len(stream)) for _ in range(random.choice((0, 1, 4))))})
    if random.random() < 0.05:
        table.app.state.services.store.clear()
    segments = [stream[start:end] for start, end in pairwise(cuts)]
    for line in random.sample((plain, early), 2):
        for segment in segments:
            line.hear(segment)
            if not is_hasty:
                await line.settle()
        await line.settle()
    assert early.wire.received == plain.wire.received, segments
    assert early.wire.is_closing() == plain.wire.is_closing(), segments
    assert early.server_state.total_requests == plain.server_state.total_requests, segments
    if not plain.wire.is_closing():
        assert early.wire.is_reading() == plain.wire.is_reading(), segments
        assert is_hasty or early.is_timed == plain.is_timed, segments


async def test_segments_get_the_bytes_sent_without_the_wire_cache(table: Table) -> None:
    for number in range(CONVERSATIONS):
        await converse(table, Random(number))
    assert sum(Watched.early.values()) > CONVERSATIONS / 2


@pytest.mark.soak
async def test_long_segments_get_the_bytes_sent_without_the_wire_cache(table: Table) -> None:
    for number in range(CONVERSATIONS_SOAK):
        await converse(table, Random(f"long {number}"))


async def test_request_may_be_split_anywhere(table: Table) -> None:
    whole = await table.known(PAGE)
    whole.hear(PAGE)
    for cut in range(1, len(PAGE)):
        line = table.line(early=True)
        for segment in (PAGE[:cut], PAGE[cut:]):
            line.hear(segment)
        assert line.wire.received == whole.wire.received, cut
    line = table.line(early=True)
    for byte in PAGE:
        assert not line.wire.sent
        line.hear(bytes((byte,)))
    assert line.wire.received == whole.wire.received
    assert line.is_timed


async def test_repeated_request_is_not_parsed(table: Table) -> None:
    line = await table.known(PAGE)
    line.protocol.parser = None  # type: ignore[assignment]  # as after the end of a connection
    line.hear(PAGE)
    assert line.wire.received.startswith(b"HTTP/1.1 200 OK\r\ndate: ")


async def test_known_bytes_within_an_unfinished_request_are_no_hit(table: Table) -> None:
    known = ask().replace(b"%d", b"2")
    await table.known(known)
    plain, early = table.both()
    for line in (plain, early):
        line.hear(b"POST /v1/timeline HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (len(known) + 1))
        await line.settle()
        line.hear(known)
        await line.settle()
        line.hear(b"x")
        line.hear(known)
        await line.settle()
    assert early.wire.received == plain.wire.received
    assert early.wire.received.count(b"HTTP/1.1 ") == 2


async def test_no_hit_is_sent_to_a_client_that_does_not_read(table: Table) -> None:
    await table.known(PAGE)
    plain, early = table.both()
    for line in (plain, early):
        line.hear(PAGE)
        await line.settle()
        line.protocol.pause_writing()
        for _ in range(3):
            line.hear(PAGE)
            await asyncio.sleep(0.01)
    assert early.wire.received == plain.wire.received
    assert not early.wire.is_reading()
    assert not plain.wire.is_reading()
    for line in (plain, early):
        line.protocol.resume_writing()
        await line.settle()
    assert early.wire.received == plain.wire.received
    assert early.wire.received.count(b"HTTP/1.1 200 OK") == 4
    assert early.wire.is_reading()


async def test_no_hit_is_sent_on_a_closing_connection(table: Table) -> None:
    line = await table.known(PAGE)
    before = Watched.early[1]
    line.wire.close()
    line.protocol.data_received(PAGE)
    assert Watched.early[1] == before


async def test_evicted_response_is_not_sent_again(table: Table) -> None:
    line = await table.known(PAGE)
    table.app.state.services.store.clear()
    assert not table.hits.requests
    assert table.hits.size == 0
    line.hear(PAGE)
    assert not line.wire.sent
    await line.settle()
    assert line.wire.received.startswith(b"HTTP/1.1 200 OK")


class CountingLoop:
    """Event loop that counts its timers."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.timers = 0

    def call_later(self, *given: Any) -> asyncio.TimerHandle:
        self.timers += 1
        return self._loop.call_later(*given)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)


async def test_one_timer_serves_all_hits_of_a_connection(table: Table) -> None:
    await table.known(PAGE)
    loop: Any = CountingLoop()
    line = table.line(early=True, loop=loop)
    for number in range(500):
        line.hear(PAGE)
        line.hear(ask(b"X-Request: %d\r\n" % number).replace(b"%d", b"1"))
    assert line.wire.received.count(b"HTTP/1.1 200 OK") == 1_000
    assert loop.timers == 1
    assert line.is_timed


async def test_hit_postpones_the_idle_timeout(table: Table) -> None:
    line = await table.known(PAGE)
    line.protocol.timeout_keep_alive = 1.0  # type: ignore[assignment]  # a server counts in seconds
    line.hear(PAGE)
    line.protocol._unset_keepalive_if_required()
    begun = asyncio.get_running_loop().time()
    for _ in range(4):
        line.hear(PAGE)
        await asyncio.sleep(0.3)
    assert not line.wire.is_closing()
    async with asyncio.timeout(10):
        while not line.wire.is_closing():  # noqa: ASYNC110 - the transport has no event for it
            await asyncio.sleep(0.005)
    assert asyncio.get_running_loop().time() - begun >= 1.89


async def test_requests_that_differ_in_their_request_id_have_one_hit(table: Table) -> None:
    known = await table.known(PAGE)
    known.hear(PAGE)
    line, requests = table.line(early=True), dict(table.hits.requests)
    for number, name in enumerate((b"X-Request-ID", b"x-request-id", b"X-Request-Id") * 3):
        line.hear(PAGE.replace(b"\r\n\r\n", b"\r\n%s: id-%d\r\n\r\n" % (name, number)))
        assert line.wire.received == known.wire.received
        line.wire.sent.clear()
    assert table.hits.requests == requests  # none of them uses memory


async def test_request_is_recognised_with_any_request_id(table: Table) -> None:
    line = table.line(early=True)
    for number in range(4):
        line.hear(PAGE.replace(b"\r\n\r\n", b"\r\nX-Request-ID: %d\r\n\r\n" % number))
        await line.settle()
    assert PAGE in table.hits.requests


@pytest.mark.parametrize("inserted", [b"\r\nX-Request-ID: 1", b"\r\nX-Request-ID: 1\r\n", b"\r\n\r\nX-Request-ID: 1"])
async def test_request_id_line_at_any_position_does_not_change_the_response(table: Table, inserted: bytes) -> None:
    request = b"GET /v1/timeline?limit=1 HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n"
    await table.known(request)
    for place in range(len(request) + 1):
        plain, early = table.both()
        for line in (plain, early):
            line.hear(request[:place] + inserted + request[place:])
            line.hear(request)
            await line.settle()
        assert early.wire.received == plain.wire.received, place
        assert early.wire.is_closing() == plain.wire.is_closing(), place
