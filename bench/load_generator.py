"""A small load generator for machines without wrk: keep-alive connections over raw sockets, in one process.

.venv/bin/python -m bench.load_generator --port 8000 --connections 32 --seconds 3 --path /v1/timeline
"""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, count, repeat
from pathlib import Path
from statistics import quantiles
from typing import cast

import uvloop

ENOUGH_TIMES = 2
RANDOM_ID = "X-Request-ID: random"
"""Header field that gives each request a different id."""
NOT_MODIFIED, FIRST_REFUSED = 304, 400


@dataclass(slots=True)
class Counts:
    """Responses so far; `times` are their durations in seconds."""

    refused: int = 0
    failed: int = 0
    times: list[float] = field(default_factory=list)


class LoadConnection(asyncio.Protocol):
    """Connection that sends a request after each complete response."""

    def __init__(self, requests: Iterator[bytes], counts: Counts, until: float) -> None:
        self._requests, self._counts, self._until = requests, counts, until
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._asked_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transport is no subclass of asyncio's
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Send the next request after a complete response."""
        self._received += data
        head, between, body = self._received.partition(b"\r\n\r\n")
        if not between:
            return
        status = int(head[9:12])
        _, named, rest = head.lower().partition(b"\r\ncontent-length:")
        if named and status != NOT_MODIFIED and len(body) < int(rest.partition(b"\r\n")[0]):
            return
        self._counts.refused += status >= FIRST_REFUSED
        self._counts.times.append(time.perf_counter() - self._asked_at)
        self._received = b""
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """Record an error if the connection ends before the run."""
        if not self.ended.done():
            self._counts.failed += 1
            self.ended.set_result(None)
        del exc

    def _ask(self) -> None:
        request = next(self._requests, None) if time.perf_counter() < self._until else None
        assert self._transport is not None
        if request is not None:
            self._asked_at = time.perf_counter()
            self._transport.write(request)
        elif not self.ended.done():
            self.ended.set_result(None)
            self._transport.close()


async def send_requests(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> dict[str, float]:
    """Send requests for this time on this many connections, each after the previous response."""
    counts, begun = Counts(), time.perf_counter()
    loop = asyncio.get_running_loop()
    pending = [
        (await loop.create_connection(lambda: LoadConnection(requests, counts, begun + seconds), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    await asyncio.wait([each.ended for each in pending], timeout=seconds + 10)
    taken = time.perf_counter() - begun
    slowest = quantiles(counts.times, n=100)[-1] if len(counts.times) >= ENOUGH_TIMES else 0.0
    return {
        "requests": len(counts.times),
        "seconds": taken,
        "refused": counts.refused,
        "failed": counts.failed,
        "p99_ms": slowest * 1000,
    }


def main() -> None:
    """Send requests, and print the result as one line of JSON."""
    parser = argparse.ArgumentParser(description="Send requests to a server on this machine as fast as it responds.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--path", help="A path to request repeatedly.")
    parser.add_argument("--paths", type=Path, help="A file of paths, each requested once.")
    parser.add_argument("--headers", type=json.loads, default={}, help="A JSON object of headers.")
    options = parser.parse_args()
    headers = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "127.0.0.1", **options.headers}.items())
    paths = repeat(options.path) if options.paths is None else chain(options.paths.read_text().split())
    plain = (f"GET {path} HTTP/1.1\r\n{headers}\r\n" for path in paths)
    numbers = count(10**9)
    requests = (each.replace(RANDOM_ID, f"X-Request-ID: {next(numbers):016d}").encode() for each in plain)
    print(json.dumps(uvloop.run(send_requests(options.port, requests, options.connections, options.seconds))))


if __name__ == "__main__":
    main()
