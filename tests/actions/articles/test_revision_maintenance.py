"""Maintenance of revisions: former contents are converted without loss, superfluous ones deleted with their blocks."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, func, select, update

from app import clock
from app.actions.articles.erasure import erase_article
from app.actions.articles.publication import publish_article, restore_article, withdraw_article
from app.actions.articles.revision_maintenance import convert_contents, thin_revisions
from app.actions.articles.upsert import upsert_articles
from app.background import maintenance
from app.background.scheduler import Scheduler
from app.db.database import Database
from app.domain.actor import COMMAND_ACTOR
from app.domain.api_key import LastUsedBuffer
from app.domain.calendar import find_zone
from app.domain.instant import DAY_US, HOUR_US, MINUTE_US
from app.domain.tsid import format_id, parse_id
from app.errors import NotFoundError
from app.interchange.articles import EDITORIAL_FIELDS
from app.interchange.revision_contents import compose_content, decode_blocks, read_blocks
from app.models.change import changes
from app.models.revision import revision_block_uses, revision_blocks, revisions
from app.queries.articles.history import get_history
from app.queries.articles.interchange_export import export_records
from app.queries.editorial import superfluous_revisions
from app.queries.editorial.revisions import get_revision
from app.queries.editorial.superfluous_revisions import find_thinnable
from app.schemas.editorial import RevisionParams
from app.schemas.params import HistoryParams
from tests.conftest import NOW
from tests.importers.conftest import export_bytes, import_bytes
from tests.invariants import check_invariants
from tests.records import article
from tests.webhooks.endpoints import until

pytestmark = pytest.mark.usefixtures("edition_kyiv")

UTC = find_zone("UTC")
BY_HAND: Any = {"expected": None, "editor": COMMAND_ACTOR}
CONVERTING = """
import asyncio, sys, time
from app.actions.articles.revision_maintenance import convert_contents
from app.db.database import open_database

async def convert() -> None:
    database = open_database(sys.argv[1])
    while await database.write(convert_contents, most=1):
        print("converted", flush=True)
        time.sleep(0.02)

