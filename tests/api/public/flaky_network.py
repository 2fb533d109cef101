"""The way to a source that streams: connections break off anywhere, readers are slow, sources end and begin."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.types import Message

from tests.api.public.docs_mirror import Weather
from tests.stream_client import MAX_SECONDS, Listening

MAX_REACH = 1_200  # bytes of a connection that breaks off: two or three changes
MAX_LAG_S = 0.04


class Nobody(httpx.AsyncBaseTransport):
    """No source at the other end."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        raise httpx.ConnectError("nobody listens", request=request)


class Line(Listening, httpx.AsyncByteStream):
    """A connection on which a stream arrives: so many bytes of it at most, each part after so many seconds."""

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
        """The answer, as soon as its first words are there."""
        try:
            await self.until_last(lambda: self.started or self.task.done())
        except BaseException:
            await self.leave()
            raise
        if not self.started:
            raise httpx.RemoteProtocolError("the connection is gone before an answer")
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
        """Take it, when the client reads; what was under way when the connection was cut arrives in part."""
        if self._lag_s:
            await asyncio.sleep(self._lag_s)
        was_cut = self.is_cut
        await super().send(message)
        if self.is_cut and not was_cut:
            body = message.get("body", b"")
            self.body += body[: len(body) // 2]

    def abort(self) -> None:
        """Cut the connection, as a server does with a client that takes nothing."""
        self._counts["dropped"] += 1
        super().abort()

    def break_off(self) -> None:
        """Cut the connection, from one moment to the next."""
        self._counts["cut"] += not self.task.done()
        super().abort()

    async def aclose(self) -> None:
        """The client is done with it."""
        await self.leave()

    async def ended(self) -> None:
        """Wait until the server has ended it, whatever becomes of who waits."""
        await asyncio.wait({self.task}, timeout=MAX_SECONDS)
        assert self.task.done()
        assert not self.task.cancelled()
        self.task.result()


class StreamWeather(Weather):
    """Weather in which streams arrive bit by bit, from one source after the other and none in between."""

    def __init__(self, random: Random, counts: Counter[str]) -> None:
        super().__init__(Nobody(), random, counts)
        self.is_up = asyncio.Event()
        self._app: FastAPI
        self._lines: list[Line] = []
        self._is_held = False
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def begin(self, source: httpx.ASGITransport) -> None:
        """From now on there is this source."""
        app: Any = source.app
        self._inner, self._app = source, app
        self.is_up.set()

    async def end(self, *, gracefully: bool) -> None:
        """The source ends: it answers what it was asked, and says goodbye to streams; or it does neither."""
        self.is_up.clear()
        self._inner = Nobody()
        if gracefully:
            self._app.state.services.log_watcher.shutdown()
            self._app.state.services.stream_hub.shutdown()
        else:
            self.break_off()
        self.let_go()
        for line in self._lines:
            await line.ended()
        await self._idle.wait()

    def break_off(self) -> None:
        """Every connection is gone, whatever was under way."""
        for line in self._lines:
            line.break_off()

    def hold(self) -> None:
        """Nobody takes anything off any line."""
        self._is_held = True
        for line in self._lines:
            line.takes.clear()

    def let_go(self) -> None:
        """They go on."""
        self._is_held = False
        for line in self._lines:
            line.takes.set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
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
        is_whole = self._arrives()
        if not self.is_up.is_set():
            raise httpx.ConnectError("nobody listens")
        reach = None if is_whole else self._random.randrange(1, MAX_REACH)
        lag_s = self._random.uniform(0, MAX_LAG_S) if self._random.random() < 0.2 else 0
        line = Line(self._app, request, self._counts, reach=reach, lag_s=lag_s)
        self._lines = [*(each for each in self._lines if not each.task.done()), line]
        self._counts["connections"] += 1
        if self._is_held:
            line.takes.clear()
        return await line.begun()
