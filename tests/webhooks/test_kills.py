"""Servers that are killed while they deliver: every endpoint receives every change, in order, repeats by their ids."""

import asyncio
import signal
import time
from collections import Counter
from contextlib import AsyncExitStack
from itertools import groupby
from pathlib import Path
from random import Random

import pytest

from app import clock
from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import upsert_entry
from app.db.database import Database, open_database
from app.queries.changes.change_list import latest_seq
from tests.records import article, edition
from tests.server_process import Server, free_port, start_server
from tests.webhooks.endpoints import count, ids, make_endpoint, seqs
from tests.webhooks.receivers import Receiver, a_receiver, answering

SERVERS = 2
MAX_SECONDS = 3_600
EVERY_S = 1.5


class Killing:
    """Servers that are killed with SIGKILL, one at a time, and restarted."""

    def __init__(self, address: str, folder: Path, random: Random) -> None:
        self.kills = 0
        self._address = address
        self._folder = folder
        self._random = random
        self._servers: list[Server] = []

    async def start(self) -> None:
        """Start all of them."""
        self._servers = [self._start(free_port()) for _ in range(SERVERS)]
        for server in self._servers:
            await server.wait_ready()

    async def kill_one(self) -> None:
        """Kill one of them at any point, and restart it."""
        place = self._random.randrange(SERVERS)
        server = self._servers[place]
        server.send(signal.SIGKILL)
        assert await server.exit_status() == -signal.SIGKILL
        self.kills += 1
        self._servers[place] = self._start(server.port)
        await self._servers[place].wait_ready()

    def end(self) -> None:
        """End all of them."""
        for server in self._servers:
            server.end()
            words = server.output.read_text()
            assert "Traceback" not in words, words

    def _start(self, port: int) -> Server:
        return start_server(self._address, self._folder, port, DAYLINE_WEBHOOK_NETWORKS="127.0.0.1")


async def publish(database: Database, number: int, *, at_once: int = 10) -> None:
    """Publish so many articles, some at a time."""
    for start in range(0, number, at_once):
        batch = [article(source_id=f"s{n}") for n in range(start, min(start + at_once, number))]
        await database.write(upsert_articles, batch, now=clock.now())
        await asyncio.sleep(0.005)


def check(receiver: Receiver, last: int) -> int:
    """Check that everything arrived, in order; return the number of repeats.

    Each repeat comes right after its message, by the same id.
    """
    came = list(zip(seqs(receiver), ids(receiver), strict=True))
    once = [each for each, _ in groupby(came)]
    assert [seq for seq, _ in once] == list(range(1, last + 1))
    assert len({name for _, name in once}) == last
    return len(came) - len(once)


async def live_through(address: str, folder: Path, *, endpoints: int, stories: int, kills: int | None = None) -> None:
    """Deliver every article to every endpoint while servers are killed: so often, or (None) repeatedly."""
    random, begun = Random(stories), time.monotonic()
    killing, database = Killing(address, folder, random), open_database(address)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        receivers = [await stack.enter_async_context(a_receiver(answering(204))) for _ in range(endpoints)]
        await database.write(upsert_entry, edition(), now=clock.now())
        for receiver in receivers:
            await make_endpoint(database, receiver.url)
        stack.callback(killing.end)
        await killing.start()
        publishing = asyncio.create_task(publish(database, stories))
        expected = endpoints * (stories + 1)
        while (done := await count(database, "delivered")) < expected:
            assert time.monotonic() - begun < MAX_SECONDS, f"{done} of {expected} after {killing.kills} kills"
            await asyncio.sleep(random.uniform(0.2, EVERY_S) if kills is None else 0.01)
            if kills is None or killing.kills < min(kills, (kills + 1) * done // expected):
                await killing.kill_one()
        await publishing
        last = await database.read(latest_seq)
        repeats = [check(receiver, last) for receiver in receivers]
    assert killing.kills >= (kills or 2)
    seconds = time.monotonic() - begun
    print(  # noqa: T201 - the figures of a soak run
        f"\n{expected} deliveries in {seconds:.0f} s, {killing.kills} kills, none lost, "
        f"{sum(repeats)} came again with the same id {dict(Counter(repeats))}"
    )


async def test_killed_dispatcher_loses_no_message(address: str, tmp_path: Path) -> None:
    await live_through(address, tmp_path, endpoints=3, stories=40, kills=2)


@pytest.mark.soak
async def test_long_killed_dispatcher_loses_no_message(address: str, tmp_path: Path) -> None:
    await live_through(address, tmp_path, endpoints=10, stories=999)