asyncio.run(convert())
"""


def save(connection: Connection, /, source_id: str, *texts: str, now: int = NOW, **members: object) -> int:
    """Store a save of an article with these paragraphs; return its id."""
    body = [{"type": "paragraph", "html": text} for text in texts]
    record = article(None, source_id=source_id, headline="Night trams", body=body, **members)
    return upsert_articles(connection, [record], now=now).ids[0]


def store_as_earlier_releases(connection: Connection) -> None:
    """Store contents of revisions as one JSON text each, as releases before blocks did."""
    held = connection.execute(select(revisions).where(revisions.c.blocks.is_not(None))).all()
    blocks = read_blocks(connection, sorted({row.article_id for row in held}))
    for row in held:
        content = compose_content(row, decode_blocks(blocks[row.article_id]), UTC) | {"updated_at": row.updated_at}
        text = orjson.dumps({name: content[name] for name in EDITORIAL_FIELDS}).decode()
        place = (revisions.c.article_id == row.article_id, revisions.c.revision == row.revision)
        connection.execute(update(revisions).where(*place).values(content=text, blocks=None, updated_at=None))
    connection.execute(revision_block_uses.delete())
    connection.execute(revision_blocks.delete())


def count_unconverted(connection: Connection) -> int:
    left = select(func.count()).select_from(revisions).where(revisions.c.content.is_not(None))
    return connection.execute(left).scalar_one()


def save_at_random(connection: Connection) -> None:
    """Store 25 saves of five articles, which have paragraphs in common."""
    random = Random(7)
    for number in range(25):
        texts = [f"Paragraph {random.randrange(30)}." for _ in range(random.randrange(6))]
        members = {"updated_at": "2026-11-19T10:00:00.25Z"} if number % 3 else {}
        save(connection, f"s{number % 5}", *texts, now=NOW + number, lead=f"Lead {number % 4}", **members)


@pytest.fixture
async def former(database: Database) -> bytes:
    """Store random saves as earlier releases did; return the export."""
    await database.write(save_at_random)
    await database.write(store_as_earlier_releases)
    assert await database.read(count_unconverted) >= 15
    return await database.read_in_thread(export_bytes)


async def test_former_contents_are_exported_and_shown_as_before_their_conversion(
    database: Database, former: bytes
) -> None:
    def show_all(connection: Connection) -> list[object]:
        rows = connection.execute(select(revisions.c.article_id, revisions.c.revision).order_by(revisions.c.at)).all()
        return [
            get_revision(connection, format_id(row.article_id), row.revision, RevisionParams(against=1)) for row in rows
        ]

    shown = await database.read(show_all)
    while await database.write(convert_contents, most=7) == 7:
        assert await database.read_in_thread(export_bytes) == former
    assert await database.read(count_unconverted) == 0
    assert await database.read_in_thread(export_bytes) == former
    assert await database.read(show_all) == shown
    await database.read(check_invariants)
    assert await database.write(convert_contents, most=7) == 0


async def test_save_during_a_conversion_loses_nothing(database: Database, former: bytes) -> None:
    await database.write(convert_contents, most=5)
    await database.write(save, "s0", "Paragraph 1.", "New.")
    while await database.write(convert_contents, most=5):
        pass
    exported = {each["source_id"]: each for each in map(orjson.loads, former.splitlines()) if each.get("source_id")}
    after = {each["source_id"]: each for each in await database.read(read_articles)}
    for source_id in ("s1", "s2", "s3", "s4"):
        assert after[source_id] == exported[source_id]
    contents = [each["content"] for each in after["s0"]["revisions"]]
    assert contents[:-2] == [each["content"] for each in exported["s0"]["revisions"]][:-1]
    assert contents[-2]["body"] == exported["s0"]["body"]
    await database.read(check_invariants)


def read_articles(connection: Connection) -> list[dict[str, Any]]:
    return [each for each in export_records(connection) if each["kind"] == "article"]


async def test_killed_conversion_is_resumed_without_loss(
    database: Database, database_address: str, former: bytes, tmp_path: Path
) -> None:
    script = tmp_path / "convert.py"
    script.write_text(CONVERTING)
    environment = {"PYTHONPATH": str(Path(__file__).parents[3])}
    process = await asyncio.create_subprocess_exec(
        sys.executable, script, database_address, stdout=asyncio.subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    for _ in range(3):
        assert await asyncio.wait_for(process.stdout.readline(), 30) == b"converted\n"
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert await database.read(count_unconverted) > 0
    assert await database.read_in_thread(export_bytes) == former
    while await database.write(convert_contents, most=10):
        pass
    assert await database.read_in_thread(export_bytes) == former
    await database.read(check_invariants)


@pytest.fixture
def frequent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run maintenance fifty times a second, and its hourly jobs each time."""
    monkeypatch.setattr(maintenance, "MAINTENANCE_S", 0.02)
    monkeypatch.setattr(maintenance, "HOURLY_EVERY", 1)
    monkeypatch.setattr(maintenance, "MIN_CONVERTED", 3)
    with clock.frozen(NOW + 90 * DAY_US):
        yield


@pytest.mark.usefixtures("frequent")
async def test_scheduler_converts_former_contents_and_thins_revisions_where_set(
    database: Database, former: bytes
) -> None:
    count = select(func.count()).select_from(revisions)

    async def wait(*, thins_revisions: bool, saves: int) -> None:
        """Run a scheduler until everything is converted and so many revisions remain."""
        scheduler = Scheduler(database, LastUsedBuffer(), thins_revisions=thins_revisions)
        await scheduler.start()
        try:
            await until(lambda: is_done(saves))
        finally:
            await scheduler.stop()

    async def is_done(saves: int) -> bool:
        found = await database.read(lambda connection: connection.scalar(count))
        return found == saves and await database.read(count_unconverted) == 0

    await wait(thins_revisions=False, saves=25)
    assert await database.read_in_thread(export_bytes) == former
    await wait(thins_revisions=True, saves=10)
    await database.read(check_invariants, is_thinned=True)


def lead_of(connection: Connection, article_id: int, number: int) -> object:
    return get_revision(connection, format_id(article_id), number, RevisionParams())["content"]["lead"]


