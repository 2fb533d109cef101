"""Readers that send requests without pauses during writes: each response must be of a moment of its request."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.response_cache.compare_responses import differences
from tests.response_cache.compare_with_reference import Stale
from tests.response_cache.history import History
from tests.response_cache.plain_messages import Request, Response, send_request

READERS = 6
PAUSES_S = (0.0, 0.0, 0.001, 0.004)  # between the database's result and its rendering


class Seen(NamedTuple):
    """Response, the number of writes acknowledged at its request, and of those begun at its arrival."""

    target: str
    acknowledged: int
    begun: int
    response: Response


@dataclass(slots=True)
class Race:
    """Targets requested without pauses; `states` are the fresh responses after each write.

    Each write precedes its state, and the next write follows it.
    """

    history: History
    targets: Sequence[str]
    states: list[dict[str, Response]] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    _begun: int = 0
    _acknowledged: int = 0
    _is_over: bool = False

    async def run(self, writes: int) -> None:
        """Run so many writes, one after the other, during the requests.

        Stale names a response that never was current.
        """
        random = self.history.newsroom.random
        self.history.here.reads.pause = lambda: random.choice(PAUSES_S)
        await self._note_state()
        readers = [asyncio.create_task(self._read()) for _ in range(READERS)]
        try:
            for _ in range(writes):
                await self._write()
        finally:
            self._is_over = True
            await asyncio.gather(*readers)
        self._check()

    async def _write(self) -> None:
        self._begun += 1
        await self.history.write_something()
        self._acknowledged += 1
        readers = asyncio.gather(*(self._ask(target) for target in self.targets))
        await self._note_state()
        await readers

    async def _note_state(self) -> None:
        requests = [Request(target) for target in self.targets]
        responses = await self.history.reference.request_all(requests, now=self.history.newsroom.now)
        self.states.append(dict(zip(self.targets, responses, strict=True)))

    async def _read(self) -> None:
        random = self.history.newsroom.random
        while not self._is_over:
            await self._ask(random.choice(self.targets))
            await asyncio.sleep(random.choice(PAUSES_S))

    async def _ask(self, target: str) -> None:
        acknowledged = self._acknowledged
        response = await send_request(self.history.here.app, Request(target))
        self.seen.append(Seen(target, acknowledged, self._begun, response))

    def _check(self) -> None:
        for each in self.seen:
            request = Request(each.target)
            possible = [self.states[i][each.target] for i in range(each.acknowledged, each.begun + 1)]
            found = [differences(request, each.response, fresh) for fresh in possible]
            if all(found):
                content = "\n  ".join(found[0])
                raise Stale(f"{each.target} after {each.acknowledged} to {each.begun} writes:\n  {content}")
