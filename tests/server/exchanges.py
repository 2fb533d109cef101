"""Raw exchanges with a server on this machine: bytes in, responses out."""

import asyncio
import json
import re
import select
import socket
import time
from dataclasses import dataclass
from typing import Any

MAX_S = 15.0


@dataclass(frozen=True, slots=True)
class RawResponse:
    """One response as received over the connection."""

    status: int
    fields: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        """Return the body as problem details."""
        found: dict[str, Any] = json.loads(self.body)
        return found


async def exchange(port: int, *segments: bytes, max_s: float = MAX_S) -> bytes:
    """Send the segments, and return everything that comes back until the server ends the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(max_s):
            for segment in segments:
                writer.write(segment)
                await asyncio.sleep(0.01)
            return await reader.read()
    finally:
        writer.close()


def parse_responses(received: bytes) -> list[RawResponse]:
    """Parse responses that follow each other; all have a Content-Length."""
    found = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        status = re.fullmatch(r"HTTP/1\.1 (\d{3}) .+", line)
        assert status is not None, line
        fields = {name.lower(): value for name, value in (each.split(": ", 1) for each in lines)}
        size = int(fields["content-length"])
        found.append(RawResponse(int(status[1]), fields, rest[:size]))
        received = rest[size:]
    return found


async def get_timeline(port: int) -> float:
    """Return the seconds that a request on a new connection takes."""
    begun = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /v1/timeline HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\n\r\n")
    async with asyncio.timeout(MAX_S):
        received = await reader.read()
    writer.close()
    assert received.startswith(b"HTTP/1.1 200 ")
    return time.monotonic() - begun


def flood(port: int, request: bytes, count: int, seconds: float) -> None:
    """Send a request in a loop on several connections, as fast as the server reads it, and read no response."""
    block = request * (262_144 // len(request))
    left = {socket.create_connection(("127.0.0.1", port)): b"" for _ in range(count)}
    for connection in left:
        connection.setblocking(False)
    ends_at = time.monotonic() + seconds
    while left and time.monotonic() < ends_at:
        for connection in select.select([], left, [], 0.1)[1]:
            part = left[connection] or block
            try:
                left[connection] = part[connection.send(part) :]
            except ConnectionError:
                del left[connection]
