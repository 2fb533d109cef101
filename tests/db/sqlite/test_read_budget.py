"""SQLite reads beyond the budget of the event loop: interrupted, and repeated in a thread with a time limit."""

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, text

from app.db.bound_rows import bound_rows, rows_value
from app.db.database import SERVING, Database, is_transient, open_database
from app.db.prepared import PreparedQuery
from app.db.sqlite import database
from app.db.sqlite.read_budget import Allowance
from app.errors import NotFoundError
from app.invalidation.dependencies import Dependencies, depend_on_article, tracking
from app.invalidation.surrogate_keys import article_key

LONG, ENDLESS = 300_000, 10**12
COUNTING = (
    "WITH RECURSIVE counting(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counting WHERE n < {}) "
    "SELECT count(*) FROM counting"
)


@dataclass
class Counter:
    """A query that counts up to a number, and records the threads that ran it."""

    threads: list[int] = field(default_factory=list)

    def __call__(self, connection: Connection, most: int) -> int:
        self.threads.append(threading.get_ident())
        counted: int = connection.execute(text(COUNTING.format(most))).scalar_one()
        return counted


@pytest.fixture
async def embedded(sqlite_template: Path) -> AsyncIterator[Database]:
    """Open a SQLite database whose reads in threads are limited to 0.6 s."""
    opened = open_database(f"sqlite:///{sqlite_template}", limits=SERVING._replace(read_s=0.6, call_s=0.6))
    yield opened
    await opened.close()


async def test_read_returns_the_result_of_a_long_query(database: Database) -> None:
    assert await database.read(Counter(), LONG) == LONG
    assert await database.read_autocommit(Counter(), LONG) == LONG


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
async def test_read_repeats_a_long_query_in_a_thread_while_the_loop_runs(database: Database) -> None:
    query, events = Counter(), list[str]()
    other = asyncio.create_task(_append(events, "other"))
    assert await database.read(query, LONG) == LONG
    events.append("read")
    await other
    loop = threading.get_ident()
    assert query.threads[0] == loop
    assert len(query.threads) == 2
    assert query.threads[1] != loop
    assert events == ["other", "read"]


async def _append(events: list[str], event: str) -> None:
    events.append(event)


async def test_read_runs_a_short_query_once_in_the_loop_also_after_a_long_one(embedded: Database) -> None:
    for query, most, runs in ((Counter(), 10, 1), (Counter(), LONG // 3, 2), (Counter(), 10, 1)):
        assert await embedded.read(query, most) == most
        assert len(query.threads) == runs
        assert query.threads[0] == threading.get_ident()


async def test_read_interrupts_prepared_statements_too(embedded: Database) -> None:
    numbers = bound_rows("numbers", "n")
    pairs = select(func.count().label("total")).select_from(numbers, numbers.alias("other"))
    statement, threads = PreparedQuery(pairs), list[int]()

    def query(connection: Connection) -> int:
        threads.append(threading.get_ident())
        total: int = statement.all(connection, {"numbers": rows_value((n,) for n in range(1_000))})[0].total
        return total

    assert await embedded.read(query) == 1_000 * 1_000
    assert len(threads) == 2


async def test_read_now_returns_none_for_a_long_query(embedded: Database) -> None:
    query = Counter()
    assert embedded.try_read_sync(query, LONG) is None
    assert embedded.try_read_sync(query, 10) == 10
    assert set(query.threads) == {threading.get_ident()}


async def test_a_read_in_a_thread_beyond_the_limit_is_an_outage(embedded: Database) -> None:
    for read in (embedded.read, embedded.read_in_thread):
        with pytest.raises(TimeoutError) as raised:
            await read(Counter(), ENDLESS)
        assert is_transient(raised.value)
    assert await embedded.read_in_thread(Counter(), 10) == 10


async def test_a_portion_of_a_stream_beyond_the_limit_is_an_outage(embedded: Database) -> None:
    def query(connection: Connection) -> Generator[int]:
        yield Counter()(connection, 10)
        yield Counter()(connection, ENDLESS)

    async with embedded.stream(query) as read_next:
        assert await read_next() == 10
        with pytest.raises(TimeoutError) as raised:
            await read_next()
        assert is_transient(raised.value)


async def test_reads_wait_for_a_thread_no_longer_than_the_limit(embedded: Database) -> None:
    reads = [embedded.read_in_thread(Counter(), ENDLESS) for _ in range(12)]
    found = await asyncio.gather(*reads, return_exceptions=True)
    assert {type(each) for each in found} == {TimeoutError}


async def test_a_repeated_query_raises_errors_and_records_dependencies(embedded: Database) -> None:
    def query(connection: Connection) -> None:
        depend_on_article(7)
        Counter()(connection, LONG // 3)
        raise NotFoundError("There is no such article.")

    recorded_dependencies = Dependencies()
    with tracking(recorded_dependencies), pytest.raises(NotFoundError):
        await embedded.read(query)
    assert recorded_dependencies.keys == {article_key(7)}


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
async def test_a_repeated_query_reads_one_snapshot(database: Database) -> None:
    begun, written = threading.Event(), threading.Event()
    counting = text("SELECT count(*) FROM key_value")

    def query(connection: Connection) -> tuple[int, int]:
        before = connection.execute(counting).scalar_one()
        Counter()(connection, LONG)  # ends here in the loop
        begun.set()
        assert written.wait(10)
        return before, connection.execute(counting).scalar_one()

    def write(connection: Connection) -> None:
        connection.execute(text("INSERT INTO key_value (name, value) VALUES ('test', x'00')"))

    reading = asyncio.create_task(database.read(query))
    await asyncio.to_thread(begun.wait, 10)
    await database.write(write)
    written.set()
    before, after = await reading
    assert before == after
    assert await database.read(lambda connection: connection.execute(counting).scalar_one()) == before + 1


async def test_interrupted_reads_end_the_snapshot(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOOP_ALLOWANCE", Allowance(instructions=100, seconds=10.0, every=20))
    shutil.copy(sqlite_template, tmp_path / "dayline.db")
    opened = open_database(f"sqlite:///{tmp_path}/dayline.db")

    def count(connection: Connection) -> int:
        driver: Any = connection.connection.driver_connection
        return int(driver.execute(COUNTING.format(1_000)).fetchone()[0])

    try:
        assert [await opened.read(count) for _ in range(40)] == [1_000] * 40
    finally:
        await opened.close()