def thin_all(connection: Connection, *, now: int) -> int:
    found = find_thinnable(connection, after=-1, now=now)
    assert found.next_after is None
    return thin_revisions(connection, found.article_ids, now=now)


async def test_thinning_preserves_contents_and_public_history(database: Database) -> None:
    at = NOW - 60 * DAY_US

    def write(connection: Connection) -> int:
        for edit in range(6):
            article_id = save(connection, "one", f"Text {edit}.", "Constant.", now=at + edit, lead=f"Lead {edit}.")
        publish_article(connection, article_id, at=None, now=at + 7 * MINUTE_US, **BY_HAND)
        withdraw_article(connection, article_id, reason=None, notice=None, now=at + 8 * MINUTE_US, **BY_HAND)
        restore_article(connection, article_id, now=at + 9 * MINUTE_US, **BY_HAND)
        return article_id

    article_id = await database.write(write)
    key, public = format_id(article_id), (7, 8, 9)
    history = await database.read(get_history, key, HistoryParams())
    before = [await database.read(lead_of, article_id, number) for number in (1, *public)]
    log = select(func.count()).select_from(changes)
    logged = await database.read(lambda connection: connection.scalar(log))
    assert await database.write(thin_all, now=NOW) == 5
    assert await database.write(thin_all, now=NOW) == 0
    assert [await database.read(lead_of, article_id, number) for number in (1, *public)] == before
    assert before[0] == "Lead 0."
    with pytest.raises(NotFoundError):
        await database.read(lead_of, article_id, 2)
    assert await database.read(get_history, key, HistoryParams()) == history
    assert await database.read(lambda connection: connection.scalar(log)) == logged
    await database.read(check_invariants, is_thinned=True)


async def test_thinned_revision_passes_its_content_to_the_one_before(database: Database) -> None:
    at = NOW - 10 * DAY_US

    def write(connection: Connection) -> int:
        article_id = save(connection, "one", "First.", now=at, lead="First.")
        publish_article(connection, article_id, at=NOW + DAY_US, now=at + MINUTE_US, **BY_HAND)
        save(connection, "one", "Second.", now=at + 2 * MINUTE_US, lead="Second.")
        save(connection, "one", "Third.", now=at + 5 * HOUR_US, lead="Third.")
        return article_id

    article_id = await database.write(write)
    contents = select(revisions.c.blocks).order_by(revisions.c.revision)
    assert await database.read(lambda connection: connection.scalars(contents).all()) == [None, "1-2", "3-4", None]
    assert await database.write(thin_all, now=NOW) == 1
    assert await database.read(lambda connection: connection.scalars(contents).all()) == ["1-2", "3-4", None]
    assert await database.read(lead_of, article_id, 1) == "First."
    await database.read(check_invariants, is_thinned=True)


async def test_thinned_history_survives_export_and_import(database: Database) -> None:
    for edit in range(5):
        await database.write(save, "one", f"Text {edit}.", now=NOW - 60 * DAY_US + edit)
    await database.write(thin_all, now=NOW)
    exported = await database.read_in_thread(export_bytes)
    numbers = [each["revision"] for each in orjson.loads(exported.splitlines()[-1])["revisions"]]
    assert numbers == [1, 5]
    article_id = parse_id(orjson.loads(exported.splitlines()[-1])["id"])
    await database.write(erase_article, article_id, now=NOW, editor=COMMAND_ACTOR)
    assert (await import_bytes(database, exported)).errors == []
    assert await database.read_in_thread(export_bytes) == exported


async def test_articles_are_found_for_thinning_in_portions(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(superfluous_revisions, "CANDIDATES", 2)
    for number in range(5):
        for edit in range(2 + number % 3):
            await database.write(save, f"s{number}", f"Text {edit}.", now=NOW - 60 * DAY_US + edit)
    found: list[int] = []
    after: int | None = -1
    while after is not None:
        portion = await database.read(find_thinnable, after=after, now=NOW)
        found, after = [*found, *portion.article_ids], portion.next_after
    assert len(found) == len(set(found)) == 3
