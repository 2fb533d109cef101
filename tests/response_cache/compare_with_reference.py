"""Comparison of all earlier requests, sent again to the system with the cache and to the reference."""

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
from tests.response_cache.plain_messages import Request, Response, send_request
from tests.response_cache.random_requests import RequestGenerator, with_limit
from tests.response_cache.representations import in_some_form
from tests.response_cache.second_process import OtherProcess

DEEPEST = 5
FOLLOWED = 0.5


class Stale(AssertionError):  # noqa: N818 - a stale response is more than an error
    """Response that differs from the fresh one."""


class Asking(Protocol):
    """Process that responds to several requests: this one or another."""

    async def request_all(self, requests: Sequence[Request], *, now: int) -> list[Response]:
        """Return the responses, in the order of the requests."""


class CountedReads:
    """Database that counts the app's reads; a response from memory reads nothing.

    With a `pause` (seconds), results are delayed by it.
    """

    def __init__(self, database: Database) -> None:
        self.count = 0
        self.pause: Callable[[], float] | None = None
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def read(self, *args: Any, **kwargs: Any) -> Any:
        """Read, and count."""
        return await self._hand_on(self._database.read(*args, **kwargs))

    async def read_autocommit(self, *args: Any, **kwargs: Any) -> Any:
        """Read, and count."""
        return await self._hand_on(self._database.read_autocommit(*args, **kwargs))

    async def _hand_on(self, reading: Awaitable[Any]) -> Any:
        self.count += 1
        found = await reading
        if self.pause is not None:
            await asyncio.sleep(self.pause())
        return found


class Here:
    """System under test: the app of this process, with its cache."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.reads = CountedReads(app.state.services.database)
        self.hits: list[bool] = []
        app.state.services.database = self.reads

    async def request_all(self, requests: Sequence[Request], *, now: int) -> list[Response]:
        """Return the responses in turn; `hits` has whether each read nothing. The clock of this process is fixed."""
        del now
        responses: list[Response] = []
        self.hits = []
        for request in requests:
            before = self.reads.count
            responses.append(await send_request(self.app, request))
            self.hits.append(self.reads.count == before)
        return responses


@dataclass(slots=True)
class RequestedTargets:
    """Targets requested so far with the validators of their responses; `counts` has the results of repeated requests.

    `reading` are those whose response is made from the database.
    """

    random: Random
    generator: RequestGenerator
    reference: OtherProcess
    known: dict[str, dict[str, str]] = field(default_factory=dict)
    depth: dict[str, int] = field(default_factory=dict)
    reading: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)

    def draw(self, count: int) -> list[str]:
        """Return up to so many targets, at random."""
        return self.random.sample([*self.known], min(count, len(self.known)))

    def invent(self, count: int) -> list[str]:
        """Return new targets; some are equal to earlier ones in another spelling."""
        return [
            self.generator.vary(self.random.choice([*self.known]))
            if self.known and self.random.random() < 0.12
            else self.generator.make()
            for _ in range(count)
        ]

    async def compare(self, targets: Iterable[str], places: Sequence[Asking], *, now: int) -> None:
        """Send these requests to all processes and the reference; Stale names the first that differ."""
        requests = [in_some_form(self.random, target, self.known.get(target, {})) for target in targets]
        fresh = asyncio.ensure_future(self.reference.request_all(requests, now=now))
        found = [await place.request_all(requests, now=now) for place in places]
        expected = await fresh
        for number, responses in enumerate(found):
            self._check(requests, responses, expected, number)
        for place in places:
            if isinstance(place, Here):
                self._count(requests, place.hits)
        for request, response in zip(requests, expected, strict=True):
            self._learn(request.target, response)

    def _check(
        self, requests: Sequence[Request], responses: Sequence[Response], expected: Sequence[Response], number: int
    ) -> None:
        stale: list[str] = []
        for request, response, fresh in zip(requests, responses, expected, strict=True):
            self.counts.update(("compared", str(fresh.status)))
            if found := differences(request, response, fresh):
                form = " ".join(f"[{name}: {value}]" for name, value in request.headers)
                stale.append("\n  ".join((f"{request.method} {request.target} {form} (process {number})", *found)))
        if stale:
            raise Stale(f"{len(stale)} of {len(requests)} responses are not the fresh ones:\n" + "\n".join(stale[:5]))

    def _count(self, requests: Sequence[Request], hits: Sequence[bool]) -> None:
        """Count how often what had to be read the first time was requested again, and read again."""
        for request, is_hit in zip(requests, hits, strict=True):
            if request.target in self.reading:
                self.counts["from memory" if is_hit else "read again"] += 1
            elif not is_hit:
                self.reading.add(request.target)

    def _learn(self, target: str, response: Response) -> None:
        known = self.known.setdefault(target, {})
        for name in ("etag", "last-modified"):
            if (value := response.header(name)) is not None:
                known[name] = value
        depth = self.depth.setdefault(target, 0)
        link = response.header("link")
        if link is not None and depth < DEEPEST and self.random.random() < FOLLOWED:
            href = with_limit(self.random, self.random.choice(re.findall(r"<([^>]+)>", link)))
            self.known.setdefault(href, {})
            self.depth.setdefault(href, depth + 1)
