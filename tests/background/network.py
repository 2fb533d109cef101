"""CDN that accepts purges on a loopback port: it records them, and can be down, slow or faulty."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

MAX_SECONDS = 10.0


@dataclass(slots=True)
class Purge:
    """Request as received: its time, line and fields, and the keys."""

    at: float
    line: str
    fields: dict[str, str]

    @property
    def keys(self) -> list[str]:
        """Return the keys to purge."""
        return self.fields["surrogate-key"].split(" ")


@dataclass(slots=True)
class Network:
    """Purges received; the CDN responds with `status`, and not before `is_open` is set."""

    port: int = 0
    status: int = 200
    purges: list[Purge] = field(default_factory=list)
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: int = 0
    at_once_most: int = 0
    connections: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def address(self) -> str:
        """Return its URL for purges."""
        return f"http://127.0.0.1:{self.port}/purge"

    def with_key(self, key: str) -> list[Purge]:
        """Return the purges of that key."""
        return [purge for purge in self.purges if key in purge.keys]

    async def respond(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Handle the requests of one connection."""
        self.connections.add(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *lines = head.decode().strip().split("\r\n")
                fields = {name.lower(): value for name, value in (each.split(": ", 1) for each in lines)}
                self.purges.append(Purge(time.monotonic(), line, fields))
                self.at_once += 1
                self.at_once_most = max(self.at_once_most, self.at_once)
                try:
                    await self.is_open.wait()
                finally:
                    self.at_once -= 1
                writer.write(f"HTTP/1.1 {self.status} Said\r\ncontent-length: 0\r\n\r\n".encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.connections.discard(writer)
            writer.close()


async def until(condition: Callable[[], object], *, most: float = MAX_SECONDS) -> None:
    """Wait until it is true."""
    deadline = time.monotonic() + most
    while not condition():
        assert time.monotonic() < deadline, "it never became true"
        await asyncio.sleep(0.005)


@asynccontextmanager
async def a_network(port: int = 0) -> AsyncIterator[Network]:
    """Run an open CDN in this context."""
    network = Network()
    network.is_open.set()
    server = await asyncio.start_server(network.respond, "127.0.0.1", port, limit=1 << 20)
    network.port = server.sockets[0].getsockname()[1]
    try:
        yield network
    finally:
        network.is_open.set()
        server.close()
        for writer in network.connections:  # `wait_closed` waits for them from Python 3.12 on
            writer.close()
        await server.wait_closed()
