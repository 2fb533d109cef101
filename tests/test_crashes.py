"""A server that is killed or stopped during writes: every acknowledged write stays complete, and nothing else does."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

import httpx
import pytest
from sqlalchemy import Connection

from app import clock
from app.actions.catalogue.entries import upsert_entry
from app.actions.keys import create_key
from app.cli.serve import DRAIN_SECONDS
from app.db.database import Database, open_database
from app.schemas.api_key import ApiKeyCreate
from tests.acknowledged_writes import Ledger, count_named
from tests.api.conftest import as_key
from tests.conftest import run_once
from tests.editor_client import WritingEditor
from tests.invariants import check_invariants
from tests.records import author, edition, label, section
from tests.server_process import Server, free_port, start_server

DESKS = 8
MIN_IN_FLIGHT = 4
ROUNDS = 1
ROUNDS_SOAK = 50
WRITES_BEFORE = (10, 60)
MAX_SECONDS = 120


class CrashDatabase(NamedTuple):
    """Database that one test's servers use alone, and the token of a key that may write."""

    address: str
    token: str


@pytest.fixture
def test_database(address: str) -> CrashDatabase:
    """Fill a database for one test: killed servers leave connections behind."""
    return CrashDatabase(address, run_once(address, fill))


def fill(connection: Connection) -> str:
    """Store a catalogue to write with; return the token of a key that may."""
    for record in (edition(), section("city", "City"), label("opinion", "Opinion"), author("ada", "Ada Vale")):
        upsert_entry(connection, record, now=clock.now())
    key = ApiKeyCreate.model_validate({"name": "Desks", "scopes": ["articles:write", "articles:publish"]})
    return create_key(connection, key, now=clock.now())[1]


class Newsroom:
    """Editors that write to one server at a time, over all rounds."""

    def __init__(self, test_database: CrashDatabase, folder: Path, random: Random) -> None:
        self.ledger = Ledger()
        self.in_flight: list[int] = []
        self.ready_after: list[float] = []
        self._house = test_database
        self._folder = folder
        self._random = random
        self._port = free_port()
        shared: list[str] = []
        self._desks = [WritingEditor(self.ledger, Random(random.random()), shared) for _ in range(DESKS)]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[tuple[Server, httpx.AsyncClient]]:
        """Run a server and a client of it; it uses the port of the previous one."""
        server = start_server(self._house.address, self._folder, self._port)
        try:
            self.ready_after.append(await server.wait_ready())
            headers = as_key(self._house.token)
            async with httpx.AsyncClient(base_url=server.address, headers=headers, timeout=30) as client:
                yield server, client
        finally:
            server.end()
        assert "Traceback" not in server.output.read_text(), server.output.read_text()

    async def write_until(self, server: Server, client: httpx.AsyncClient, end: signal.Signals) -> None:
        """Have all editors write, and send the signal while at least four requests are pending."""
        for desk in self._desks:
            desk.is_ending = False
        working = [asyncio.create_task(desk.work(client)) for desk in self._desks]
        enough = self.ledger.counts["acknowledged"] + self._random.randrange(*WRITES_BEFORE)
        deadline = time.monotonic() + MAX_SECONDS
        while self.ledger.counts["acknowledged"] < enough or len(self.ledger.sent) < MIN_IN_FLIGHT:
            assert time.monotonic() < deadline, "the editors do not write"
            if any(task.done() for task in working):
                break  # the checks below report the cause
            await asyncio.sleep(self._random.uniform(0, 0.002))
        for desk in self._desks:
            desk.is_ending = True
        self.in_flight.append(len(self.ledger.sent))
        server.send(end)
        await asyncio.gather(*working)

    async def check(self, *, before: int, all_answered: bool = False) -> Counter[str]:
        """Compare the database with the ledger, and check its invariants."""

        def run(connection: Connection) -> Counter[str]:
            self.ledger.check(connection, now=before, all_answered=all_answered)
            return check_invariants(connection)

        async with opened(self._house.address) as database:
            return await database.read(run)

    async def repeat(self, client: httpx.AsyncClient) -> None:
        """Repeat requests for new articles that had no response: each article exists once afterwards."""
        makings, self.ledger.makings = self.ledger.makings, []
        async with opened(self._house.address) as database:
            for making in makings:
                there = await database.read(count_named, making.state.headline)
                response = await self._desks[0].make(client, making, again=True)
                is_known = response.headers.get("idempotent-replayed") == "true" or response.status_code == 200
                assert (there, is_known) in {(0, False), (1, True)}, making
                assert await database.read(count_named, making.state.headline) == 1, making
        self.ledger.counts["made again"] += len(makings)


@asynccontextmanager
async def opened(address: str) -> AsyncIterator[Database]:
    """Open the database, and close it before its server is killed, so that the next one finds it as a crash left it."""
    database = open_database(address)
    try:
        yield database
    finally:
        await database.close()


def print_counts(newsroom: Newsroom, rounds: int, found: Counter[str]) -> None:
    """Print what happened, for those who run this with -s."""
    ready: Sequence[float] = sorted(newsroom.ready_after)
    print(  # noqa: T201 - the figures of a soak run
        f"\n{rounds} rounds: {dict(newsroom.ledger.counts)}; in flight at the end of each {newsroom.in_flight}; "
        f"ready again after {ready[0]:.1f} to {ready[-1]:.1f} s; {dict(found)}"
    )


async def live_through(test_database: CrashDatabase, folder: Path, rounds: int) -> None:
    """Run so many rounds, each ended by SIGKILL and followed by a check."""
    newsroom = Newsroom(test_database, folder, Random(rounds))
    found: Counter[str] = Counter()
    for number in range(rounds + 1):
        before = clock.now()
        async with newsroom.serving() as (server, client):
            found = await newsroom.check(before=before)
            await newsroom.repeat(client)
            if number < rounds:
                await newsroom.write_until(server, client, signal.SIGKILL)
                assert await server.exit_status() == -signal.SIGKILL
    print_counts(newsroom, rounds, found)
    assert min(newsroom.in_flight) >= MIN_IN_FLIGHT
    assert newsroom.ledger.counts["acknowledged"] >= WRITES_BEFORE[0] * rounds


async def test_acknowledged_writes_survive_a_kill(test_database: CrashDatabase, tmp_path: Path) -> None:
    await live_through(test_database, tmp_path, ROUNDS)


@pytest.mark.soak
async def test_long_acknowledged_writes_survive_a_kill(test_database: CrashDatabase, tmp_path: Path) -> None:
    await live_through(test_database, tmp_path, ROUNDS_SOAK)


async def test_shutdown_completes_requests_in_progress(test_database: CrashDatabase, tmp_path: Path) -> None:
    newsroom = Newsroom(test_database, tmp_path, Random(1))
    async with newsroom.serving() as (server, client):
        waiting = asyncio.create_task(client.get("/v1/changes?since=0&tag=unheard-of&wait=30"))
        await newsroom.write_until(server, client, signal.SIGTERM)
        begun = time.monotonic()
        assert await server.exit_status() in {0, -signal.SIGTERM}
        assert time.monotonic() - begun < DRAIN_SECONDS
        assert (await waiting).status_code == 200
    assert newsroom.in_flight[0] >= MIN_IN_FLIGHT
    print_counts(newsroom, 1, await newsroom.check(before=0, all_answered=True))
