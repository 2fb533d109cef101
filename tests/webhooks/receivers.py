"""Webhook receivers on a loopback port: working ones, and every kind of faulty one."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

TURNS = 4  # of the loop, until an accepted connection has begun

Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Receiver:
    """Requests of a receiver."""

    port: int = 0
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    connections: int = 0
    ended: int = 0
    has_requests: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


def answering(status: int = 200, *fields: str, body: bytes = b"") -> Behaviour:
    """Return a behaviour that responds with this."""
    head = "".join(f"{each}\r\n" for each in (f"content-length: {len(body)}", *fields))

    async def respond(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + body)
        await writer.drain()

    return respond


def writing(*pieces: bytes, every_s: float = 0.0, is_endless: bool = False) -> Behaviour:
    """Return a behaviour that writes the pieces one after the other and disconnects.

    With `is_endless`, the last piece is repeated.
    """

    async def write(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every_s)
        while is_endless:
            writer.write(pieces[-1])
            await writer.drain()
            await asyncio.sleep(every_s)
        writer.close()

    return write


async def hanging(_writer: asyncio.StreamWriter) -> None:
    """Never respond."""
    await asyncio.sleep(60)


@asynccontextmanager
async def a_receiver(
    respond: Behaviour, *, port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """Run a receiver with this behaviour, at this port or at one that is free."""
    receiver = Receiver()
    tasks: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        receiver.connections += 1
        tasks[asyncio.current_task()] = writer
        try:
            with suppress(asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
                while not writer.is_closing():
                    receiver.requests.append(await _read(reader))
                    receiver.has_requests.set()
                    await respond(writer)
        finally:
            receiver.ended += 1
            writer.close()

    server = await asyncio.start_server(receive, "127.0.0.1", port, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        await _take_no_more(server)
        server.close()
        for task, writer in tasks.items():
            if task is not None:
                task.cancel()
                await asyncio.wait([task])
            writer.transport.abort()
        await asyncio.sleep(0.01 if tls else 0)  # what was aborted closes its socket, and so do failed handshakes
        await server.wait_closed()


async def _take_no_more(server: asyncio.Server) -> None:
    """Let accepted connections begin: asyncio would not close them with the server."""
    for each in server.sockets:
        asyncio.get_running_loop().remove_reader(each.fileno())
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def _read(reader: asyncio.StreamReader) -> tuple[dict[str, str], bytes]:
    _line, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    fields = {name.lower(): value for name, value in (each.split(": ", 1) for each in lines)}
    return fields, await reader.readexactly(int(fields["content-length"]))
