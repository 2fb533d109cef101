"""Scheduler of a process: everything due is published once, and no failure stops it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import Connection, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from app import clock
from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import upsert_entry
from app.actions.idempotency import IdempotentRequest, StoredResponse, store_response
from app.actions.keys import create_key
from app.background import maintenance, scheduler
from app.background.maintenance import write_to_end
from app.background.scheduler import Scheduler
from app.db.database import Database, open_database
from app.domain.api_key import LastUsedBuffer
from app.domain.calendar import find_zone
from app.domain.instant import DAY_US, SECOND_US, format_instant
from app.main import create_app
from app.models.api_key import api_keys
from app.models.article import articles
from app.models.change import changes
from app.models.idempotency_key import idempotency_keys
from app.models.revision import revisions
from app.schemas.api_key import ApiKeyCreate
from app.settings import Settings
from tests.conftest import NOW, Store, running
from tests.records import article, edition
from tests.statements import counted

PATIENCE_S = 10.0
MAX_STEP_US = 100_000
UTC = find_zone("UTC")


async def schedule(database: Database, *due: int) -> None:
    """Store an article for each of these times, as another process would."""
    records = [article(format_instant(at, UTC), source_id=f"s{at}-{place}") for place, at in enumerate(due)]
    stored = await database.write(upsert_articles, records, now=min(due) - 1)
    assert not [outcome for outcome in stored.outcomes if isinstance(outcome, Exception)]


@asynccontextmanager
async def running_scheduler(address: str, key_uses: LastUsedBuffer | None = None) -> AsyncIterator[Scheduler]:
    """Run the scheduler of one more process on the database."""
    database = open_database(address)
    started = Scheduler(database, key_uses or LastUsedBuffer())
    await started.start()
    try:
        yield started
    finally:
        await started.stop()
        await database.close()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Return as soon as it is true."""
    deadline = time.monotonic() + PATIENCE_S
    while not await holds():
        assert time.monotonic() < deadline, "it never became true"
        await asyncio.sleep(0.01)


def count_public(connection: Connection) -> int:
    """Return the number of public articles."""
    return connection.scalar(select(func.count()).where(articles.c.status == "published")) or 0


def count_publications(connection: Connection) -> tuple[int, int]:
    """Return the number of publications in the change log, and of their articles."""
    statement = select(func.count(), func.count(changes.c.article_id.distinct()))
    rows, distinct = connection.execute(statement.where(changes.c.type == "article.published")).one()
    return rows, distinct


@pytest.mark.usefixtures("edition_kyiv")
async def test_article_scheduled_by_another_process_is_published_within_a_second(
    database: Database, database_address: str
) -> None:
    async with running(create_app(Settings(database_url=database_address))) as client:
        begun = clock.now()
        due = [begun + 300_000, begun + 550_000, begun + 900_000]
        await schedule(database, *due)
        seen: list[int] = []
        late, before = 0, begun  # a stall of the machine is no failure
        while len(seen) < len(due):
            items = (await client.get("/v1/articles")).json()["items"]
            late += max(0, (now := clock.now()) - before - MAX_STEP_US)
            before = now
            seen += [now] * (len(items) - len(seen))
            assert now < begun + 10 * SECOND_US
            await asyncio.sleep(0.01)
        assert [0 <= at - planned < SECOND_US + late for at, planned in zip(seen, due, strict=True)] == [True] * 3


@pytest.mark.usefixtures("edition_kyiv")
async def test_several_processes_publish_each_article_once(
    database: Database, database_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "BATCH", 7)
    async with (
        running_scheduler(database_address),
        running_scheduler(database_address),
        running_scheduler(database_address),
    ):
        soon = clock.now() + 400_000
        await schedule(database, *(soon + place % 3 for place in range(60)))

        async def all_are_public() -> bool:
            return await database.read(count_public) == 60

        await until(all_are_public)
        await asyncio.sleep(2 * scheduler.TICK_S)
    assert await database.read(count_publications) == (60, 60)


async def test_overdue_article_is_in_the_first_response(
    database: Database, database_address: str, store: Store, frozen_clock: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "BATCH", 5)
    await store(edition())
    await schedule(database, *(frozen_clock - place * SECOND_US for place in range(12)))
    await schedule(database, frozen_clock + SECOND_US)
    assert await database.read(count_public) == 0
    async with running(create_app(Settings(database_url=database_address))) as client:
        assert len((await client.get("/v1/articles")).json()["items"]) == 12
    assert await database.read(count_publications) == (12, 12)


@pytest.mark.usefixtures("frozen_clock", "edition_kyiv")
async def test_scheduler_reads_little_and_writes_nothing_when_idle(database: Database, database_address: str) -> None:
    await schedule(database, NOW + 3600 * SECOND_US)
    with counted() as statements:
        async with running_scheduler(database_address):
            await asyncio.sleep(3.5 * scheduler.TICK_S)
    statements_of_articles = [statement for statement in statements if "FROM articles" in statement]
    assert 4 <= len(statements_of_articles) <= 10  # a statement for publications and one for expiries, each time
    assert not [statement for statement in statements if statement.startswith(("INSERT", "UPDATE", "DELETE"))]


