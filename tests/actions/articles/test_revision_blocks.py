"""Blocks of revisions: stored once, used by several articles, and deleted with the last revision that uses them."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Connection, func, select

from app.actions.articles.erasure import erase_article
from app.actions.articles.revisions import snapshot_content
from app.actions.articles.upsert import upsert_articles
from app.db.database import Database, open_database
from app.domain.actor import COMMAND_ACTOR
from app.domain.stored_blocks import decompress_block
from app.domain.tsid import format_id
from app.models.revision import revision_block_uses, revision_blocks, revisions
from app.queries.editorial.revisions import get_revision
from app.schemas.editorial import RevisionParams
from tests.conftest import NOW
from tests.invariants import check_invariants
from tests.records import article

pytestmark = pytest.mark.usefixtures("edition_kyiv")

SHARED = "Reporting by the harbour desk."


def paragraphs(*texts: str) -> list[dict[str, str]]:
    return [{"type": "paragraph", "html": text} for text in texts]


def save(connection: Connection, source_id: str, *texts: str, published_at: str | None = None) -> int:
    """Store a save of an article with these paragraphs; return its id."""
    record = article(published_at, source_id=source_id, headline="Night trams", body=paragraphs(*texts))
    stored = upsert_articles(connection, [record], now=NOW)
    assert not isinstance(stored.outcomes[0], Exception)
    return stored.ids[0]


def erase(connection: Connection, article_id: int) -> None:
    erase_article(connection, article_id, now=NOW, editor=COMMAND_ACTOR)


def stored_texts(connection: Connection) -> list[str]:
    """Return the stored blocks that are paragraphs, in alphabetical order."""
    blocks = connection.execute(select(revision_blocks.c.block)).scalars()
    texts = [decompress_block(bytes(block)).decode() for block in blocks]
    return sorted(text.partition('"html":"')[2].removesuffix('"}') for text in texts if '"paragraph"' in text)


def content_texts(connection: Connection, article_id: int, revision: int) -> list[str]:
    shown = get_revision(connection, format_id(article_id), revision, RevisionParams())
    return [block["html"] for block in shown["content"]["body"] if block["type"] == "paragraph"]


async def test_block_of_several_revisions_and_articles_is_stored_once(database: Database) -> None:
    for source_id in ("one", "two"):
        for edit in range(4):
            await database.write(save, source_id, "Constant.", f"Edit {edit} of {source_id}.", SHARED)
    texts = await database.read(stored_texts)
    edits = [f"Edit {edit} of {source_id}." for edit in range(3) for source_id in ("one", "two")]
    assert texts == sorted(["Constant.", SHARED, *edits])
    lists = select(revisions.c.blocks).where(revisions.c.blocks.is_not(None)).order_by(revisions.c.article_id)
    found = await database.read(lambda connection: connection.scalars(lists).all())
    assert sorted(found) == sorted(["1-4", "1-2 5 4", "1-2 6 4"] * 2)
    await database.read(check_invariants)


async def test_revision_content_repeats_and_reorders_blocks(database: Database) -> None:
    bodies = [("a", "b", "c"), ("c", "a", "b", "a"), (), ("b", "b"), ("a",)]
    for texts in bodies:
        article_id = await database.write(save, "one", *texts)
    for number, texts in enumerate(bodies, start=1):
        assert await database.read(content_texts, article_id, number) == list(texts)


async def test_blocks_of_several_articles_are_stored_in_one_statement_each(database: Database) -> None:
    ids = [await database.write(save, f"s{number}", "Common.", f"Own {number}.") for number in range(3)]

    def edit_all(connection: Connection) -> None:
        records = [
            article(None, source_id=f"s{number}", headline="Night trams", body=paragraphs("Later."))
            for number in range(3)
        ]
        upsert_articles(connection, records, now=NOW)

    await database.write(edit_all)
    assert await database.read(stored_texts) == ["Common.", "Own 0.", "Own 1.", "Own 2."]
    for number, article_id in enumerate(ids):
        assert await database.read(content_texts, article_id, 1) == ["Common.", f"Own {number}."]
    await database.read(check_invariants)


@pytest.mark.parametrize("published_at", [None, "2026-11-20T10:00:00Z"], ids=["deletion", "tombstone"])
async def test_erasure_deletes_blocks_that_no_other_article_uses(database: Database, published_at: str | None) -> None:
    for texts in (("Private.", SHARED), ("Later.", SHARED), ("Last.",)):
        erased = await database.write(save, "erased", *texts, published_at=published_at)
    for texts in ((SHARED, "Other."), ("Other.",)):
        other = await database.write(save, "other", *texts)
    await database.write(erase, erased)
    assert await database.read(stored_texts) == ["Other.", SHARED]
    assert await database.read(content_texts, other, 1) == [SHARED, "Other."]
    await database.read(check_invariants)
    await database.write(erase, other)
    assert await database.read(stored_texts) == []
    await database.read(check_invariants)


async def run_together(address: str, *actions: Callable[[Database], Awaitable[object]]) -> None:
    """Run each action with a connection of its own, as processes do."""
    databases = [open_database(address) for _ in actions]
    try:
        await asyncio.gather(*(action(database) for action, database in zip(actions, databases, strict=True)))
    finally:
        for database in databases:
            await database.close()


async def test_concurrent_saves_store_their_common_blocks_once(database: Database, database_address: str) -> None:
    def saving(source_id: str) -> Callable[[Database], Awaitable[object]]:
        async def run(own: Database) -> None:
            for edit in range(6):
                await own.write(save, source_id, SHARED, f"Common edit {edit}.")

        return run

    await run_together(database_address, *(saving(f"s{number}") for number in range(4)))
    assert len(await database.read(stored_texts)) == 1 + 5
    uses = select(func.count()).select_from(revision_block_uses)
    assert await database.read(lambda connection: connection.scalar(uses)) == 4 * (1 + 1 + 5)
    await database.read(check_invariants)


async def test_erasure_during_saves_of_a_shared_block_leaves_it_to_these(
    database: Database, database_address: str
) -> None:
    victims = []
    for number in range(5):
        for texts in ((SHARED, f"Secret {number}."), ("Later.",)):
            victim = await database.write(save, f"victim-{number}", *texts)
        victims.append(victim)
    keepers = [await database.write(save, f"keeper-{number}", SHARED) for number in range(5)]

    async def erase_all(own: Database) -> None:
        for victim in victims:
            await own.write(erase, victim)

    async def edit_all(own: Database) -> None:
        for number in range(len(keepers)):
            await own.write(save, f"keeper-{number}", "Edited.")

    await run_together(database_address, erase_all, edit_all)
    for article_id in keepers:
        assert await database.read(content_texts, article_id, 1) == [SHARED]
    assert await database.read(stored_texts) == [SHARED]
    await database.read(check_invariants)


async def test_repeated_snapshot_stores_nothing_more(database: Database) -> None:
    article_id = await database.write(save, "one", "A.", "B.")
    await database.write(save, "one", "A.")
    before = await database.read(stored_texts)
    await database.write(snapshot_content, {article_id: 2})
    await database.write(snapshot_content, {article_id: 2})
    assert await database.read(stored_texts) == before == ["A.", "B."]
    assert await database.read(content_texts, article_id, 2) == ["A."]


async def test_saves_of_a_long_article_take_little_room(database: Database) -> None:
    texts = [f"Paragraph {number} says that tram {number * 7919 % 1000} is late. " * 8 for number in range(200)]
    size = sum(map(len, texts))
    for edit in range(20):
        texts[edit * 9] = f"Edit {edit} replaces the paragraph. " * 8
        await database.write(save, "long", *texts)
    stored = select(func.sum(func.length(revision_blocks.c.block)))
    listed = select(func.sum(func.length(revisions.c.blocks)))
    total = await database.read(lambda connection: connection.scalar(stored) + connection.scalar(listed))
    assert total < size
    await database.read(check_invariants)
