"""Merges whose processes are killed while they move articles: nothing is lost, and another process finishes."""

import asyncio
import subprocess
import sys

from sqlalchemy import Connection, func, select

from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import upsert_entry
from app.actions.catalogue.merging import merge_entries, rewrite_merged_links
from app.db.database import Database
from app.domain.list_filter import Facet
from app.models.article_links import article_authors
from app.models.author import authors
from app.models.listing import listings
from app.queries.articles.article_list import list_articles
from app.schemas.params import ArticleListParams
from tests.conftest import NOW
from tests.invariants import check_house
from tests.records import article, author, edition

ARTICLES = 60
KILLS = 3
AT_ONCE = 4
MOVER = """
import asyncio, sys
from app.actions.catalogue.merging import rewrite_merged_links
from app.db.database import open_database

async def move():
    database = open_database(sys.argv[1])
    while await database.write(rewrite_merged_links, most=int(sys.argv[2])):
        print("moved", flush=True)

asyncio.run(move())
"""


def _fill(connection: Connection) -> None:
    for record in (edition(), author("lost", "Lost"), author("left", "Left"), author("third", "Third")):
        upsert_entry(connection, record, now=NOW)
    signed = (["lost"], ["left", "lost"], ["lost", "left", "third"])
    records = [
        article(f"2026-11-{number % 18 + 1:02}T10:00:00Z", source_id=f"c{number}", authors=signed[number % 3])
        for number in range(ARTICLES)
    ]
    upsert_articles(connection, records, now=NOW)
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


def _move_until_killed(address: str, turn: int) -> None:
    command = [sys.executable, "-c", MOVER, address, str(AT_ONCE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        assert process.stdout is not None
        for _ in range(turn):
            assert process.stdout.readline() == "moved\n"
        process.kill()


async def test_killed_moves_of_a_merge_lose_nothing(database: Database, database_address: str) -> None:
    await database.write(_fill)
    before = await database.read(_read)
    assert {tuple(names) for _, names in before} == {("left",), ("left", "third")}
    assert len(before) == ARTICLES
    for turn in range(1, KILLS + 1):
        await asyncio.to_thread(_move_until_killed, database_address, turn)
        assert await database.read(_read) == before
    assert (await database.read(_counts))[0] == 3
    while await database.write(rewrite_merged_links, most=AT_ONCE):
        pass
    assert await database.read(_read) == before
    assert await database.read(_counts) == (2, ARTICLES * 4 // 3, ARTICLES * 4 // 3)
    await database.read(check_house)
