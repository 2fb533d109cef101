"""Random history of the mirror in docs/mirror.md: source and mirror restart at any time, responses are lost."""

from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from app.db.database import Database
from app.queries.changes.change_list import latest_seq
from tests.api.public.docs_mirror import FlakyTransport, listed_articles, load_mirror, stored_articles
from tests.conftest import NOW, opened
from tests.queries.history import last_moment
from tests.queries.mirror_history import MirrorHistory

if TYPE_CHECKING:
    import sqlite3

MAX_STEPS = 60  # of a mirror, to be equal to the source


class CopyHistory(MirrorHistory):
    """History in an edition of its own; at its end the file must equal what the source shows."""

    rounds = 6  # of the source, which restarts in each

    def __init__(self, database: Database, number: int, *, address: str, folder: Path) -> None:
        super().__init__(database, number)
        self._days = False  # an export, which has pages on request
        self._address = address
        self._file = folder / f"copy-{number}.db"
        self._copy: sqlite3.Connection
        self._client: httpx.AsyncClient
        self._mirror: Any

    async def run(self) -> Counter[str]:
        """Run the history; return the counts of what happened."""
        self._now = max(NOW, await self._database.read(last_moment))
        await self._rename_edition()
        await self._store([self._new() for _ in range(self._random.randrange(8, 25))])
        self._ask()
        if not self._days and self._random.random() < 0.5:
            self._params["fields"] = ["headline", "published_at", "translations"]
        self._begin_mirror()
        for left in reversed(range(self.rounds)):
            async with AsyncExitStack() as source:
                network = await self._begin_source(source)
                is_first = left == self.rounds - 1
                network.failure_rate = (0.7 if is_first else self._random.choice((0, 0.3, 0.7))) if left else 0
                for _ in range(self._random.choice((1, 2, 4))):
                    await self._step()
                    for _ in range(self._random.choice((0, 0, 1, 2)) if left else 0):
                        await self._live()
                self.counts["sources"] += 1
                if left == self.rounds // 2:
                    self._held = {piece.id: piece for piece in self._matching()}
                    await self._stay_away()
                if not left:
                    await self._arrive()
        await self._end_mirror()
        return self.counts

    def _begin_mirror(self) -> None:
        self._mirror = load_mirror(FILTERS=self._params)
        self._copy = self._mirror.open_copy(self._file)
        self.counts["mirrors"] += 1

    async def _end_mirror(self) -> None:
        self._copy.close()

    async def _begin_source(self, source: AsyncExitStack) -> FlakyTransport:
        client = await source.enter_async_context(opened(self._address))
        network = FlakyTransport(client._transport, self._random, self.counts)
        self._client = await source.enter_async_context(
            httpx.AsyncClient(transport=network, base_url="http://dayline.test")
        )
        return network

    async def _step(self) -> None:
        """Run a step of the mirror; sometimes it is killed during or after it, and restarted."""
        try:
            await self._mirror.follow(self._client, self._copy)
        except httpx.HTTPError:
            self.counts["errors"] += 1
        self.counts["steps"] += 1
        if self._random.random() < 0.3:
            await self._end_mirror()
            self._begin_mirror()

    async def _arrive(self) -> None:
        latest = await self._database.read(latest_seq)
        for _ in range(MAX_STEPS):
            if self._copy.execute("SELECT as_of FROM position").fetchone() == (latest,):
                break
            await self._step()
        await self._compare()

    async def _compare(self) -> None:
        expected = await self._shown()
        assert stored_articles(self._copy) == expected
        assert [item["id"] for item in expected] == sorted(piece.id for piece in self._matching())
        self.counts.update(compared=1, articles=len(expected))

    async def _shown(self) -> list[Any]:
        return await listed_articles(self._client, self._params)
