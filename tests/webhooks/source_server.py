"""The server that a mirror reads from: it ends and begins anew, and the way to it is bad at times."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random

import httpx

from tests.api.public.docs_mirror import Weather
from tests.conftest import opened
from tests.webhooks.endpoints import until


class Source:
    """A server on a database, which at its end still answers what it was asked before."""

    def __init__(self, address: str, random: Random) -> None:
        self.badness = 0.0
        self.counts: Counter[str] = Counter()
        self._address = address
        self._random = random
        self._under_way = 0
        self._weather: Weather | None = None
        self._clients: tuple[httpx.AsyncClient, httpx.AsyncClient] | None = None
        self._stack = AsyncExitStack()

    async def begin(self) -> None:
        """Serve."""
        fair = await self._stack.enter_async_context(opened(self._address))
        self._weather = Weather(fair._transport, self._random, self.counts)
        bad = httpx.AsyncClient(transport=self._weather, base_url="http://dayline.test")
        self._clients = fair, await self._stack.enter_async_context(bad)
        self.counts["sources"] += 1

    async def end(self) -> None:
        """Take no more questions, answer those that were taken, and end."""
        self._clients = None
        await until(lambda: self._under_way == 0)
        await self._stack.aclose()

    async def restart(self) -> None:
        """End, and begin anew."""
        await self.end()
        await self.begin()

    @asynccontextmanager
    async def asked(self, *, is_fair: bool = False) -> AsyncIterator[httpx.AsyncClient]:
        """A client, in fair weather if that is asked for; ConnectError while nobody serves."""
        if self._clients is None or self._weather is None:
            raise httpx.ConnectError("nobody answers")
        self._weather.badness = self.badness
        self._under_way += 1
        try:
            yield self._clients[not is_fair]
        finally:
            self._under_way -= 1
