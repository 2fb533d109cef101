"""CDN in front of an app: it caches what it may, as long as it may, and drops what is purged by key."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from fastapi import FastAPI

from app.db.database import Database
from app.domain.instant import SECOND_US
from app.invalidation.surrogate_header import purge_keys
from app.queries.changes.change_list import latest_seq
from app.queries.changes.invalidation_log import read_change_events
from tests.response_cache.plain_messages import Response, send_request
from tests.response_cache.representations import for_browser

OWN = {"cdn-cache-control", "surrogate-key", "cache-control"}
"""Header fields that the CDN sets, or that may have changed since it stored the response."""
MAX_AGE = re.compile(r"max-age=([0-9]+)")


class Held(NamedTuple):
    """Cached response with its surrogate keys and its expiry (µs)."""

    response: Response
    keys: frozenset[str]
    until: int


@dataclass(slots=True)
class Network:
    """Cached responses by target, and the position up to which the log was followed."""

    app: FastAPI
    seq: int = 0
    held: dict[str, Held] = field(default_factory=dict)
    purged: int = 0

    @property
    def database(self) -> Database:
        """Return the app's database."""
        database: Database = self.app.state.services.database
        return database

    async def begin(self) -> None:
        """Follow the log from here on."""
        self.seq = await self.database.read(latest_seq)

    async def get(self, target: str, *, now: int) -> Response:
        """Return the response that a reader gets from the CDN."""
        held = self.held.get(target)
        if held is not None and now < held.until:
            return held.response
        response = await send_request(self.app, for_browser(target))
        lasting, keys = response.header("cdn-cache-control"), response.header("surrogate-key")
        if lasting is not None:
            assert keys is not None
            found = MAX_AGE.search(lasting)
            assert found is not None
            self.held[target] = Held(response, frozenset(keys.split(" ")), now + int(found[1]) * SECOND_US)
        return response

    async def hear(self, *, without: str | None = None) -> None:
        """Apply the purges of all changes since, except those of one family of keys."""
        changes = await self.database.read(read_change_events, since=self.seq, most=10_000)
        self.seq = changes[-1].seq if changes else self.seq
        keys = {key for key in purge_keys(changes) if without is None or not key.startswith(without)}
        gone = [target for target, held in self.held.items() if not held.keys.isdisjoint(keys)]
        for target in gone:
            del self.held[target]
        self.purged += len(gone)
