"""Process of a mirror that receives webhooks: it fails at random, is killed at any time, and restarts from its file."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from random import Random
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook

from tests.webhooks.delivery_checks import DeliveryChecks
from tests.webhooks.endpoints import SECRET
from tests.webhooks.receivers import Receiver, a_receiver, answering, hanging
from tests.webhooks.source_server import Source
from tests.webhooks.webhook_mirror import WebhookMirror

FATES = {"fail": 6, "put off": 4, "lead away": 2, "hang up": 6, "forget": 8, "hang": 1, "dawdle": 1, "want no more": 1}
PUT_OFF = (answering(503, "retry-after: 1"), answering(429, "retry-after: 1"))
FAILING = (answering(500), answering(502), answering(404))
LOOKS = 0.2  # the share of messages after whose receipt the source is read
PAUSE_S = 0.005


class MirrorReceiver:
    """Receiver on this machine that stores a message in its file before it acknowledges.

    `failure_rate` is the share of requests that it handles badly.
    """

    def __init__(self, file: Path, source: Source, params: dict[str, Any], random: Random) -> None:
        self.counts: Counter[str] = Counter()
        self.failure_rate = 0.0
        self.checks = DeliveryChecks()
        self.file = file
        self.mirror: WebhookMirror
        self._source = source
        self._params = params
        self._random = random
        self._stack: AsyncExitStack | None = None
        self._receiver: Receiver
        self._is_stale = asyncio.Event()

    @property
    def is_up(self) -> bool:
        """Return whether it runs."""
        return self._stack is not None

    @property
    def url(self) -> str:
        """Return its present or last URL."""
        return self._receiver.url

    async def begin(self, *, is_elsewhere: bool = False) -> None:
        """Start from the file, at the same port unless that is taken."""
        stack = AsyncExitStack()
        self.mirror = WebhookMirror(self.file)
        stack.callback(self.mirror.close)
        port = 0 if is_elsewhere or not self.counts["receivers"] else self._receiver.port
        try:
            self._receiver = await stack.enter_async_context(a_receiver(self._receive, port=port))
        except OSError:
            self._receiver = await stack.enter_async_context(a_receiver(self._receive))
        copying = asyncio.create_task(self._copy())
        stack.push_async_callback(self._end, copying)
        self._stack = stack
        self._is_stale.set()
        self.counts["receivers"] += 1

    async def kill(self) -> None:
        """End at any point."""
        stack, self._stack = self._stack, None
        if stack is not None:
            await stack.aclose()

    async def _end(self, copying: asyncio.Task[None]) -> None:
        copying.cancel()
        await asyncio.wait([copying])
        if not copying.cancelled() and (error := copying.exception()) is not None:
            raise error

    async def _copy(self) -> None:
        """Copy all articles again while the file is stale, until that succeeds."""
        while True:
            await self._is_stale.wait()
            self._is_stale.clear()
            while self.mirror.is_stale:
                try:
                    await self.mirror.copy_again(self._source, self._params)
                    self.counts["copies"] += 1
                except httpx.HTTPError:
                    self.counts["failed_copies"] += 1
                    await asyncio.sleep(PAUSE_S)

    async def _receive(self, writer: asyncio.StreamWriter) -> None:
        """Return the receiver's behaviour for the latest message."""
        headers, body = self._receiver.requests[-1]
        try:
            message = Webhook(SECRET).verify(body, headers)
            self.checks.arrive(headers["webhook-id"], message["data"]["seq"])
            await self._treat(headers["webhook-id"], message, writer)
        except Exception as error:
            self.checks.faults.append(repr(error))
            raise

    async def _treat(self, name: str, message: Any, writer: asyncio.StreamWriter) -> None:
        if self._random.random() < self.failure_rate:
            fate = self._random.choices([*FATES], [*FATES.values()])[0]
            self.counts[fate] += 1
            if fate in {"forget", "dawdle"}:
                self._take(name, message)
            await self._mistreat(fate, writer)
            return
        if self._random.random() < LOOKS:
            with suppress(httpx.ConnectError):  # no server runs just now
                await self._look(message)
        self._take(name, message)
        await answering(self._random.choice((200, 202, 204)))(writer)

    async def _mistreat(self, fate: str, writer: asyncio.StreamWriter) -> None:
        match fate:
            case "fail":
                await self._random.choice(FAILING)(writer)
            case "put off":
                await self._random.choice(PUT_OFF)(writer)
            case "lead away":
                await answering(302, "location: http://127.0.0.1/elsewhere")(writer)
            case "want no more":
                await answering(410)(writer)
            case "hang" | "dawdle":
                await hanging(writer)
            case _:
                writer.close()

    def _take(self, name: str, message: Any) -> None:
        is_new = self.mirror.take(message)
        self.checks.take(name)
        self.counts["stored" if is_new else "known"] += 1
        if is_new and message["data"]["article"] is None:
            self._is_stale.set()

    async def _look(self, message: Any) -> None:
        """Read the article of a message: the response must not be older than the message."""
        article = message["data"]["article"]
        if article is None:
            return
        async with self._source.connect(is_fair=True) as client:
            response = await client.get(f"/v1/articles/{article['id']}")
        assert response.status_code in {200, 410}
        self.counts["looked"] += 1
        if response.status_code == 200 and "version" in article:
            assert response.json()["version"] >= article["version"], f"{article['id']} is answered as it was"
