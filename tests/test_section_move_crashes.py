"""Death of the process that lists the articles of a moved section again: nothing is lost, and no list changes."""

import asyncio
from typing import Any

import pytest

from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue import section_moves
from app.actions.catalogue.entries import upsert_entry
from app.actions.catalogue.section_moves import relist_articles
from app.db.database import Connection, Database
from app.interchange.section_tree import has_sections_to_relist
from app.queries.articles.article_list import list_articles
from app.schemas.params import ArticleListParams
from tests.conftest import NOW
from tests.invariants import check_invariants
from tests.killable_jobs import killed_job
from tests.records import article, edition, section

ARTICLES = 120
KILLS = 3


def fill(connection: Connection) -> None:
    """Store a section with articles below another one."""
    upsert_entry(connection, edition(), now=NOW)
    for slug, parent in (("sport", None), ("games", None), ("football", "sport"), ("cup", "football")):
        upsert_entry(connection, section(slug, slug.title(), parent=parent), now=NOW)
    filed = [["cup"], ["football"], ["cup", "games"]]
    records = [
        article(f"2026-11-{1 + number % 18:02}T10:00:00Z", source_id=f"a{number}", sections=filed[number % 3])
        for number in range(ARTICLES)
    ]
    upsert_articles(connection, records, now=NOW)


async def ids_below(database: Database, slug: str) -> list[str]:
    """Return the ids of the articles of a section and those below it."""
    params = ArticleListParams.model_validate({"section": [slug], "subsections": True, "limit": 200})
    page: Any = await database.read(list_articles, params, path="/v1/articles")
    return [item["id"] for item in page["items"]]


async def test_killed_job_continues_where_it_stopped(
    database: Database, database_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(section_moves, "RELISTED_IN_MOVE", 0)
    await database.write(fill)
    everything = await ids_below(database, "sport")
    assert len(everything) == ARTICLES
    await database.write(upsert_entry, section("football", "Football", parent="games"), now=NOW)
    for _ in range(KILLS):
        with killed_job(database_address, relist_articles, most=2) as job:
            await asyncio.to_thread(job.wait_for_batches, 5)
        assert await database.read(has_sections_to_relist)
        assert await ids_below(database, "sport") == []
        assert sorted(await ids_below(database, "games")) == sorted(everything)
    remaining = ARTICLES * 2
    while await database.write(relist_articles, most=50) >= 50:
        remaining -= 50
        assert remaining > 0
    assert not await database.read(has_sections_to_relist)
    assert await ids_below(database, "sport") == []
    assert sorted(await ids_below(database, "games")) == sorted(everything)
    await database.read_in_thread(check_invariants)