@pytest.mark.usefixtures("frozen_clock", "edition_kyiv")
async def test_scheduler_sleeps_while_the_clock_is_frozen(database: Database, database_address: str) -> None:
    await schedule(database, NOW + 1)
    with counted() as statements:
        async with running_scheduler(database_address):
            await asyncio.sleep(0.2)
    assert (
        len([statement for statement in statements if "JOIN editions" in statement]) <= 0.2 / scheduler.SHORTEST_S + 2
    )


@pytest.mark.usefixtures("edition_kyiv")
async def test_scheduler_resumes_after_an_outage_and_logs_its_begin_and_end(
    database: Database, database_address: str, caplog: pytest.LogCaptureFixture
) -> None:
    rename = "ALTER TABLE {} RENAME TO {}"
    async with running(create_app(Settings(database_url=database_address))) as client:
        assert (await client.get("/v1/articles")).status_code == 200
        await schedule(database, clock.now() + 300_000)
        await database.write(lambda connection: connection.execute(text(rename.format("articles", "away"))))
        try:
            await asyncio.sleep(1.3)
        finally:
            await database.write(lambda connection: connection.execute(text(rename.format("away", "articles"))))
        mended = time.monotonic()

        async def is_public() -> bool:
            response = await client.get("/v1/articles")
            return response.status_code == 200 and len(response.json()["items"]) == 1

        await until(is_public)
        assert time.monotonic() - mended < 1.0 + scheduler.TICK_S + 2
    logged = [record for record in caplog.records if record.name == "app.background.scheduler"]
    assert [record.levelno for record in logged] == [logging.ERROR, logging.WARNING]
    assert logged[-1].getMessage().startswith("Publishing recovered after ")
    assert "\n" not in caplog.handler.format(logged[0])


async def test_missing_database_does_not_prevent_the_start(
    database_address: str, caplog: pytest.LogCaptureFixture
) -> None:
    missing = database_address.replace("dayline.db", "nowhere/dayline.db").replace("dayline_test", "dayline_nowhere")
    async with running(create_app(Settings(database_url=missing))) as client:
        assert (await client.get("/health/live")).status_code == 200
        await asyncio.sleep(0.3)
    assert len([record for record in caplog.records if record.name == "app.background.scheduler"]) == 1


def block_publication(connection: Connection, *slugs: str) -> None:
    """Make these articles impossible to publish: the revision that it would write exists already."""
    chosen = connection.execute(select(articles.c.id, articles.c.revision).where(articles.c.slug.in_(slugs))).all()
    for row in chosen:
        latest = connection.execute(select(revisions).where(revisions.c.article_id == row.id).limit(1)).one()
        taken = {**latest._mapping, "revision": row.revision + 1}
        connection.execute(insert(revisions).values(taken))


def unblock_publication(connection: Connection) -> None:
    """Delete the revisions that prevent it."""
    now = select(articles.c.revision).where(articles.c.id == revisions.c.article_id).scalar_subquery()
    connection.execute(delete(revisions).where(revisions.c.revision > now))


