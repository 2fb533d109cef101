"""Merges whose processes are killed while they move articles: nothing is lost, and another process finishes."""

import asyncio
import time
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import upsert_entry
from app.actions.catalogue.merging import merge_entries, rewrite_merged_links
from app.db.database import Database
from app.domain.list_filter import Facet
from app.models.article import articles
from app.models.article_links import article_authors
from app.models.author import authors
from app.models.listing import listings
from app.queries.articles.article_list import list_articles
from app.queries.timeline.calendar import get_calendar
from app.schemas.params import ArticleListParams, CalendarParams
from tests.conftest import NOW
from tests.invariants import check_invariants
from tests.killable_jobs import killed_job
from tests.records import article, author, edition

ARTICLES = 60
KILLS = 3
AT_ONCE = 4
ARTICLES_SOAK = 50_000
AT_ONCE_SOAK = 500
FILLED_AT_ONCE = 500
SIGNED = (["lost"], ["left", "lost"], ["lost", "left", "third"])
SIGNED_AFTERWARDS = (["left"], ["left"], ["left", "third"])


def _fill(connection: Connection, first: int, end: int) -> None:
    """Store these articles, with a catalogue of three authors before the first."""
    if first == 0:
        for record in (edition(), author("lost", "Lost"), author("left", "Left"), author("third", "Third")):
            upsert_entry(connection, record, now=NOW)
    records = [
        article(f"2026-11-{number % 18 + 1:02}T10:00:00Z", source_id=f"c{number}", authors=SIGNED[number % 3])
        for number in range(first, end)
    ]
    upsert_articles(connection, records, now=NOW)


def _merge(connection: Connection) -> None:
    merge_entries(connection, Facet.AUTHOR, "lost", "left", expected=None, now=NOW, actor="test", at_once=0)


def _read(connection: Connection) -> list[tuple[str, list[str]]]:
    """Return the articles of the merged author with the slugs of their authors."""
    params = ArticleListParams(author=["lost"], limit=100)
    items = list_articles(connection, params, path="/v1/articles")["items"]
    return [(item["id"], [each["slug"] for each in item["authors"]]) for item in items]


def _counts(connection: Connection) -> tuple[int, int, int]:
    """Return the numbers of authors, of links to authors, and of articles in lists of authors."""
    listed = select(func.count()).where(listings.c.kind == int(Facet.AUTHOR))
    numbers = [select(func.count()).select_from(table) for table in (authors, article_authors)]
    first, second, third = (connection.execute(each).scalar_one() for each in (*numbers, listed))
    return first, second, third


def _move_until_killed(address: str, transactions: int, at_once: int) -> None:
    with killed_job(address, rewrite_merged_links, most=at_once) as job:
        job.wait_for_batches(transactions)


def _totals(connection: Connection) -> Any:
    """Return the number of articles of the merged author on each day."""
    return get_calendar(connection, CalendarParams.model_validate({"author": ["lost"]}), now=NOW)["days"]


def _signatures(connection: Connection) -> dict[str, list[str]]:
    """Return the authors of every article in their order, by `source_id`."""
    linked = (
        select(articles.c.source_id, authors.c.slug)
        .select_from(articles.join(article_authors).join(authors))
        .order_by(article_authors.c.article_id, article_authors.c.position)
    )
    signatures: dict[str, list[str]] = {}
    for source_id, slug in connection.execute(linked):
        signatures.setdefault(source_id, []).append(slug)
    return signatures


def _differences(connection: Connection) -> set[tuple[int, int]]:
    """Return articles and authors that are in either the links or the index of lists alone."""
    linked = select(article_authors.c.article_id, article_authors.c.author_id)
    listed = select(listings.c.article_id, listings.c.facet_id).where(listings.c.kind == int(Facet.AUTHOR))
    first, second = ({tuple(row) for row in connection.execute(each)} for each in (linked, listed))
    return first ^ second


async def test_killed_moves_of_a_merge_lose_nothing(database: Database, database_address: str) -> None:
    await database.write(_fill, 0, ARTICLES)
    await database.write(_merge)
    before = await database.read(_read)
    assert {tuple(names) for _, names in before} == {("left",), ("left", "third")}
    assert len(before) == ARTICLES
    for turn in range(1, KILLS + 1):
        await asyncio.to_thread(_move_until_killed, database_address, turn, AT_ONCE)
        assert await database.read(_read) == before
    assert (await database.read(_counts))[0] == 3
    while await database.write(rewrite_merged_links, most=AT_ONCE):
        pass
    assert await database.read(_read) == before
    assert await database.read(_counts) == (2, ARTICLES * 4 // 3, ARTICLES * 4 // 3)
    await database.read(check_invariants)


@pytest.mark.soak
async def test_long_killed_moves_of_a_large_merge_lose_nothing(database: Database, database_address: str) -> None:
    for first in range(0, ARTICLES_SOAK, FILLED_AT_ONCE):
        await database.write(_fill, first, first + FILLED_AT_ONCE)
    started = time.monotonic()
    await database.write(_merge)
    merged_s = time.monotonic() - started
    before, totals = await database.read(_read), await database.read_in_thread(_totals)
    assert sum(day["total"] for day in totals) == ARTICLES_SOAK
    for turn in range(1, KILLS + 1):
        await asyncio.to_thread(_move_until_killed, database_address, 8 * turn, AT_ONCE_SOAK)
        assert await database.read(_read) == before
        assert await database.read_in_thread(_totals) == totals
        assert await database.read_in_thread(_differences) == set()
    assert (await database.read(_counts))[0] == len(SIGNED)
    while await database.write(rewrite_merged_links, most=AT_ONCE_SOAK):
        pass
    assert await database.read(_read) == before
    assert await database.read_in_thread(_totals) == totals
    assert await database.read_in_thread(_differences) == set()
    expected = {f"c{number}": SIGNED_AFTERWARDS[number % 3] for number in range(ARTICLES_SOAK)}
    assert await database.read_in_thread(_signatures) == expected
    assert (await database.read(_counts))[0] == len(SIGNED) - 1
    moved_s = time.monotonic() - started
    print(f"\nmerge {merged_s:.3f} s, {ARTICLES_SOAK} articles moved through {KILLS} kills in {moved_s:.1f} s")  # noqa: T201 - figures
