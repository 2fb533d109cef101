"""Random history of a mirror that follows the stream, while both sides restart and connections close."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import pytest

from app.db.database import Database
from app.queries.changes import change_list
from app.queries.changes.change_list import latest_seq, list_changes
from app.schemas.change import ChangeList, ChangeListParams
from app.sse import shared_feed, subscription
from tests.api.public.flaky_network import StreamConnection, StreamNetwork
from tests.api.public.mirror_client import MIRRORS, Killed, MirrorEnvironment, StreamMirror, open_copy, position_of
from tests.api.public.mirror_history import CopyHistory
from tests.api.public.stream_following import Followed, has_received, received_by
from tests.conftest import opened
from tests.random_histories import run_each
from tests.stream_client import MAX_SECONDS

if TYPE_CHECKING:
    import sqlite3

FAR_BEYOND = 10**7
DEATH_RATE = 0.01
WINDOWS = (change_list.MAX_SCANNED, 7, 20)
QUEUES = ((subscription.MAX_QUEUE_EVENTS, shared_feed.MAX_RECENT_EVENTS), (2, 2), (5, 1), (4, 3))
BEATS_S = (subscription.HEARTBEAT_S, 0.05)


class StreamHistory(CopyHistory):
    """History; at its end the file equals what the source shows, and no connection has left a change out.

    The newsroom and the mirror run concurrently: of a number only the newsroom's actions are the same each time. Every
    change that the feed lists, and that is still in the log, must have been sent by each connection that went beyond
    it; before the log is compacted, no other.
    """

    rounds = 4

    def __init__(self, database: Database, number: int, *, address: str, folder: Path) -> None:
        super().__init__(database, number, address=address, folder=folder)
        self._days = True  # it reads the timeline, which has no pages
        self._chance = Random(f"what the mirror does, {number}")
        self._deaths = Random(f"deaths of history {number}")
        self._network = StreamNetwork(Random(f"connections of history {number}"), self.counts)
        self._client = httpx.AsyncClient(transport=self._network, base_url="http://dayline.test")
        self._mirror = MIRRORS[number % len(MIRRORS)]
        self._copy: sqlite3.Connection
        self._life: asyncio.Task[None] | None = None
        self._neighbour: StreamConnection | None = None
        self._stepped = asyncio.Event()
        self._followed: list[Followed] = []
        self._began = self._seen = 0
        self._owed: set[int] = set()
        self._is_complete = True  # the log: nothing of it has been compacted
        self._replaced = 0

    async def run(self) -> Counter[str]:
        """Run the history; return the counts of what happened."""
        self._began = self._seen = await self._database.read(latest_seq)
        self._copy = open_copy(self._file)
        try:
            await super().run()
        finally:
            await self._end_mirror()
            await self._client.aclose()
            self._copy.close()
        assert (self.counts["refused"] > 0) is (self._replaced > 0)
        self.counts.update(sent=sum(len(each.seqs) for each in self._followed), followed=len(self._followed))
        return self.counts

    def _ask(self) -> None:
        super()._ask()
        self._params |= self._mirror.parameters(self._chance, self._tz)

    def _begin_mirror(self) -> None:
        self.counts["mirrors"] += 1
        self._life = asyncio.create_task(self._live_as_mirror())
        self._life.add_done_callback(lambda _: self._stepped.set())

    async def _live_as_mirror(self) -> None:
        """Follow; reconnect after each lost connection, and after each sudden end start with the file alone."""
        given = MirrorEnvironment(
            self._client, self._params, self._deaths, self.counts, self._followed, on_step=self._stepped.set
        )
        while True:
            copy = open_copy(
                self._file, is_over=lambda: self._deaths.random() < DEATH_RATE * self._network.failure_rate
            )
            try:
                mirror = self._mirror(copy, given)
                while True:
                    await self._come_back(mirror)
            except Killed:
                self.counts["killed_within"] += 1
            finally:
                copy.close()

    async def _come_back(self, mirror: StreamMirror) -> None:
        try:
            await mirror.follow()
        except httpx.HTTPError:
            self.counts["errors"] += 1
        await asyncio.sleep(0)
        await self._network.is_up.wait()

    async def _end_mirror(self) -> None:
        """Kill the mirror at any point; raise its earlier errors."""
        life, self._life = self._life, None
        if life is not None:
            life.cancel()
            await asyncio.wait({life})
            if not life.cancelled():
                life.result()

    async def _begin_source(self, source: AsyncExitStack) -> StreamNetwork:
        client = await source.enter_async_context(opened(self._address))
        transport = client._transport
        assert isinstance(transport, httpx.ASGITransport)
        self._network.begin(transport)
        source.push_async_callback(self._end_source)
        if self._chance.random() < 0.6:  # another client with the same parameters, so that both share a feed
            request = self._client.build_request("GET", f"/v1/stream?{urlencode(self._params, doseq=True)}")
            self._neighbour = StreamConnection(transport.app, request, self.counts)  # type: ignore[arg-type]
        return self._network

    async def _end_source(self) -> None:
        await self._network.end(gracefully=self._chance.random() < 0.6)
        neighbour, self._neighbour = self._neighbour, None
        if neighbour is not None:
            self._followed += received_by(neighbour)
            await neighbour.leave()

    async def _step(self) -> None:
        """Run an event that affects the mirror, or give it some time."""
        what = self._chance.random()
        if what < 0.15:
            await self._end_mirror()
            if self._chance.random() < 0.3:
                self._replace_file()
            self._begin_mirror()
        elif what < 0.3:
            self._network.drop()
        elif what < 0.5:
            await self._pause_mirror()
        elif what < 0.8:
            await self._catch_up()
            if self._chance.random() < 0.4:
                await self._compare()
        else:
            for _ in range(self._chance.randrange(20)):
                await asyncio.sleep(0)
        self.counts["steps"] += 1

    def _replace_file(self) -> None:
        """Replace the file by one of another source, whose log went further."""
        if position_of(self._copy) is not None:
            with self._copy:
                self._copy.execute("UPDATE place SET as_of = as_of + ?", (FAR_BEYOND,))
                self._copy.execute("REPLACE INTO articles VALUES ('elsewhere', '{\"id\": \"elsewhere\"}')")
            self._replaced += 1

    async def _pause_mirror(self) -> None:
        """Let the newsroom run while the mirror reads nothing; the server may disconnect it for that."""
        since = self._seen
        self._network.pause_reading()
        for _ in range(self._chance.randrange(1, 7)):
            await self._live()
        neighbour = self._neighbour
        if neighbour is not None:  # what it has received, the mirror was sent
            numbers = self._owed & (await self._read_feed(since))[0]
            await neighbour.until_last(lambda: has_received(neighbour, numbers))
        self._network.resume_reading()

    async def _stay_away(self) -> None:
        if self._chance.random() < 0.5:
            await super()._stay_away()
            return
        await self._end_mirror()
        await super()._stay_away()
        self._begin_mirror()

    async def _arrive(self) -> None:
        await self._catch_up()
        await self._check_sent()
        await self._compare()

    async def _catch_up(self) -> None:
        """Wait until the mirror has received everything."""
        await self._note_listed()
        latest, place = await self._database.read(latest_seq), position_of(self._copy)
        since = self._began if place is None or place > latest else place
        numbers, _ = await self._read_feed(since)
        if not numbers <= self._owed:  # a connection beyond such a row does not send it, a new one does
            self._network.drop()
        goal = max(numbers, default=since)
        if subscription.HEARTBEAT_S < 1 and self._chance.random() < 0.5:
            goal = latest  # which only a heartbeat reports where nothing passes the filters
        async with asyncio.timeout(MAX_SECONDS):
            while not goal <= (position_of(self._copy) or 0) <= latest:
                self._stepped.clear()
                await self._stepped.wait()
                if self._life is not None and self._life.done():
                    self._life.result()

    async def _shown(self) -> list[Any]:
        failure_rate, self._network.failure_rate = self._network.failure_rate, 0
        shown: list[Any] = await self._mirror.shown(self._client, self._params)
        self._network.failure_rate = failure_rate
        return shown

    async def _compact(self, most: int) -> None:
        await self._check_sent()
        before = self.counts["compacted"]
        await super()._compact(most)
        self._is_complete &= self.counts["compacted"] == before

    async def _check_sent(self) -> None:
        """Compare every connection with the feed, as far as both went.

        Only the content of the copy is compared where the feed of now selects other rows than that of then: after a
        deletion its name selects nothing, and the subtree of a section is another after a move.
        """
        await self._note_listed()
        numbers, _ = await self._read_feed(self._began)
        if self.counts["delete"] or self._params.get("subsections"):
            return
        for each in [*self._followed, *received_by(self._neighbour)]:
            seqs, reached = set(each.seqs), each.position or 0
            expected = {number for number in self._owed & numbers if each.start < number <= reached}
            assert expected <= seqs
            is_same = self._is_complete and not self.counts["merge"]  # the feed omits changes of entries merged since
            assert expected == seqs or not is_same

    async def _live(self) -> None:
        await super()._live()
        await self._note_listed()

    async def _note_listed(self) -> None:
        """Note what the feed lists after each event; a later one may select other rows.

        A compaction adds the lists of replaced rows to a row: it gets into the feed of a list that its article had
        left, and leaves other feeds where it was in no list. A merge adds the rows of the merged entry.
        """
        numbers, self._seen = await self._read_feed(self._seen)
        self._owed |= numbers

    async def _read_feed(self, since: int) -> tuple[set[int], int]:
        """Return what the feed lists after this change, and how far that goes."""
        numbers: set[int] = set()
        while True:
            params = ChangeListParams.model_validate({**self._params, "since": since, "limit": 200})
            page: ChangeList = await self._database.read(list_changes, params)
            numbers |= {item["seq"] for item in page["items"]}
            since = page["as_of"]
            if page["next"] is None:
                return numbers, since


async def run_stream_histories(
    kind: type[StreamHistory],
    database: Database,
    numbers: range,
    *,
    address: str,
    folder: Path,
    patch: pytest.MonkeyPatch,
) -> Counter[str]:
    """Run these histories with different bounds of the stream; check that mirrors and sources restarted in each."""

    async def run(number: int) -> Counter[str]:
        patch.setattr(change_list, "MAX_SCANNED", WINDOWS[number % len(WINDOWS)])
        queue, recent = QUEUES[number % len(QUEUES)]
        patch.setattr(subscription, "MAX_QUEUE_EVENTS", queue)
        patch.setattr(shared_feed, "MAX_RECENT_EVENTS", recent)
        patch.setattr(subscription, "HEARTBEAT_S", BEATS_S[number // 2 % len(BEATS_S)])
        return await kind(database, number, address=address, folder=folder).run()

    counts = await run_each(numbers, run)
    assert counts["compared"] >= len(numbers)
    assert min(counts["mirrors"], counts["sources"], counts["articles"], counts["compacted"]) > len(numbers)
    assert counts["sent"] > 0
    return counts
