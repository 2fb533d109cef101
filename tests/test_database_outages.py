"""The whole server over a PostgreSQL that freezes or loses connections: every request ends, and the next ones work."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from sqlalchemy import Connection, text

from app import clock
from app.actions.articles.upsert import upsert_articles
from app.background.scheduler import Scheduler
from app.db.database import open_database
from app.db.locks import lock_change_log
from app.db.postgresql.limits import SERVING
from app.domain.api_key import LastUsedBuffer
from app.domain.calendar import UTC
from app.domain.instant import SECOND_US, format_instant
from app.main import create_app
from app.settings import Settings
from tests.api.conftest import as_key
from tests.conftest import run_once, running
from tests.process_writers import Slots, process
from tests.records import article
from tests.server_process import Server, free_port, start_server
from tests.stoppable import frozen, proxied, stoppable_server
from tests.test_crashes import fill

READ_S, WRITE_S, READY_S, STOPPED_WRITER_S = 5.0, 15.0, 2.0, 10.0
RECOVERED_WITHIN_S = 10.0  # on a machine that does much else; a second where it does not
READERS, WRITERS = 20, 10
PAUSE_S = 0.2
OUTAGE_S = 25.0
LOCKS_FREED_S = 20.0  # by then the server has ended each lost write that held the change log's lock, or waited for it
ENDED_S = 60.0

_numbers = count(1)


class OutageDatabase(NamedTuple):
    """PostgreSQL server with a filled database, and the token of a key that may write."""

    server: Any
    token: str


@pytest.fixture(scope="module")
def outage_database() -> Iterator[OutageDatabase]:
    """Start a server that may be frozen, used by no other test."""
    with stoppable_server() as server:
        yield OutageDatabase(server, run_once(server.get_uri(), fill))


async def test_app_whose_connections_are_lost_responds_and_recovers(outage_database: OutageDatabase) -> None:
    async with (
        proxied(outage_database.server) as proxy,
        running(create_app(Settings(database_url=proxy.address()))) as client,
    ):
        addresses = ("/v1/timeline", "/v1/articles", "/v1/editions", "/health/ready", "/feeds/global/rss.xml")
        async with asyncio.timeout(ENDED_S):
            for address in addresses:
                assert (await client.get(address)).status_code == 200
            await schedule(outage_database.server.get_uri())
            proxy.silence()
            responses = await asyncio.gather(*(client.get(f"{address}?limit=7") for address in addresses))
            assert {response.status_code for response in responses} <= {200, 422, 503}  # one may be on a new connection
            assert 503 in {response.status_code for response in responses}
            for address in addresses:
                assert (await client.get(address)).status_code == 200
            assert (await make_article(client, outage_database.token)).status_code == 201
            await wait_published(client)  # by the background task, which the outage did not block


async def wait_published(client: httpx.AsyncClient) -> None:
    """Return when an article is public."""
    is_public = False
    while not is_public:
        await asyncio.sleep(0.05)
        is_public = bool((await client.get("/v1/articles")).json()["items"])


async def schedule(address: str, number: int = 1) -> None:
    """Schedule articles for a time within the outage, as another process would."""
    database = open_database(address)
    due = clock.now() + SECOND_US
    records = [article(format_instant(due, UTC), source_id=f"due-{place}") for place in range(number)]
    stored = await database.write(upsert_articles, records, now=clock.now())
    assert not [outcome for outcome in stored.outcomes if isinstance(outcome, Exception)]
    await database.close()


async def make_article(client: httpx.AsyncClient, token: str) -> httpx.Response:
    """Create one more draft."""
    record = {"edition": "global", "headline": f"Headline {next(_numbers)}", "body": []}
    return await client.post("/v1/editorial/articles", json=record, headers=as_key(token))


class Crowd:
    """Clients that send requests in a loop, and the duration of each request."""

    def __init__(self, address: str, token: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=address, timeout=ENDED_S, limits=httpx.Limits(max_connections=None), trust_env=False
        )
        self._token = token
        self.seconds: dict[str, list[tuple[float, float, int]]] = {"read": [], "write": [], "ready": []}

    async def read(self) -> httpx.Response:
        """Read an uncached response."""
        return await self._client.get(f"/v1/timeline?limit={next(_numbers) % 200 + 1}")

    async def write(self) -> httpx.Response:
        """Create a draft."""
        return await make_article(self._client, self._token)

    async def look(self) -> httpx.Response:
        """Check readiness."""
        return await self._client.get("/health/ready")

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    @asynccontextmanager
    async def requests_pending(self) -> AsyncIterator[None]:
        """Send requests while the body runs, and wait for the pending ones at its end."""
        ending = asyncio.Event()

        async def send_request(kind: str, request: Any) -> None:
            while not ending.is_set():
                begun = time.monotonic()
                response = await request()
                self.seconds[kind].append((begun, time.monotonic() - begun, response.status_code))
                await asyncio.sleep(PAUSE_S)

        kinds = [("read", self.read)] * READERS + [("write", self.write)] * WRITERS + [("ready", self.look)] * 2
        tasks = [asyncio.create_task(send_request(kind, request)) for kind, request in kinds]
        try:
            yield
        finally:
            ending.set()
            done, late = await asyncio.wait(tasks, timeout=ENDED_S)
            for task in late:
                task.cancel()
            await self.close()
            assert not late, f"{len(late)} of {len(tasks)} requests did not end"
            for task in done:
                task.result()

    def report(self, title: str, begun: float, ended: float) -> None:
        """Print and check the durations; a request under way counts from the beginning of the outage."""
        for kind, most in (("read", READ_S), ("write", WRITE_S), ("ready", READY_S)):
            during = [each for each in self.seconds[kind] if begun <= each[0] + each[1]]
            longest = max(at + seconds - max(at, begun) for at, seconds, _ in during)
            good = [at + seconds for at, seconds, status in during if status < 300 and at >= ended]
            recovered = min(good) - ended
            codes = dict(Counter(status for _, _, status in during))
            print(f"{title}: {kind} longest {longest:.2f} s, recovered after {recovered:.2f} s, {codes}")  # noqa: T201 - a figure
            assert set(codes) <= {200, 201, 503}
            assert longest <= most, f"{title}: {kind} took {longest:.1f} s"
            assert recovered <= RECOVERED_WITHIN_S


@asynccontextmanager
async def served(address: str, folder: Path) -> AsyncIterator[Server]:
    """Start a server process of its own."""
    server = start_server(address, folder, free_port())
    try:
        await server.wait_ready()
        yield server
    finally:
        server.end()


async def warm_up(crowd: Crowd) -> None:
    """Fill every connection pool."""
    await asyncio.gather(*(crowd.read() for _ in range(READERS)), *(crowd.write() for _ in range(WRITERS)))
    await asyncio.sleep(2)


@pytest.mark.soak
async def test_requests_to_a_frozen_server_end_in_time_and_work_again(
    outage_database: OutageDatabase, tmp_path: Path
) -> None:
    async with served(outage_database.server.get_uri(), tmp_path) as server:
        crowd = Crowd(server.address, outage_database.token)
        async with crowd.requests_pending():
            await warm_up(crowd)
            with frozen(outage_database.server):
                begun = time.monotonic()
                await asyncio.sleep(OUTAGE_S)
                ended = time.monotonic()
            await asyncio.sleep(5)
        crowd.report("frozen", begun, ended)
        print_causes(server)


@pytest.mark.soak
async def test_requests_on_half_open_connections_end_in_time_and_work_again(
    outage_database: OutageDatabase, tmp_path: Path
) -> None:
    async with proxied(outage_database.server) as proxy, served(proxy.address(), tmp_path) as server:
        crowd = Crowd(server.address, outage_database.token)
        async with crowd.requests_pending():
            await warm_up(crowd)
            begun = time.monotonic()
            proxy.silence()
            ended = begun + LOCKS_FREED_S
            await asyncio.sleep(LOCKS_FREED_S + 10)
        crowd.report("half-open", begun, ended)
        print_causes(server)


def print_causes(server: Server) -> None:
    """Print the number of each cause in the log, and check that the log has no traceback."""
    lines = server.output.read_text().splitlines()
    causes = Counter(line.rpartition("unavailable: ")[2] for line in lines if "unavailable: " in line)
    print(dict(causes.most_common(6)))  # noqa: T201 - a figure
    assert not [line for line in lines if "Traceback" in line]


def hold_lock(address: str, shared: Path) -> None:
    """Take the change log's lock in a write, and run for long."""

    def hold(connection: Any) -> None:
        lock_change_log(connection)
        Slots(shared).set(1)
        time.sleep(ENDED_S)

    async def write() -> None:
        await open_database(address).write(hold)

    asyncio.run(write())


