"""Server that a mirror reads from: it restarts, and the network to it fails at times."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random

import httpx

from tests.api.public.docs_mirror import FlakyTransport
from tests.conftest import opened
from tests.webhooks.endpoints import until


class Source:
    """Server on a database, which completes pending requests at its end."""

    def __init__(self, address: str, random: Random) -> None:
        self.failure_rate = 0.0
        self.counts: Counter[str] = Counter()
        self._address = address
        self._random = random
        self._under_way = 0
        self._weather: FlakyTransport | None = None
        self._clients: tuple[httpx.AsyncClient, httpx.AsyncClient] | None = None
        self._stack = AsyncExitStack()

    async def begin(self) -> None:
        """Start it."""
        fair = await self._stack.enter_async_context(opened(self._address))
        self._weather = FlakyTransport(fair._transport, self._random, self.counts)
        bad = httpx.AsyncClient(transport=self._weather, base_url="http://dayline.test")
        self._clients = fair, await self._stack.enter_async_context(bad)
        self.counts["sources"] += 1

    async def end(self) -> None:
        """Accept no more requests, complete the pending ones, and end."""
        self._clients = None
        await until(lambda: self._under_way == 0)
        await self._stack.aclose()

    async def restart(self) -> None:
        """End, and start again."""
        await self.end()
        await self.begin()

    @asynccontextmanager
    async def connect(self, *, is_fair: bool = False) -> AsyncIterator[httpx.AsyncClient]:
        """Return a client, without network faults if requested; ConnectError while no server runs."""
        if self._clients is None or self._weather is None:
            raise httpx.ConnectError("nobody answers")
        self._weather.failure_rate = self.failure_rate
        self._under_way += 1
        try:
            yield self._clients[not is_fair]
        finally:
            self._under_way -= 1
