"""Stream hub: one feed for all equal requests, joined without a gap, woken at once, and released completely."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from app.changefeed.log_watcher import LogWatcher
from app.db.database import Database
from app.errors import InvalidInputError, NotFoundError, TooManyStreamsError
from app.queries.changes import change_list
from app.queries.changes.change_list import latest_seq, list_changes
from app.schemas.change import ChangeListParams
from app.sse import hub as hubs
from app.sse.hub import StreamHub
from app.sse.shared_feed import EventEncoder
from app.sse.subscription import Subscription
from tests.conftest import Store
from tests.records import article

MAX_SECONDS = 10.0
WIRE = EventEncoder(lambda item: b"%d %s," % (item["seq"], item["type"].encode()), lambda _seq: b"", lambda _seq: b"")
ANYTHING = ChangeListParams()

pytestmark = pytest.mark.usefixtures("edition_kyiv")


async def authorized() -> bool:
    return True


@pytest.fixture
async def hub(database: Database) -> AsyncIterator[StreamHub]:
    """Create a hub without notifications of changes: it polls."""
    watch = LogWatcher(database)
    hub = StreamHub(database, watch, WIRE, is_current=lambda: False)
    yield hub
    await hub.close()
    await watch.close()


@pytest.fixture
def pages(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Record the position from which each page of the feed was read."""
    read, pages = database.read, []

    async def note(query: Any, *given: Any) -> Any:
        if query is list_changes:
            pages.append(given[0].since)
        return await read(query, *given)

    monkeypatch.setattr(database, "read", note)
    return pages


async def open_stream(hub: StreamHub, since: int | None = None, params: ChangeListParams = ANYTHING) -> Subscription:
    return await hub.subscribe(params, since, is_authorized=authorized)


async def take(subscription: Subscription, count: int) -> list[int]:
    """Return the numbers of the next so many changes."""
    numbers: list[int] = []
    async with aclosing(subscription.iter_chunks()) as chunks, asyncio.timeout(MAX_SECONDS):
        async for chunk in chunks:
            numbers += [int(each.split()[0]) for each in chunk.split(b",") if each]
            if len(numbers) >= count:
                break
    return numbers


async def test_equal_queries_share_one_read(hub: StreamHub, database: Database, store: Store, pages: list[int]) -> None:
    since = await database.read(latest_seq)
    first, second = (ChangeListParams(tag=tags) for tags in (["fog", "trams"], ["trams", "fog", "fog"]))
    streams = [await open_stream(hub, since, params) for params in (first, second) * 30]
    taking = [asyncio.create_task(take(each, 2)) for each in streams]
    await asyncio.sleep(0.2)
    pages.clear()
    await store(article(source_id="a", tags=["fog"]))
    assert await asyncio.gather(*taking) == [[since + 1, since + 2]] * 60  # a tag begins, too
    assert pages == [since]
    assert (hub.open_streams, hub._channels) == (0, {})


async def test_stream_sends_missed_events_first_and_none_twice(
    hub: StreamHub, database: Database, store: Store
) -> None:
    since = await database.read(latest_seq)
    await store(*(article(source_id=f"a{number}") for number in range(250)))
    streams = [await open_stream(hub, since + missed) for missed in (0, 100, 249, 250)]
    taking = [
        asyncio.create_task(take(each, 300 - missed)) for each, missed in zip(streams, (0, 100, 249, 250), strict=True)
    ]
    for number in range(50):
        await store(article(source_id=f"b{number}"))
    for results, missed in zip(await asyncio.gather(*taking), (0, 100, 249, 250), strict=True):
        assert results == list(range(since + missed + 1, since + 301))


async def test_reconnecting_streams_share_one_read(
    hub: StreamHub, database: Database, store: Store, pages: list[int]
) -> None:
    since = await database.read(latest_seq)
    await store(*(article(source_id=f"a{number}") for number in range(10)))
    streams = await asyncio.gather(*(open_stream(hub, since) for _ in range(200)))
    results = await asyncio.gather(*(take(each, 10) for each in streams))
    assert results == [list(range(since + 1, since + 11))] * 200
    assert len(pages) <= 4


async def test_recent_events_are_sent_again_without_a_read(database: Database, store: Store, pages: list[int]) -> None:
    watch = LogWatcher(database)
    hub = StreamHub(database, watch, WIRE, is_current=lambda: True)
    keeping = await open_stream(hub)
    since = keeping.position
    await store(article(source_id="a"), article(source_id="b"))
    await take(await open_stream(hub, since), 2)
    await asyncio.sleep(0.2)
    pages.clear()
    assert await take(await open_stream(hub, since + 1), 1) == [since + 2]
    assert pages == []
    await hub.close()
    await watch.close()


