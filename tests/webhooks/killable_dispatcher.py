"""Dispatchers that end gracefully or are killed: a killed one releases no lease."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from random import Random
from typing import Any

from app.webhooks.client import DeliveryAttempt
from app.webhooks.dispatcher import Dispatcher
from tests.webhooks.delivery_checks import DeliveryChecks
from tests.webhooks.endpoints import dispatching

DEADLINE_S = 0.15


class KillableDispatcher:
    """Dispatching process, and the last acknowledgement that it received."""

    def __init__(self, dispatcher: Dispatcher, stack: AsyncExitStack, checks: DeliveryChecks) -> None:
        self.dispatcher = dispatcher
        self.heard: str | None = None
        self._stack = stack
        self._sendings = checks
        client = dispatcher._deliverer()._client
        self._send = client.send
        client.send = self._listen  # type: ignore[method-assign]  # only to observe it

    async def end(self) -> None:
        """End it gracefully."""
        await self._stack.aclose()

    async def kill(self) -> None:
        """End it at any point."""
        dispatcher = self.dispatcher
        recording = dispatcher._deliverer()._recording
        tasks = [each for each in (dispatcher._task, *dispatcher._working.values(), *recording) if each is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._sendings.forgive(self.heard)
        dispatcher.owner_id = "nobody"  # so that it releases nothing
        await self._stack.aclose()

    async def _listen(self, url: str, body: bytes, headers: Any, **options: Any) -> DeliveryAttempt:
        attempt = await self._send(url, body, headers, **options)
        if attempt.is_delivered:
            self.heard = headers["webhook-id"]
            self._sendings.acknowledge(headers["webhook-id"])
        return attempt


class KillableDispatchers:
    """None, one or two dispatchers at a time; owners of killed ones are added to `dead`."""

    def __init__(self, address: str, random: Random, dead: set[str]) -> None:
        self.counts: Counter[str] = Counter()
        self._address = address
        self._random = random
        self._dead = dead
        self._living: list[KillableDispatcher] = []

    def __len__(self) -> int:
        return len(self._living)

    async def begin(self, checks: DeliveryChecks) -> None:
        """Start one more."""
        stack = AsyncExitStack()
        sending = dispatching(self._address, delay=self._delay, deadline_s=DEADLINE_S)
        dispatcher = await stack.enter_async_context(sending)
        self._living.append(KillableDispatcher(dispatcher, stack, checks))
        self.counts["senders"] += 1

    async def end_one(self, *, is_killed: bool) -> None:
        """End one."""
        sender = self._living.pop(self._random.randrange(len(self._living)))
        if is_killed:
            owner_id = sender.dispatcher.owner_id
            await sender.kill()
            self._dead.add(owner_id)
            self.counts["senders_killed"] += 1
        else:
            await sender.end()
            self.counts["senders_ended"] += 1

    async def close(self) -> None:
        """End all of them."""
        while self._living:
            await self._living.pop().end()

    def wake(self) -> None:
        """Have them poll at once."""
        for sender in self._living:
            sender.dispatcher.wake()

    def _delay(self, _failures: int, chance: float, *, retry_after_s: int | None = None) -> float:
        """Return a thousandth of the usual or requested delay."""
        return 0.01 * chance + 0.01 * (retry_after_s or 0)
