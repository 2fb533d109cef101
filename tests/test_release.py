"""Many articles due in the same second, published by two processes while readers continue."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection, func, select

from app import clock
from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import upsert_entry
from app.db.database import Database, open_database
from app.domain.calendar import find_zone
from app.domain.instant import SECOND_US, format_instant
from app.models.change import changes
from app.queries.changes.change_list import latest_seq
from tests.invariants import check_invariants
from tests.records import article, author, edition, label, section, tag
from tests.server_process import Server, free_port, start_server

DUE = 500
DUE_SOAK = 10_000
MAX_SECONDS_SOAK = 5.0
PATIENCE_SECONDS = 60.0
FILED_AT_ONCE = 1_000
FILED_A_SECOND = 400  # on a machine with other work
BEFORE = 200  # articles that are public already
UTC = find_zone("UTC")
NAMES = 20


@dataclass(slots=True)
class Readers:
    """Record of one server's readers: the duration of each response, and when one first had the whole log.

    `is_early`: they started before the instant that they wait for.
    """

    is_early: bool
    latencies: list[float] = field(default_factory=list)
    complete_at: int = 0


@pytest.fixture
def address(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty SQLite file."""
    shutil.copy(sqlite_template, tmp_path / "dayline.db")
    return f"sqlite:///{tmp_path}/dayline.db"


async def fill(database: Database) -> None:
    """Store a catalogue, and some articles that are public."""
    for record in (edition(), section("city", "City"), label("exclusive", "Exclusive")):
        await database.write(upsert_entry, record, now=clock.now())
    for n in range(NAMES):
        await database.write(upsert_entry, tag(f"t{n}", f"Tag {n}"), now=clock.now())
        await database.write(upsert_entry, author(f"a{n}", f"Author {n}"), now=clock.now())
    await store_articles(database, BEFORE, clock.now() - 60 * SECOND_US, now=clock.now())


async def store_articles(database: Database, count: int, at: int, *, now: int) -> None:
    """Store so many articles with a section, tags, an author and a text, all due at the same instant."""
    instant = format_instant(at, UTC)
    text = "The council voted late on Friday, after a debate of five hours, to bring the night trams back. " * 8
    records = [
        article(
            instant,
            source_id=f"{at}-{n}",
            headline=f"Story {n} of {at}",
            lead="What the council decided.",
            section="city",
            label="exclusive" if n % 5 == 0 else None,
            tags=[f"t{n % NAMES}", f"t{n * 7 % NAMES}"],
            authors=[f"a{n % NAMES}"],
            body=[{"type": "paragraph", "html": text}] * 4,
        )
        for n in range(count)
    ]
    for start in range(0, count, FILED_AT_ONCE):
        stored = await database.write(upsert_articles, records[start : start + FILED_AT_ONCE], now=now)
        assert not [outcome for outcome in stored.outcomes if isinstance(outcome, Exception)]


@asynccontextmanager
async def serving(address: str, folder: Path) -> AsyncIterator[tuple[Server, httpx.AsyncClient]]:
    """Run a server on the file, ready, and a client of it."""
    server = start_server(address, folder, free_port())
    try:
        await server.wait_ready()
        async with httpx.AsyncClient(base_url=server.address, timeout=PATIENCE_SECONDS) as client:
            yield server, client
    finally:
        server.end()
    assert "Traceback" not in server.output.read_text(), server.output.read_text()


async def read_on(client: httpx.AsyncClient, readers: Readers, due: int, last_seq: int) -> None:
    """Read the newest page of the timeline repeatedly, until it has this change."""
    while not readers.complete_at:
        begun = time.perf_counter()
        response = await client.get("/v1/timeline")
        assert response.status_code == 200
        is_due = clock.now() >= due
        if is_due:
            readers.latencies.append(time.perf_counter() - begun)
        if response.json()["as_of"] >= last_seq:
            readers.complete_at = clock.now()
        assert clock.now() < due + PATIENCE_SECONDS * SECOND_US, "not all of them were published"
        await asyncio.sleep(0.005)