@pytest.mark.usefixtures("edition_kyiv")
async def test_article_that_fails_to_publish_does_not_block_others(
    database: Database, database_address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(scheduler, "BATCH", 4)
    monkeypatch.setattr(scheduler, "RETRY_FAILED_S", 0.3)
    monkeypatch.setattr(maintenance, "MAINTENANCE_S", 0.05)
    key_uses, key_id = LastUsedBuffer(), await make_key(database)
    soon = clock.now() + 300_000
    await schedule(database, *(soon + place for place in range(10)))
    slugs = select(articles.c.slug).order_by(articles.c.published_at)
    found = await database.read(lambda connection: connection.scalars(slugs).all())
    await database.write(block_publication, found[0], found[6])
    async with running_scheduler(database_address, key_uses):

        async def are_public(count: int) -> bool:
            return await database.read(count_public) == count

        await until(lambda: are_public(8))
        key_uses.note(key_id, NOW)
        await schedule(database, clock.now() + 100_000)
        await until(lambda: are_public(9))
        await asyncio.sleep(0.8)
        assert await database.read(last_used) == NOW  # maintenance runs meanwhile
        logged = [record.getMessage() for record in caplog.records if record.name == "app.background.scheduler"]
        assert [text.split()[:5] for text in logged] == [["Could", "not", "publish", "scheduled", "article"]] * 2
        await database.write(unblock_publication)
        await until(lambda: are_public(11))
    assert await database.read(count_publications) == (11, 11)


@pytest.mark.usefixtures("edition_kyiv", "frozen_clock")
async def test_scheduler_round_ends_after_many_failures(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(scheduler, "MAX_FAILURES", 3)
    await schedule(database, *(NOW - place * SECOND_US for place in range(10)))
    slugs = select(articles.c.slug).order_by(articles.c.published_at)
    found = await database.read(lambda connection: connection.scalars(slugs).all())
    await database.write(block_publication, *found[:9])
    started = Scheduler(database, LastUsedBuffer())
    for failed in (2, 4, 6, 8):
        with pytest.raises(DBAPIError):
            await started._tick()
        assert len(started._failed) == failed
        assert await database.read(count_public) == 0
    await started._tick()
    assert await database.read(count_public) == 1
    assert len(caplog.records) == 9


@pytest.mark.usefixtures("frozen_clock", "edition_kyiv")
async def test_scheduler_stops_immediately_without_partial_writes(
    database: Database, database_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "BATCH", 10)
    async with running_scheduler(database_address) as started:
        await schedule(database, *(NOW + SECOND_US for _ in range(200)))
        with clock.frozen(NOW + SECOND_US):

            async def has_begun() -> bool:
                return await database.read(count_public) > 0

            await until(has_begun)
            begun = time.monotonic()
            await started.stop()
            assert time.monotonic() - begun < 5
        public = await database.read(count_public)
        assert 0 < public < 200
        assert await database.read(count_publications) == (public, public)
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("dayline-")]


@pytest.mark.usefixtures("edition_kyiv")
async def test_cancelled_write_is_completed(database: Database) -> None:
    has_begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def write_slowly(connection: Connection) -> None:
        connection.execute(text("UPDATE editions SET name = 'Half'"))
        loop.call_soon_threadsafe(has_begun.set)
        time.sleep(0.1)
        connection.execute(text("UPDATE editions SET name = 'Whole'"))

    writing = asyncio.create_task(write_to_end(database, write_slowly))
    await has_begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await database.read(lambda connection: connection.scalar(text("SELECT name FROM editions"))) == "Whole"


async def make_key(database: Database) -> int:
    """Create a key and return its number."""
    record = ApiKeyCreate.model_validate({"name": "A desk", "scopes": ["content:read"]})
    await database.write(create_key, record, now=NOW)
    return await database.read(lambda connection: connection.execute(select(api_keys.c.id)).scalar_one())


def last_used(connection: Connection) -> int | None:
    """Return when the only key was last used."""
    at: int | None = connection.execute(select(api_keys.c.last_used_at)).scalar_one()
    return at


async def test_last_uses_of_keys_are_stored_at_shutdown(database: Database, database_address: str) -> None:
    key_uses = LastUsedBuffer()
    key_id = await make_key(database)
    async with running_scheduler(database_address, key_uses):
        key_uses.note(key_id, NOW)
        assert await database.read(last_used) is None
    assert await database.read(last_used) == NOW


async def test_last_uses_are_retained_after_a_failed_write(
    database: Database, database_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "MAINTENANCE_S", 0.05)
    key_uses = LastUsedBuffer()
    key_id = await make_key(database)
    async with running_scheduler(database_address, key_uses):
        await database.write(lambda connection: connection.execute(text("ALTER TABLE api_keys RENAME TO away")))
        key_uses.note(key_id, NOW)
        await asyncio.sleep(0.2)
        await database.write(lambda connection: connection.execute(text("ALTER TABLE away RENAME TO api_keys")))

        async def is_written() -> bool:
            return await database.read(last_used) == NOW

        await until(is_written)


@pytest.mark.usefixtures("frozen_clock")
async def test_stored_responses_expire_after_a_day(
    database: Database, database_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "MAINTENANCE_S", 0.02)
    monkeypatch.setattr(maintenance, "HOURLY_EVERY", 2)
    key_id = await make_key(database)
    for name, at in (("old", NOW - DAY_US - 1), ("young", NOW - DAY_US + 1)):
        request, response = IdempotentRequest(key_id, name, b"digest"), StoredResponse(201, {}, b"{}")
        await database.write(store_response, request, response, now=at)

    async def one_row_is_left() -> bool:
        names = select(idempotency_keys.c.key)
        return await database.read(lambda connection: connection.scalars(names).all()) == ["young"]

    async with running_scheduler(database_address):
        await until(one_row_is_left)
        await asyncio.sleep(0.1)
        assert await one_row_is_left()


@pytest.mark.usefixtures("frozen_clock")
async def test_old_part_of_the_log_is_compacted(
    database: Database, database_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "MAINTENANCE_S", 0.02)
    monkeypatch.setattr(maintenance, "HOURLY_EVERY", 2)
    await database.write(upsert_entry, edition(), now=NOW - 9 * DAY_US)
    for days, headline in ((9, "first"), (8, "second"), (1, "third"), (0, "fourth")):
        record = article("2026-11-01T10:00:00Z", source_id="one", headline=headline)
        await database.write(upsert_articles, [record], now=NOW - days * DAY_US)
    seqs = select(changes.c.seq).order_by(changes.c.seq)

    async def first_row_is_deleted() -> bool:
        return await database.read(lambda connection: connection.scalars(seqs).all()) == [1, 3, 4, 5]

    assert not await first_row_is_deleted()
    async with running_scheduler(database_address):
        await until(first_row_is_deleted)