@pytest.mark.soak
async def test_stopped_writer_blocks_others_for_ten_seconds_at_most(
    outage_database: OutageDatabase, tmp_path: Path
) -> None:
    shared = tmp_path / "slots"
    slots = Slots(shared)
    address = outage_database.server.get_uri()
    async with served(address, tmp_path) as server:
        crowd = Crowd(server.address, outage_database.token)
        await crowd.write()
        with process(hold_lock, address, shared) as writer:
            await slots.wait()
            assert writer.pid is not None
            stop(writer.pid)
            begun = time.monotonic()
            responses = await asyncio.gather(*(timed(crowd.write()) for _ in range(WRITERS)))
            seconds = time.monotonic() - begun
        await crowd.close()
        print(f"stopped writer: others wrote after {seconds:.2f} s")  # noqa: T201 - a figure
        assert all(response.status_code == 201 for response in responses)
        assert seconds <= STOPPED_WRITER_S


def stop(pid: int) -> None:
    """Stop a process that this test started."""
    os.kill(pid, signal.SIGSTOP)


async def timed(awaited: Awaitable[httpx.Response]) -> httpx.Response:
    """Return the response, or the failure where there is none."""
    async with asyncio.timeout(ENDED_S):
        return await awaited


@pytest.mark.soak
async def test_server_process_ends_while_the_database_is_frozen(
    outage_database: OutageDatabase, tmp_path: Path
) -> None:
    async with served(outage_database.server.get_uri(), tmp_path) as server:
        async with httpx.AsyncClient(base_url=server.address) as client:
            await make_article(client, outage_database.token)
        with frozen(outage_database.server):
            await asyncio.sleep(1)
            begun = time.monotonic()
            server.send(signal.SIGTERM)
            status = await server.exit_status()
            print(f"frozen: the process ended after {time.monotonic() - begun:.2f} s")  # noqa: T201 - a figure
        assert status is not None


