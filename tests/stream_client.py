"""Client of the stream in this process, which reads as slowly as a test requires."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message

MAX_SECONDS = 10.0


class Block(NamedTuple):
    """Lines between two blank lines: the fields, and whether a browser would dispatch an event."""

    fields: dict[str, str]

    @classmethod
    def of(cls, text: str) -> Self:
        """Parse the lines."""
        return cls(dict(line.split(": ", 1) for line in text.split("\n") if line[0] != ":"))

    @property
    def is_event(self) -> bool:
        """Return whether it has data, as every event does."""
        return "data" in self.fields

    @property
    def change(self) -> dict[str, Any]:
        """Return the change in its data, which equals its other fields."""
        change: dict[str, Any] = json.loads(self.fields["data"])
        assert (self.fields["id"], self.fields["event"]) == (str(change["seq"]), change["type"])
        return change


class Listening:
    """One request for the stream, sent directly to the app; `takes` is cleared to stop reading."""

    def __init__(self, app: ASGIApp, address: str, headers: Mapping[str, str]) -> None:
        place = urlsplit(address)
        self.takes = asyncio.Event()
        self.takes.set()
        self.started: Message = {}
        self.body = b""
        self.is_cut = False
        self.transport = self  # as a connection of a server has one
        self._heard = asyncio.Event()
        self._leaves = asyncio.Event()
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": place.path,
            "raw_path": place.path.encode(),
            "query_string": place.query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "server": ("dayline.test", 80),
            "client": ("127.0.0.1", 40_000),
            "state": {},
        }
        self.task = asyncio.ensure_future(app(scope, self.receive, self.send))

    async def receive(self) -> Message:
        """Return the next ASGI message of the client."""
        await self._leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Receive a message when the client reads."""
        await self.takes.wait()
        if self.is_cut:
            return
        if message["type"] == "http.response.start":
            self.started = message
        else:
            self.body += message.get("body", b"")
        self._heard.set()

    def abort(self) -> None:
        """Close the connection, as a server's transport does."""
        self.is_cut = True
        self._leaves.set()
        self.takes.set()

    @property
    def blocks(self) -> list[Block]:
        """Return everything that was received completely."""
        whole = self.body.decode().split("\n\n")[:-1]
        return [Block.of(text) for text in whole]

    @property
    def changes(self) -> list[dict[str, Any]]:
        """Return the changes that were received."""
        return [block.change for block in self.blocks if block.is_event]

    @property
    def numbers(self) -> list[int]:
        """Return their sequence numbers."""
        return [change["seq"] for change in self.changes]

    @property
    def last_id(self) -> str:
        """Return the id that a browser would send as Last-Event-ID."""
        return [block.fields["id"] for block in self.blocks if "id" in block.fields][-1]

    async def until(self, count: int) -> list[dict[str, Any]]:
        """Return the changes, once there are so many."""
        return await self.until_last(lambda: len(self.changes) >= count)

    async def until_last(self, is_there: Any) -> list[dict[str, Any]]:
        """Return the changes, once the condition is true."""
        async with asyncio.timeout(MAX_SECONDS):
            while not is_there():
                self._heard.clear()
                await self._heard.wait()
        return self.changes

    async def leave(self) -> None:
        """Disconnect, and wait until the request has ended."""
        self._leaves.set()
        await self.wait_for_end()

    async def wait_for_end(self) -> None:
        """Wait until the server has ended it."""
        await asyncio.wait_for(self.task, MAX_SECONDS)


@asynccontextmanager
async def listening(app: ASGIApp, address: str = "/v1/stream", **headers: str) -> AsyncIterator[Listening]:
    """Open a stream that has begun."""
    stream = Listening(app, address, {name.replace("_", "-"): value for name, value in headers.items()})
    try:
        await stream.until_last(lambda: stream.body or stream.task.done())
        yield stream
    finally:
        await stream.leave()
