"""Servers over one database that share no memory, as on machines of their own, and clients of them over raw sockets."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import asyncpg
from sqlalchemy import Connection

from app import clock
from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import upsert_entry
from app.actions.keys import create_key
from app.domain.api_key import ApiKeyScope
from app.domain.tsid import format_id
from app.schemas.api_key import ApiKeyCreate
from tests.conftest import run_once
from tests.records import article, edition
from tests.response_cache.threaded_server import read_response
from tests.server_process import Server, free_port, start_server

PUBLISHED_AT = "2026-11-20T10:00:00Z"
HOT = 3  # requests after which a server responds before ASGI
MAX_SECONDS = 30.0

_LISTENING = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE '%pg_current_snapshot%' AND pid <> pg_backend_pid()
"""


@dataclass(slots=True)
class Machine:
    """A server with a temporary folder of its own, and one connection to it.

    `session` is the process of the PostgreSQL server that it listens to.
    """

    server: Server
    token: str
    session: int = 0
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(self, method: str, path: str, content: dict[str, Any] | None = None) -> int:
        """Send a request; the status of its response."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.server.port)
        reader, writer = self._streams
        body = b"" if content is None else json.dumps(content).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
        if method != "GET":
            head += f"Authorization: Bearer {self.token}\r\n"
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(head.encode() + b"\r\n" + body)
        async with asyncio.timeout(MAX_SECONDS):
            response = await read_response(reader)
        return int(response.split(b" ", 2)[1])

    def close(self) -> None:
        """Close the connection and end the server."""
        if self._streams is not None:
            self._streams[1].close()
        self.server.end()


@dataclass(slots=True)
class Tries:
    """Withdrawals and restorations of one article on one machine, each followed by reads on the others."""

    writer: Machine
    readers: list[Machine]
    article_id: str
    stale: int = 0
    seconds: list[float] = field(default_factory=list)

    async def warm(self) -> None:
        """Fill the caches of the readers."""
        for _ in range(HOT):
            for reader in self.readers:
                await reader.request("GET", f"/v1/articles/{self.article_id}")

    async def withdraw(self) -> None:
        """Withdraw it, and read it from each other machine once that is acknowledged."""
        await self._write("PUT", {"notice": "Withdrawn."}, expected=410)

    async def restore(self) -> None:
        """Restore it, and read it from each other machine likewise."""
        await self._write("DELETE", None, expected=200)

    async def run(self, count: int) -> Self:
        """Make `count` writes, every other of them a withdrawal."""
        for number in range(count):
            await self.warm()
            await (self.restore() if number % 2 else self.withdraw())
        return self

    async def _write(self, method: str, content: dict[str, Any] | None, *, expected: int) -> None:
        begun = time.perf_counter()
        status = await self.writer.request(method, f"/v1/editorial/articles/{self.article_id}/withdrawal", content)
        self.seconds.append(time.perf_counter() - begun)
        assert status == 200
        found = await asyncio.gather(*(each.request("GET", f"/v1/articles/{self.article_id}") for each in self.readers))
        self.stale += sum(status != expected for status in found)

    def figures(self) -> str:
        """Return the number of stale responses, and how long the writes took."""
        seconds = sorted(self.seconds)
        p50, p99 = (seconds[int(len(seconds) * share)] * 1e3 for share in (0.5, 0.99))
        return (
            f"{self.stale} stale of {len(seconds) * len(self.readers)}; a write takes p50 {p50:.1f}, p99 {p99:.1f} ms"
        )


def _fill(connection: Connection) -> tuple[str, str]:
    now = clock.now()
    upsert_entry(connection, edition(), now=now)
    (article_id,) = upsert_articles(connection, [article(PUBLISHED_AT, source_id="a")], now=now).ids
    record = ApiKeyCreate(name="desk", scopes=[ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH])
    _prefix, token = create_key(connection, record, now=now)
    return format_id(article_id), token


@asynccontextmanager
async def machines(address: str, folder: Path, count: int, *, are_one: bool = False) -> AsyncIterator[Tries]:
    """Start machines over an empty database, the last of which writes; `are_one` lets them share memory."""
    article_id, token = await asyncio.to_thread(run_once, address, _fill)
    async with AsyncExitStack() as stack:
        running: list[Machine] = []
        for number in range(count):
            own = folder / f"machine-{0 if are_one else number}"
            own.mkdir(exist_ok=True)
            machine = Machine(start_server(address, own, free_port(), TMPDIR=str(own)), token)
            stack.callback(machine.close)
            running.append(machine)
            await machine.server.wait_ready()
            if address.startswith("postgresql"):
                machine.session = await _new_session(address, {each.session for each in running})
        *readers, writer = running
        yield Tries(writer, readers, article_id)


async def _new_session(address: str, known: set[int]) -> int:
    """Return the server process of a machine's listening connection, once it has polled."""
    connection = await asyncpg.connect(address)
    try:
        async with asyncio.timeout(MAX_SECONDS):
            while True:
                for row in await connection.fetch(_LISTENING):
                    if row["pid"] not in known:
                        return int(row["pid"])
                await asyncio.sleep(0.02)
    finally:
        await connection.close()
