"""Client of the export that reads message by message, and may pause or disconnect."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.queries.articles import public_export
from app.services import MAX_EXPORTS

Message = dict[str, Any]


def app_of(client: httpx.AsyncClient) -> FastAPI:
    """Return the app of a client."""
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    found: Any = transport.app
    return found  # type: ignore[no-any-return]


class Client:
    """Client that reads one message at a time, when the test says so, and can disconnect."""

    def __init__(self, app: Any, query: str = "") -> None:
        self._app = app
        self._query = query
        self._left = asyncio.Event()
        self._taken = asyncio.Semaphore(0)
        self._came = asyncio.Condition()
        self.messages: list[Message] = []
        self.task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Send the request."""
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "path": "/v1/export",
            "raw_path": b"/v1/export",
            "root_path": "",
            "scheme": "http",
            "query_string": self._query.encode(),
            "headers": [],
            "client": ("127.0.0.1", 1),
            "server": ("dayline.test", 80),
        }
        self.task = asyncio.create_task(self._app(scope, self._receive, self._send))

    async def take(self, count: int = 1) -> None:
        """Receive so many messages more."""
        expected = len(self.messages) + count
        for _ in range(count):
            self._taken.release()
        async with asyncio.timeout(10), self._came:
            await self._came.wait_for(lambda: len(self.messages) >= expected)

    def receive_all(self) -> None:
        """Receive everything from now on."""
        for _ in range(1_000):
            self._taken.release()

    def leave(self) -> None:
        """Close the connection."""
        self._left.set()

    @property
    def is_complete(self) -> bool:
        """Return whether the last message was sent."""
        return bool(self.messages) and not self.messages[-1].get("more_body", True)

    async def _receive(self) -> Message:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        await self._taken.acquire()
        async with self._came:
            self.messages.append(message)
            self._came.notify_all()


@asynccontextmanager
async def partly_read(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    """Start an export of which a client has received the beginning."""
    monkeypatch.setattr(public_export, "BATCH", 1)
    reading = Client(app_of(client))
    reading.begin()
    await reading.take(2)
    yield reading
    reading.leave()
    assert reading.task is not None
    await asyncio.wait([reading.task])
    assert app_of(client).state.services.export_slots._value == MAX_EXPORTS
    assert not [each for each in threading.enumerate() if each.name.startswith("dayline-stream") and is_busy(each)]


def is_busy(thread: threading.Thread) -> bool:
    """Return whether a thread still runs a moment later."""
    thread.join(2)
    return thread.is_alive()


@asynccontextmanager
async def read_up_to_the_head(client: httpx.AsyncClient) -> AsyncIterator[Client]:
    """Start an export of which only the head was received."""
    reading = Client(app_of(client))
    reading.begin()
    await reading.take()
    yield reading
    assert app_of(client).state.services.export_slots._value == MAX_EXPORTS