SLOW = """
CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.05); RETURN NEW; END';
CREATE TRIGGER dawdle BEFORE INSERT ON changes FOR EACH ROW WHEN (NEW.type = 'article.published')
EXECUTE FUNCTION dawdle()
"""
DUE = 40  # take two seconds, where a write may take one


@pytest.mark.soak
async def test_due_articles_are_published_in_smaller_batches_on_a_slow_server(outage_database: OutageDatabase) -> None:
    address = outage_database.server.get_uri()
    for statement in SLOW.split(";\n"):
        await asyncio.to_thread(run_once, address, running_sql(statement))
    await schedule(address, DUE)
    database = open_database(address, limits=SERVING._replace(write_s=1.0))
    scheduler = Scheduler(database, LastUsedBuffer())
    await scheduler.start()
    count_published = text("SELECT count(*) FROM articles WHERE status = 'published' AND source_id LIKE 'due-%'")
    async with asyncio.timeout(ENDED_S):
        published = 0
        while published < DUE:
            await asyncio.sleep(0.1)
            published = await database.read(lambda connection: connection.execute(count_published).scalar_one())
    await scheduler.stop()
    await database.close()
    for statement in ("DROP TRIGGER dawdle ON changes", "DROP FUNCTION dawdle"):
        await asyncio.to_thread(run_once, address, running_sql(statement))


def running_sql(statement: str) -> Callable[[Connection], object]:
    """Return an action that runs one statement."""
    return lambda connection: connection.exec_driver_sql(statement)