async def walk(client: httpx.AsyncClient, most: int) -> list[str]:
    """Return the ids of so many of the newest articles."""
    ids: list[str] = []
    href = "/v1/articles?limit=200&fields=id"
    while href and len(ids) < most:
        page = (await client.get(href)).json()
        ids += [item["id"] for item in page["items"]]
        href = page["next"]["href"] if page["next"] else ""
    return ids[:most]


def count_publications(connection: Connection, after: int) -> tuple[int, int]:
    """Return the number of publications in the log after a change, and of their articles."""
    statement = select(func.count(), func.count(changes.c.article_id.distinct()))
    rows, distinct = connection.execute(
        statement.where(changes.c.seq > after, changes.c.type == "article.published", changes.c.actor == "schedule")
    ).one()
    return rows, distinct


async def release(address: str, folder: Path, count: int) -> float | None:
    """Store so many articles due at one instant, and compare what readers saw; return the seconds until the last.

    None where the machine was so busy that the instant passed before the readers started.
    """
    database = open_database(address)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        await fill(database)
        before = await database.read(latest_seq)
        due = clock.now() + (3 + count // FILED_A_SECOND) * SECOND_US
        await store_articles(database, count, due, now=due - SECOND_US)
        clients = [(await stack.enter_async_context(serving(address, folder)))[1] for _ in range(2)]
        readers = [Readers(is_early=clock.now() < due) for _ in clients]
        reading = zip(clients, readers, strict=True)
        await asyncio.gather(*(read_on(client, seen, due, before + count) for client, seen in reading))
        for client in clients:
            assert len(set(await walk(client, count))) == count
        assert await database.read(count_publications, before) == (count, count)
        house = await database.read_in_thread(check_invariants)
    assert house["public"] == count + BEFORE
    seconds = (max(seen.complete_at for seen in readers) - due) / SECOND_US
    latencies = sorted(1000 * took for seen in readers for took in seen.latencies)
    shares = {share: latencies[int(share / 100 * (len(latencies) - 1))] for share in (50, 99, 100)}
    print(  # noqa: T201 - the figures of a soak run
        f"\n{count} due at once: all out after {seconds:.2f} s; {len(latencies)} reads meanwhile, in ms: "
        + ", ".join(f"{share} % within {took:.1f}" for share, took in shares.items())
    )
    return seconds if all(seen.is_early for seen in readers) else None


async def test_due_articles_are_published_once_each_under_load(address: str, tmp_path: Path) -> None:
    await release(address, tmp_path, DUE)


@pytest.mark.soak
async def test_long_ten_thousand_due_articles_are_published_within_five_seconds(address: str, tmp_path: Path) -> None:
    seconds = await release(address, tmp_path, DUE_SOAK)
    assert seconds is not None, "this machine is too slow for the test"
    assert seconds < MAX_SECONDS_SOAK


async def test_article_due_before_the_start_is_in_the_first_response(address: str, tmp_path: Path) -> None:
    database = open_database(address)
    try:
        await fill(database)
        before = await database.read(latest_seq)
        due = clock.now() - SECOND_US
        await store_articles(database, DUE, due, now=due - SECOND_US)
        server = start_server(address, tmp_path, free_port())
        try:
            response = await first_answer(server)
        finally:
            server.end()
        assert response.json()["as_of"] == before + DUE
        assert await database.read(count_publications, before) == (DUE, DUE)
        assert (await database.read_in_thread(check_invariants))["public"] == DUE + BEFORE
    finally:
        await database.close()


async def first_answer(server: Server) -> httpx.Response:
    """Return the first page of the timeline that the server serves, requested from its start."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    async with httpx.AsyncClient(base_url=server.address, timeout=PATIENCE_SECONDS) as client:
        while time.monotonic() < deadline:
            try:
                return await client.get("/v1/timeline")
            except httpx.ConnectError:
                await asyncio.sleep(0.01)
    raise AssertionError(f"the server did not respond: {server.output.read_text()}")
