"""Readers who never stop asking while a desk writes: each answer must be of a moment while it was waited for."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.response_cache.compare_responses import differences
from tests.response_cache.compare_with_reference import Stale
from tests.response_cache.history import History
from tests.response_cache.plain_messages import Answer, Request, ask

READERS = 6
PAUSES_S = (0.0, 0.0, 0.001, 0.004)  # between what is read from the database and what is made of it


class Seen(NamedTuple):
    """An answer, how many writes had been acknowledged when it was asked for, and how many begun when it came."""

    target: str
    acknowledged: int
    begun: int
    answer: Answer


@dataclass(slots=True)
class Race:
    """Some targets asked without rest; `states` are the fresh answers after each write, all writes before it done."""

    history: History
    targets: Sequence[str]
    states: list[dict[str, Answer]] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    _begun: int = 0
    _acknowledged: int = 0
    _is_over: bool = False

    async def run(self, writes: int) -> None:
        """So many writes, one after the other, while everybody asks; Stale names what was never so."""
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
        asked = asyncio.gather(*(self._ask(target) for target in self.targets))
        await self._note_state()
        await asked

    async def _note_state(self) -> None:
        requests = [Request(target) for target in self.targets]
        answers = await self.history.reference.ask(requests, now=self.history.newsroom.now)
        self.states.append(dict(zip(self.targets, answers, strict=True)))

    async def _read(self) -> None:
        random = self.history.newsroom.random
        while not self._is_over:
            await self._ask(random.choice(self.targets))
            await asyncio.sleep(random.choice(PAUSES_S))

    async def _ask(self, target: str) -> None:
        acknowledged = self._acknowledged
        answer = await ask(self.history.here.app, Request(target))
        self.seen.append(Seen(target, acknowledged, self._begun, answer))

    def _check(self) -> None:
        for each in self.seen:
            request = Request(each.target)
            possible = [self.states[i][each.target] for i in range(each.acknowledged, each.begun + 1)]
            found = [differences(request, each.answer, fresh) for fresh in possible]
            if all(found):
                told = "\n  ".join(found[0])
                raise Stale(f"{each.target} after {each.acknowledged} to {each.begun} writes:\n  {told}")