async def test_subscriber_wakes_immediately(database: Database, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = LogWatcher(database)

    async def never(*_: Any) -> bool:
        await asyncio.sleep(MAX_SECONDS)
        return False

    monkeypatch.setattr(watch, "wait_for_seq_after", never)
    hub = StreamHub(database, watch, WIRE, is_current=lambda: True)
    taking = asyncio.create_task(take(await open_stream(hub), 1))
    await asyncio.sleep(0.1)
    await store(article(source_id="a"))
    await asyncio.sleep(0.2)
    assert not taking.done()
    hub.publish([])
    await asyncio.sleep(0.1)
    assert not taking.done()
    hub.publish(None)
    assert len(await taking) == 1
    await hub.close()
    await watch.close()


async def test_database_outage_ends_no_stream(
    hub: StreamHub, database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = await database.read(latest_seq)
    stream = await open_stream(hub, since)
    taking = asyncio.create_task(take(stream, 3))
    await store(article(source_id="a"))
    await asyncio.sleep(0.2)
    read = database.read

    async def fail(*_: Any) -> Any:
        raise OSError("nobody listens")

    monkeypatch.setattr(database, "read", fail)
    with pytest.raises(OSError, match="nobody"):
        await open_stream(hub, since)
    await store(article(source_id="b"))
    await asyncio.sleep(0.5)
    assert stream.is_open
    monkeypatch.setattr(database, "read", read)
    await store(article(source_id="c"))
    assert await taking == [since + 1, since + 2, since + 3]


async def test_invalid_query_opens_no_stream(hub: StreamHub) -> None:
    for _ in range(2):
        for params, error in (
            (ChangeListParams(edition="nowhere"), NotFoundError),
            (ChangeListParams(tz="x"), InvalidInputError),
        ):
            pending = [open_stream(hub, params=params) for _ in range(3)]
            results = await asyncio.gather(*pending, return_exceptions=True)
            assert [type(each) for each in results] == [error] * 3
    with pytest.raises(InvalidInputError, match="The log ends at"):
        await open_stream(hub, 10**6)
    assert (hub.open_streams, hub._channels) == (0, {})


async def test_stream_ends_when_its_query_becomes_invalid(
    hub: StreamHub, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = await open_stream(hub)
    taking = asyncio.create_task(take(stream, 1))
    await asyncio.sleep(0.1)

    async def refuse(*_: Any) -> Any:
        raise NotFoundError("There is no such edition.")

    with monkeypatch.context() as patched:
        patched.setattr(database, "read", refuse)
        hub.publish(None)
        assert await taking == []
    assert not stream.is_open
    assert (await open_stream(hub)).is_open


async def test_stream_that_ends_during_a_read_raises_no_error(
    hub: StreamHub, database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_list, "MAX_SCANNED", 2)
    since = await database.read(latest_seq)
    await store(*(article(source_id=f"a{number}") for number in range(5)))
    read, is_reading = database.read, asyncio.Event()

    async def hang(query: Any, *given: Any) -> Any:
        if query is list_changes and given[0].since == since + 2:
            is_reading.set()
            await asyncio.Event().wait()
        return await read(query, *given)

    monkeypatch.setattr(database, "read", hang)
    taking = asyncio.create_task(take(await open_stream(hub, since), 5))
    await asyncio.wait_for(is_reading.wait(), MAX_SECONDS)
    hub.shutdown()
    assert await asyncio.wait_for(taking, MAX_SECONDS) == [since + 1, since + 2]


async def test_stopped_hub_opens_no_stream(hub: StreamHub) -> None:
    streams = [await open_stream(hub, since) for since in (None, 0)]
    taking = [asyncio.create_task(take(each, 100)) for each in streams]
    await asyncio.sleep(0.1)
    hub.shutdown()
    assert await asyncio.wait_for(asyncio.gather(*taking), 1)
    with pytest.raises(TooManyStreamsError) as caught:
        await open_stream(hub)
    assert caught.value.retry_after == 1


async def test_opening_streams_count_towards_the_limit(hub: StreamHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "MAX_STREAMS", 3)
    results = await asyncio.gather(*(open_stream(hub) for _ in range(8)), return_exceptions=True)
    assert [isinstance(each, TooManyStreamsError) for each in results] == [False] * 3 + [True] * 5


async def test_ended_stream_leaves_no_reference_cycle(hub: StreamHub, database: Database, store: Store) -> None:
    since = await database.read(latest_seq)
    gc.collect()
    gc.disable()
    try:
        ended = [await _end_stream(hub, store, since, number) for number in range(5)]
        await asyncio.sleep(0.1)
        assert [reference() for channel in ended for reference in channel] == [None] * 10
    finally:
        gc.enable()


async def _end_stream(
    hub: StreamHub, store: Store, since: int, number: int
) -> tuple[weakref.ref[Any], weakref.ref[Any]]:
    """Open a stream on a feed of its own, read from it and close it; return weak references to both."""
    subscription = await open_stream(hub, since, ChangeListParams(edition="*", limit=number + 1))
    channel = subscription._channel
    await store(article(source_id=f"a{number}"))
    assert await take(subscription, 1)
    return weakref.ref(subscription), weakref.ref(channel)
