"""Servers over real sockets in this process, each in a thread of its own, and byte-exact exchanges with them."""

import asyncio
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, NamedTuple

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.main import create_app
from app.response_cache.wire.protocol import CachedResponseProtocol
from app.response_cache.wire.raw_responses import RawResponse
from app.server.connections import STATE_KEY as MONITOR_KEY
from app.server.connections import ConnectionLimits, ConnectionMonitor
from app.server.protocol import BoundedProtocol
from app.settings import Settings

MAX_SECONDS = 15.0
BETWEEN_S = 0.03  # so that segments arrive one by one, most of the time
NOTHING_MORE_S = 0.05
VARYING = re.compile(rb"\r\n(?:date|x-request-id): [^\r]+", re.IGNORECASE)


class Unlogged:
    """Configuration without an access log: pytest listens to every logger, which uvicorn takes for an enabled one."""

    access_log = property(lambda _: False, lambda _, __: None)


class Plain(Unlogged, BoundedProtocol):
    """Protocol under test without the wire cache."""


class Watched(Unlogged, CachedResponseProtocol):
    """Protocol under test, which counts hits of the wire cache by the port of the client."""

    early: dict[int, int]

    def _send(self, ready: RawResponse) -> None:
        assert self.client is not None
        type(self).early[self.client[1]] = type(self).early.get(self.client[1], 0) + 1
        super()._send(ready)


@dataclass(frozen=True, slots=True)
class Served:
    """Running server; `early` has the hits of the wire cache of each client."""

    app: FastAPI
    server: uvicorn.Server
    port: int
    early: dict[int, int]

    def counts(self) -> tuple[int, int, int]:
        """Return the numbers of requests, hits and misses since the start."""
        counters = self.app.state.services.store.counters
        return self.server.server_state.total_requests, counters.hits, counters.misses

    @property
    def connections(self) -> list[HttpToolsProtocol]:
        """Return the open connections."""
        return [each for each in self.server.server_state.connections if isinstance(each, HttpToolsProtocol)]

    @property
    def connection_monitor(self) -> ConnectionMonitor:
        """Return the registry of slow connections."""
        found: ConnectionMonitor = self.server.lifespan.state[MONITOR_KEY]
        return found


class Exchange(NamedTuple):
    """Received bytes without dates, whether the connection stayed open, and the hits of the wire cache."""

    received: bytes
    is_open: bool
    early: int


@contextmanager
def serving(
    address: str,
    *,
    early: bool,
    settings: dict[str, Any] | None = None,
    protocol: type[HttpToolsProtocol] | None = None,
    limits: ConnectionLimits | None = None,
    **options: Any,
) -> Iterator[Served]:
    """Run a server on the database at this URL, from its first response to its end; `options` are uvicorn's."""
    chosen = Settings.model_validate({"database_url": address, "wire_cache": early, **(settings or {})})
    app = create_app(chosen, connection_limits=limits)
    counted: dict[int, int] = {}
    if protocol is None:
        protocol = type("Counted", (Watched,), {"early": counted}) if early else Plain
    given = {"access_log": False, "log_level": "critical", "timeout_keep_alive": 30, **options}
    config = uvicorn.Config(
        app, http=protocol, port=0, lifespan="on", log_config=None, server_header=False, proxy_headers=False, **given
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + MAX_SECONDS
        while not server.started:
            assert thread.is_alive(), "the server stopped"
            assert time.monotonic() < deadline, "the server is not ready"
            time.sleep(0.005)
        yield Served(app, server, server.servers[0].sockets[0].getsockname()[1], counted)
    finally:
        server.should_exit = True
        thread.join(MAX_SECONDS)
    assert not thread.is_alive(), "the server does not end"


async def say(served: Served, segments: Sequence[bytes], responses: str, *, stays: bool) -> Exchange:
    """Send the segments one by one, and read the expected responses before the next; check that it stays open.

    `answers` are statuses, an h after those without a body, and a bar where the next segment is sent.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    port = writer.get_extra_info("sockname")[1]
    received = b""
    try:
        for segment, statuses in zip_longest(segments, responses.split("|"), fillvalue=""):
            writer.write(segment if isinstance(segment, bytes) else b"")
            for status in statuses.split():
                async with asyncio.timeout(MAX_SECONDS):
                    received += await read_response(reader, has_body=not status.endswith("h"))
            if not statuses:
                await asyncio.sleep(BETWEEN_S)
        is_open = await is_quiet(reader, NOTHING_MORE_S if stays else MAX_SECONDS)
        return Exchange(VARYING.sub(b"", received), is_open, served.early.get(port, 0))
    finally:
        writer.close()


async def read_response(reader: asyncio.StreamReader, *, has_body: bool = True) -> bytes:
    """Return one response, or what there is of it before the end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: (\d+)", head)
        if not has_body or length is None:
            return head
        return head + await reader.readexactly(int(length[1]))
    except asyncio.IncompleteReadError as error:
        return error.partial


async def is_quiet(reader: asyncio.StreamReader, seconds: float) -> bool:
    """Return whether the connection stays open for so long and nothing more comes; False at its end."""
    try:
        async with asyncio.timeout(seconds):
            more = await reader.read(1)
    except TimeoutError:
        return True
    assert more == b"", "more was received than expected"
    return False
