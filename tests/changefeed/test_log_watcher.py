"""Log watcher: it reports growth of the log at once, from any writer, and reads only while a client waits."""

import asyncio
from typing import Any

import pytest

from app.actions.articles.upsert import upsert_articles
from app.changefeed import log_watcher
from app.changefeed.log_watcher import LogWatcher
from app.changefeed.long_poll import long_poll_changes
from app.db.database import Database
from app.queries.changes.change_list import latest_seq
from app.schemas.change import ChangeListParams
from tests.conftest import NOW, Store
from tests.records import article
from tests.statements import counted

LONG = 20.0

pytestmark = pytest.mark.usefixtures("edition_kyiv")


async def write_soon(database: Database, *records: Any) -> None:
    """Append each of these after a moment."""
    for record in records:
        await asyncio.sleep(0.12)
        await database.write(upsert_articles, [record], now=NOW)


async def test_waiter_is_notified_of_the_next_change(database: Database) -> None:
    watch = LogWatcher(database)
    since = await database.read(latest_seq)
    writing = asyncio.create_task(write_soon(database, article(source_id="a")))
    heard = await asyncio.gather(*(watch.wait_for_seq_after(since, LONG) for _ in range(20)))
    assert all(heard)
    assert await watch.wait_for_seq_after(since, LONG)  # it has been there for a while
    assert not await watch.wait_for_seq_after(since + 1, 0.1)
    await writing
    await watch.close()


async def test_log_is_not_polled_without_waiters(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    async def read(*_: Any) -> int:
        nonlocal looks
        looks += 1
        return 1

    watch = LogWatcher(database)
    monkeypatch.setattr(watch._database, "read", read)
    assert not await watch.wait_for_seq_after(10**6, 0.2)
    seen = looks
    assert 0 < seen <= 5
    await asyncio.sleep(0.2)
    assert looks <= seen + 1
    await watch.close()


async def test_shutdown_releases_every_waiter(database: Database) -> None:
    watch = LogWatcher(database)
    waiting = [asyncio.create_task(watch.wait_for_seq_after(10**6, LONG)) for _ in range(5)]
    await asyncio.sleep(0.1)
    watch.shutdown()
    assert await asyncio.gather(*waiting) == [False] * 5
    assert not await watch.wait_for_seq_after(0, LONG)
    await watch.close()


async def test_number_of_waiters_is_bounded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_watcher, "MAX_WAITING", 2)
    watch = LogWatcher(database)
    waiting = [asyncio.create_task(watch.wait_for_seq_after(10**6, LONG)) for _ in range(2)]
    await asyncio.sleep(0)
    assert not await watch.wait_for_seq_after(0, LONG)
    await watch.close()
    assert await asyncio.gather(*waiting) == [False, False]


async def test_failing_read_is_logged_once_and_repeated(
    database: Database, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks = 0
    read = database.read

    async def fail_once(*given: Any) -> Any:
        nonlocal looks
        looks += 1
        if looks <= 3:
            raise ValueError("no such thing")
        return await read(*given)

    await store(article(source_id="a"))
    watch = LogWatcher(database)
    monkeypatch.setattr(watch._database, "read", fail_once)
    assert await watch.wait_for_seq_after(0, LONG)
    log_records = [record for record in caplog.records if record.name == "app.changefeed.log_watcher"]
    assert ["ValueError: …" in record.getMessage() for record in log_records] == [True, False]
    assert log_records[1].getMessage().startswith("Polling the change log recovered after 3 failures")
    assert log_records[0].exc_info
    await watch.close()


async def test_equal_waiting_queries_share_one_read(database: Database, store: Store) -> None:
    await store(article(source_id="a", tags=["trams"]))
    since = await database.read(latest_seq)
    watch = LogWatcher(database)
    requested = [ChangeListParams(since=since, wait=20 + n % 5) for n in range(60)]
    requested += [ChangeListParams(since=since, tag=["trams"], wait=20) for _ in range(60)]
    with counted() as statements:
        waiting = [asyncio.create_task(long_poll_changes(database, watch, params)) for params in requested]
        await asyncio.sleep(1)
        await database.write(upsert_articles, [article(source_id="b", tags=["trams"])], now=NOW)
        pages = await asyncio.gather(*waiting)
    assert [[each["seq"] for each in page["items"]] for page in pages] == [[since + 1]] * 120
    assert (
        122 <= len([each for each in statements if "AS reach" in each]) <= 124
    )  # the first request of each reads alone
    await watch.close()


async def test_reads_for_many_waiters_yield_to_the_event_loop(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns, most, reads = 0, 0, 0

    async def read(*_: Any) -> Any:
        nonlocal most, reads
        reads += 1
        most = max(most, reads)
        return {"items": [], "as_of": 1, "next": None}

    async def count_turns() -> None:
        nonlocal turns, reads
        while True:
            turns, reads = turns + 1, 0
            await asyncio.sleep(0)

    watch = LogWatcher(database)
    monkeypatch.setattr(watch._database, "read", read)
    counting = asyncio.create_task(count_turns())
    await asyncio.gather(*(watch.read_shared(ChangeListParams(since=n)) for n in range(100)))
    counting.cancel()
    assert turns >= 100 / log_watcher.READ_AT_ONCE
    assert most <= 2 * log_watcher.READ_AT_ONCE
    await watch.close()


async def test_cancelled_waiter_does_not_affect_equal_queries(database: Database) -> None:
    watch = LogWatcher(database)
    first, second = (asyncio.create_task(watch.read_shared(ChangeListParams())) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second)["as_of"] == 1
    await watch.close()


async def test_long_poll_ends_with_an_item(database: Database, store: Store) -> None:
    await store(article(source_id="a", tags=["trams"]))
    since = await database.read(latest_seq)
    watch = LogWatcher(database)
    others = [article(source_id=f"other-{n}") for n in range(3)]
    writing = asyncio.create_task(write_soon(database, *others, article(source_id="b", tags=["trams"])))
    page = await long_poll_changes(database, watch, ChangeListParams(since=since, tag=["trams"], wait=20))
    await writing
    assert [each["seq"] for each in page["items"]] == [since + 4]
    assert page["as_of"] == since + 4
    await watch.close()


async def test_long_poll_without_items_advances_as_of(database: Database, store: Store) -> None:
    await store(article(source_id="a", tags=["trams"]))
    since = await database.read(latest_seq)
    watch = LogWatcher(database)
    writing = asyncio.create_task(write_soon(database, article(source_id="other")))
    page = await long_poll_changes(database, watch, ChangeListParams(since=since, tag=["trams"], wait=1))
    assert page == {"items": [], "as_of": since + 1, "next": None}
    await writing
    await watch.close()


async def test_long_poll_returns_existing_changes_immediately(database: Database, store: Store) -> None:
    await store(article(source_id="a"))
    watch = LogWatcher(database)
    watch.shutdown()
    assert (await long_poll_changes(database, watch, ChangeListParams(wait=30)))["items"]
