"""Many open streams on one process: delay of a publication at each, and cost of a stream.

python -m bench.streams sqlite:///EMPTY.db --streams 2000 --publishes 10

The database is migrated and may be written to. This process holds the streams, another one serves them; each has a core
of its own where there are two.
"""

import argparse
import asyncio
import json
import math
import os
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import uvloop

from app import clock
from app.actions.catalogue.entries import upsert_entry
from app.actions.keys import create_key
from app.db.database import open_database
from app.domain.api_key import ApiKeyScope
from app.schemas.api_key import ApiKeyCreate
from app.schemas.catalogue_records import EditionRecord
from bench.serving import LOAD_CORE, Server, free_port, on_core, serving

READY = "/health/ready"
PUBLISHED = b"event: article.published"
OPENED_AT_ONCE = 100
SHARE = 0.99
SETTLED_S = 0.4
MAX_SECONDS = 30.0
EDITION = {
    "slug": "global",
    "name": "The Lume Courier",
    "language": "en-GB",
    "timezone": "Europe/Kyiv",
    "site_url": "https://courier.example",
    "default": True,
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds from the writer's request until 99 % and until half of the streams had each publication.

    `received` is the number of streams that had each of them at the end, `cpu_ms` the CPU time of the server for each.
    Memory is the increase of the server's RSS by the streams.
    """

    streams: int
    within_ms: list[float]
    half_ms: list[float]
    acknowledged_ms: list[float]
    received: list[int]
    cpu_ms: list[float]
    median_ms: float
    opened_s: float
    kib_per_stream: float


class Reader(asyncio.Protocol):
    """Open stream that records when it receives a publication."""

    def __init__(self, received: list[float]) -> None:
        self._received_at = received
        self.is_open = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Send the request."""
        self._transport = transport  # a reference, else the transport would be closed
        transport.write(b"GET /v1/stream HTTP/1.1\r\nHost: api.example\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        """Record the time."""
        if PUBLISHED in data:
            self._received_at.append(time.perf_counter())
        elif not self.is_open.done() and b"\nid: " in data:
            self.is_open.set_result(None)


async def measure(server: Server, token: str, *, streams: int, publishes: int) -> Figures:
    """Open the streams, then publish repeatedly."""
    received: list[float] = []
    before = server.memory().rss
    begun = time.perf_counter()
    readers = await _open(server, received, streams)
    opened_s = time.perf_counter() - begun
    await asyncio.sleep(1.0)
    figures: list[tuple[float, float, float, int, float]] = []
    for number in range(publishes):
        made = await _ask(
            server, token, "POST", "/v1/editorial/articles", {"edition": "global", "headline": f"No. {number}"}
        )
        received.clear()
        figures.append(await _publish(server, token, made["id"], received, streams))
    took = server.memory().rss - before
    within, half, acknowledged, count, worked = (list(each) for each in zip(*figures, strict=True))
    assert len(readers) == streams
    return Figures(
        streams, within, half, acknowledged, count, worked, statistics.median(within), opened_s, took * 1024 / streams
    )


async def _open(server: Server, received: list[float], streams: int) -> list[Reader]:
    loop, readers = asyncio.get_running_loop(), []
    for begin in range(0, streams, OPENED_AT_ONCE):
        connecting = [
            loop.create_connection(partial(Reader, received), "127.0.0.1", server.port)
            for _ in range(min(OPENED_AT_ONCE, streams - begin))
        ]
        some = [reader for _, reader in await asyncio.gather(*connecting)]
        async with asyncio.timeout(MAX_SECONDS):
            await asyncio.gather(*(each.is_open for each in some))
        readers += some
    return readers


async def _publish(
    server: Server, token: str, article: str, received: list[float], streams: int
) -> tuple[float, float, float, int, float]:
    begun, worked = time.perf_counter(), _cpu_ms(server)
    await _ask(server, token, "PUT", f"/v1/editorial/articles/{article}/publication", {})
    acknowledged = time.perf_counter()
    while len(received) < streams and time.perf_counter() - begun < MAX_SECONDS:  # noqa: ASYNC110 - it would be set 2,000 times
        await asyncio.sleep(0.005)
    await asyncio.sleep(SETTLED_S)  # a repeat would arrive within this time
    at, worked = sorted(received), _cpu_ms(server) - worked

    def after(share: float) -> float:
        place = math.ceil(streams * share) - 1
        return (at[place] - begun) * 1000 if place < len(at) else math.inf

    return after(SHARE), after(0.5), (acknowledged - begun) * 1000, len(received), worked


def _cpu_ms(server: Server) -> float:
    """Return the CPU time that a process has used, on Linux."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


async def _ask(server: Server, token: str, method: str, path: str, body: dict[str, Any]) -> Any:
    """Send one request of the editorial API on a new connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    content = json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)
    response_head, _, response = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    assert response_head.split(b" ")[1].startswith(b"2"), response.decode()
    return json.loads(response)


async def prepare(address: str) -> str:
    """Create an edition, and return the token of a key that may publish."""
    database = open_database(address)
    try:
        record = ApiKeyCreate(name="Bench", scopes=[ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH])
        await database.write(upsert_entry, EditionRecord.model_validate(EDITION), now=clock.now())
        _, token = await database.write(create_key, record, now=clock.now())
    finally:
        await database.close()
    return token


def run(address: str, *, streams: int, publishes: int) -> Figures:
    """Serve this database and measure."""
    token = asyncio.run(prepare(address))
    port = free_port()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    with tempfile.TemporaryDirectory() as folder:
        settings = {"DAYLINE_DATABASE_URL": address}
        with serving(command, port, Path(folder), ready=READY, settings=settings) as server, on_core(LOAD_CORE):
            return uvloop.run(measure(server, token, streams=streams, publishes=publishes))


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--streams", type=int, default=2_000)
    parser.add_argument("--publishes", type=int, default=10)
    given = parser.parse_args()
    print(json.dumps(asdict(run(given.address, streams=given.streams, publishes=given.publishes)), indent=1))


if __name__ == "__main__":
    main()
