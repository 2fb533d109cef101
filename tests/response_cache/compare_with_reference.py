"""All that was asked so far, asked again of the system with the cache and of the reference, and held side by side."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from fastapi import FastAPI

from app.db.database import Database
from tests.response_cache.compare_responses import differences
from tests.response_cache.plain_messages import Answer, Request, ask
from tests.response_cache.random_requests import Questions, with_limit
from tests.response_cache.representations import in_some_form
from tests.response_cache.second_process import Peer

DEEPEST = 5
FOLLOWED = 0.5


class Stale(AssertionError):  # noqa: N818 - an answer is stale, which is more than an error
    """An answer that is not the fresh one."""


class Asking(Protocol):
    """Whoever answers several requests: this process or another."""

    async def ask(self, requests: Sequence[Request], *, now: int) -> list[Answer]:
        """The answers, in the order of the requests."""


class CountedReads:
    """A database that counts what the app reads from it; an answer from memory reads nothing.

    With a `pause` (seconds) what was read is handed on only then.
    """

    def __init__(self, database: Database) -> None:
        self.count = 0
        self.pause: Callable[[], float] | None = None
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def read(self, *args: Any, **kwargs: Any) -> Any:
        """As it is, and counted."""
        return await self._hand_on(self._database.read(*args, **kwargs))

    async def read_autocommit(self, *args: Any, **kwargs: Any) -> Any:
        """The same."""
        return await self._hand_on(self._database.read_autocommit(*args, **kwargs))

    async def _hand_on(self, reading: Awaitable[Any]) -> Any:
        self.count += 1
        found = await reading
        if self.pause is not None:
            await asyncio.sleep(self.pause())
        return found


class Here:
    """The system under test: the app of this process, with its cache."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.reads = CountedReads(app.state.services.database)
        self.hits: list[bool] = []
        app.state.services.database = self.reads

    async def ask(self, requests: Sequence[Request], *, now: int) -> list[Answer]:
        """The answers in turn; `hits` tells which of them read nothing. The clock of this process stands already."""
        del now
        answers: list[Answer] = []
        self.hits = []
        for request in requests:
            before = self.reads.count
            answers.append(await ask(self.app, request))
            self.hits.append(self.reads.count == before)
        return answers


@dataclass(slots=True)
class Kept:
    """The targets asked so far with the tags and dates they came with; `counts` tells what came of asking again.

    `reading` are those whose answer is made from the database.
    """

    random: Random
    questions: Questions
    reference: Peer
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    depth: dict[str, int] = field(default_factory=dict)
    reading: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)

    def draw(self, count: int) -> list[str]:
        """Up to so many targets, at random."""
        return self.random.sample([*self.asked], min(count, len(self.asked)))

    def invent(self, count: int) -> list[str]:
        """New targets; some are old ones in other words."""
        return [
            self.questions.vary(self.random.choice([*self.asked]))
            if self.asked and self.random.random() < 0.12
            else self.questions.make()
            for _ in range(count)
        ]

    async def compare(self, targets: Iterable[str], places: Sequence[Asking], *, now: int) -> None:
        """Ask all of these places and the reference the same; Stale names the first that differ."""
        requests = [in_some_form(self.random, target, self.asked.get(target, {})) for target in targets]
        fresh = asyncio.ensure_future(self.reference.ask(requests, now=now))
        found = [await place.ask(requests, now=now) for place in places]
        expected = await fresh
        for number, answers in enumerate(found):
            self._check(requests, answers, expected, number)
        for place in places:
            if isinstance(place, Here):
                self._count(requests, place.hits)
        for request, answer in zip(requests, expected, strict=True):
            self._learn(request.target, answer)

    def _check(
        self, requests: Sequence[Request], answers: Sequence[Answer], expected: Sequence[Answer], number: int
    ) -> None:
        stale: list[str] = []
        for request, answer, fresh in zip(requests, answers, expected, strict=True):
            self.counts.update(("compared", str(fresh.status)))
            if found := differences(request, answer, fresh):
                form = " ".join(f"[{name}: {value}]" for name, value in request.headers)
                stale.append("\n  ".join((f"{request.method} {request.target} {form} (process {number})", *found)))
        if stale:
            raise Stale(f"{len(stale)} of {len(requests)} answers are not the fresh ones:\n" + "\n".join(stale[:5]))

    def _count(self, requests: Sequence[Request], hits: Sequence[bool]) -> None:
        """Of what has to be read the first time: how often it was asked again, and was read again."""
        for request, is_hit in zip(requests, hits, strict=True):
            if request.target in self.reading:
                self.counts["from memory" if is_hit else "read again"] += 1
            elif not is_hit:
                self.reading.add(request.target)

    def _learn(self, target: str, answer: Answer) -> None:
        known = self.asked.setdefault(target, {})
        for name in ("etag", "last-modified"):
            if (value := answer.header(name)) is not None:
                known[name] = value
        depth = self.depth.setdefault(target, 0)
        link = answer.header("link")
        if link is not None and depth < DEEPEST and self.random.random() < FOLLOWED:
            href = with_limit(self.random, self.random.choice(re.findall(r"<([^>]+)>", link)))
            self.asked.setdefault(href, {})
            self.depth.setdefault(href, depth + 1)
