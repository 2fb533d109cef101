"""Network to a streaming source: connections close anywhere, readers are slow, sources stop and start."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.types import Message

from tests.api.public.docs_mirror import FlakyTransport
from tests.stream_client import MAX_SECONDS, Listening

MAX_REACH = 1_200  # bytes of a connection before it closes: two or three changes
MAX_LAG_S = 0.04


class NoSource(httpx.AsyncBaseTransport):
    """Transport without a source."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Handle one request."""
        raise httpx.ConnectError("no source is running", request=request)


class StreamConnection(Listening, httpx.AsyncByteStream):
    """Connection on which a stream arrives: at most so many bytes of it, each part after so many seconds."""

    def __init__(
        self,
        app: FastAPI,
        request: httpx.Request,
        counts: Counter[str],
        *,
        reach: int | None = None,
        lag_s: float = 0,
    ) -> None:
        headers = {**request.headers, "accept-encoding": "identity"}
        super().__init__(app, request.url.raw_path.decode(), headers)
        self._reach = reach
        self._lag_s = lag_s
        self._read = 0
        self._counts = counts
        self.task.add_done_callback(lambda _: self._heard.set())

    async def begun(self) -> httpx.Response:
        """Return the response as soon as its first bytes are there."""
        try:
            await self.until_last(lambda: self.started or self.task.done())
        except BaseException:
            await self.leave()
            raise
        if not self.started:
            raise httpx.RemoteProtocolError("the connection was closed before a response")
        return httpx.Response(self.started["status"], headers=self.started["headers"], stream=self)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while not (self.task.done() and self._read == len(self.body)):
            await self.until_last(lambda: self._read < len(self.body) or self.task.done())
            chunk = self.body[self._read : self._reach]
            if chunk:
                self._read += len(chunk)
                yield chunk
            if self._read == self._reach:
                self._counts["cut"] += 1
                raise httpx.ReadError("the connection is gone")
        if self.is_cut:
            raise httpx.ReadError("the source has cut the connection")

    async def send(self, message: Message) -> None:
        """Receive a part when the client reads; of a closed connection only a part arrives."""
        if self._lag_s:
            await asyncio.sleep(self._lag_s)
        was_cut = self.is_cut
        await super().send(message)
        if self.is_cut and not was_cut:
            body = message.get("body", b"")
            self.body += body[: len(body) // 2]

    def abort(self) -> None:
        """Close the connection, as a server does with a client that reads nothing."""
        self._counts["dropped"] += 1
        super().abort()

    def drop(self) -> None:
        """Close the connection at once."""
        self._counts["cut"] += not self.task.done()
        super().abort()

    async def aclose(self) -> None:
        """Close the response."""
        await self.leave()

    async def wait_for_end(self) -> None:
        """Wait until the server has ended it, even if the waiting task is cancelled."""
        await asyncio.wait({self.task}, timeout=MAX_SECONDS)
        assert self.task.done()
        assert not self.task.cancelled()
        self.task.result()


class StreamNetwork(FlakyTransport):
    """Network on which streams arrive in parts, from one source after the other with pauses between them."""

    def __init__(self, random: Random, counts: Counter[str]) -> None:
        super().__init__(NoSource(), random, counts)
        self.is_up = asyncio.Event()
        self._app: FastAPI
        self._lines: list[StreamConnection] = []
        self._is_held = False
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def begin(self, source: httpx.ASGITransport) -> None:
        """Connect this source."""
        app: Any = source.app
        self._inner, self._app = source, app
        self.is_up.set()

    async def end(self, *, gracefully: bool) -> None:
        """Disconnect the source: it completes its responses and ends its streams, or does neither."""
        self.is_up.clear()
        self._inner = NoSource()
        if gracefully:
            self._app.state.services.log_watcher.shutdown()
            self._app.state.services.stream_hub.shutdown()
        else:
            self.drop()
        self.resume_reading()
        for line in self._lines:
            await line.wait_for_end()
        await self._idle.wait()

    def drop(self) -> None:
        """Close every connection, with whatever is in transit."""
        for line in self._lines:
            line.drop()

    def pause_reading(self) -> None:
        """Stop reading from every connection."""
        self._is_held = True
        for line in self._lines:
            line.takes.clear()

    def resume_reading(self) -> None:
        """Continue reading."""
        self._is_held = False
        for line in self._lines:
            line.takes.set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Handle one request."""
        if request.url.path == "/v1/stream":
            return await self._open(request)
        self._under_way += 1
        self._idle.clear()
        try:
            return await super().handle_async_request(request)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def _open(self, request: httpx.Request) -> httpx.Response:
        is_complete = self._arrives()
        if not self.is_up.is_set():
            raise httpx.ConnectError("no source is running")
        reach = None if is_complete else self._random.randrange(1, MAX_REACH)
        lag_s = self._random.uniform(0, MAX_LAG_S) if self._random.random() < 0.2 else 0
        line = StreamConnection(self._app, request, self._counts, reach=reach, lag_s=lag_s)
        self._lines = [*(each for each in self._lines if not each.task.done()), line]
        self._counts["connections"] += 1
        if self._is_held:
            line.takes.clear()
        return await line.begun()
