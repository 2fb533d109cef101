"""A network in front of an app: it keeps what it may for as long as it may, and lets go of what is purged by key."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from fastapi import FastAPI

from app.db.database import Database
from app.domain.instant import SECOND_US
from app.invalidation.surrogate_header import purge_keys
from app.queries.changes.change_list import latest_seq
from app.queries.changes.invalidation_log import read_change_events
from tests.response_cache.plain_messages import Answer, Request, ask

OWN = {"cdn-cache-control", "surrogate-key", "cache-control"}
"""The fields that are the network's, or may have been others when it got the answer."""
MAX_AGE = re.compile(r"max-age=([0-9]+)")


class Held(NamedTuple):
    """What is kept of an answer, under which keys and up to when (µs)."""

    answer: Answer
    keys: frozenset[str]
    until: int


@dataclass(slots=True)
class Network:
    """Answers by their targets, and how far the log was followed."""

    app: FastAPI
    seq: int = 0
    held: dict[str, Held] = field(default_factory=dict)
    purged: int = 0

    @property
    def database(self) -> Database:
        """The app's own."""
        database: Database = self.app.state.services.database
        return database

    async def begin(self) -> None:
        """Follow the log from here on."""
        self.seq = await self.database.read(latest_seq)

    async def ask(self, target: str, *, now: int) -> Answer:
        """What a reader gets of the network."""
        held = self.held.get(target)
        if held is not None and now < held.until:
            return held.answer
        answer = await ask(self.app, Request(target))
        lasting, keys = answer.header("cdn-cache-control"), answer.header("surrogate-key")
        if lasting is not None:
            assert keys is not None
            found = MAX_AGE.search(lasting)
            assert found is not None
            self.held[target] = Held(answer, frozenset(keys.split(" ")), now + int(found[1]) * SECOND_US)
        return answer

    async def hear(self, *, without: str | None = None) -> None:
        """Take the purges of all that happened, but those of one family of keys."""
        changes = await self.database.read(read_change_events, since=self.seq, most=10_000)
        self.seq = changes[-1].seq if changes else self.seq
        keys = {key for key in purge_keys(changes) if without is None or not key.startswith(without)}
        gone = [target for target, held in self.held.items() if not held.keys.isdisjoint(keys)]
        for target in gone:
            del self.held[target]
        self.purged += len(gone)
