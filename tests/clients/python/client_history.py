"""Random history of the mirror in docs/python.md, which follows by the client while both sides restart."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

from app.db.database import Database
from dayline_client import (
    ArticleBatch,
    AsyncDayline,
    ChangeBatch,
    DaylineError,
    Retries,
    UnknownPositionError,
)
from tests.api.public.mirror_client import MirrorEnvironment, StreamMirror
from tests.api.public.stream_following import Followed
from tests.api.public.stream_history import StreamHistory
from tests.clients.python.guide import load_guide_mirror

PAUSE_S = 0.001


class WatchedDayline(AsyncDayline):
    """Client that records what it yields, and reports each batch when the next one is requested."""

    def __init__(self, given: MirrorEnvironment, *, by: str, sleep: Any) -> None:
        self._given = given
        self._by: Any = by
        retries = Retries(attempts=2, first_pause_s=PAUSE_S)
        super().__init__("http://dayline.test", transport=given.client._transport, retries=retries, sleep=sleep)

    async def follow(self, since: int | None, **filters: Any) -> AsyncGenerator[ChangeBatch, None]:
        """Follow; check that no change is repeated and that the position never goes back."""
        assert since is not None
        followed = Followed(since, position=since)
        self._given.followed.append(followed)
        reached = since
        try:
            async for batch in super().follow(since, by=self._by, **filters):
                for change in batch.changes:
                    assert reached < change["seq"] <= batch.position
                    reached = change["seq"]
                    followed.seqs.append(reached)
                assert reached <= batch.position
                reached = followed.position = batch.position
                self._given.counts["batches"] += 1
                yield batch
                self._given.on_step()
        except UnknownPositionError:
            self._given.counts["refused"] += 1
            raise

    async def export(self, **filters: Any) -> AsyncGenerator[ArticleBatch, None]:
        """Export; count what was copied whole."""
        async for batch in super().export(**filters):
            yield batch
        self._given.counts["copied" if "id" not in filters else "read_again"] += 1


class ClientMirror(StreamMirror):
    """Mirror of the guide."""

    by = "stream"
    sleep: Callable[[float], Any] = asyncio.sleep

    async def follow(self) -> None:
        """Follow until everything has to be copied again; DaylineError."""
        program = load_guide_mirror(FILTERS=self._given.filters)
        dayline = WatchedDayline(self._given, by=self.by, sleep=type(self).sleep)
        await program.follow(dayline, self._copy)
        self._given.on_step()


class ClientHistory(StreamHistory):
    """History; at its end the file equals what the source shows, and the client has yielded each change once."""

    def __init__(self, database: Database, number: int, *, address: str, folder: Path) -> None:
        super().__init__(database, number, address=address, folder=folder)

        async def sleep(seconds: float) -> None:
            self.counts["pauses"] += 1
            await asyncio.sleep(min(seconds, PAUSE_S))
            await self._network.is_up.wait()

        by = "poll" if number % 4 == 3 else "stream"
        self._mirror = type("NumberedMirror", (ClientMirror,), {"by": by, "sleep": staticmethod(sleep)})

    async def _come_back(self, mirror: StreamMirror) -> None:
        try:
            await mirror.follow()
        except DaylineError as error:
            if not error.is_temporary:
                raise
            self.counts["errors"] += 1
        await asyncio.sleep(0)
        await self._network.is_up.wait()
