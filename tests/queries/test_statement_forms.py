"""Lists compile their statements once for the kinds of their filters, whatever the number of names, ids or days."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.sql.compiler import SQLCompiler

from app.db.database import Database
from app.domain.tsid import format_id
from app.queries.articles.article_list import list_articles
from app.queries.timeline.calendar import get_calendar
from app.queries.timeline.timeline import get_day, get_timeline
from app.schemas.params import ArticleListParams, CalendarParams, DayParams, TimelineParams
from tests.conftest import NOW, Store
from tests.records import article

TAGS, AUTHORS = [f"tag-{n}" for n in range(50)], [f"author-{n}" for n in range(50)]

Query = Callable[[Connection, list[str], list[str]], Any]

LISTS: dict[str, Query] = {
    "timeline": lambda c, tags, authors: get_timeline(c, TimelineParams(tag=tags, author=authors), now=NOW),
    "timeline with totals": lambda c, tags, authors: get_timeline(
        c, TimelineParams(tag=tags, author=authors, total=True, exclude=tags), now=NOW
    ),
    "day": lambda c, tags, authors: get_day(c, "2026-11-20", DayParams(tag=tags, author=authors)),
    "calendar": lambda c, tags, authors: get_calendar(
        c, CalendarParams(tag=tags, author=authors, **{"from": f"2026-10-{len(tags):02}"[:10]}), now=NOW
    ),
    "articles": lambda c, tags, authors: list_articles(
        c, ArticleListParams(tag=tags, author=authors, exclude=tags), path=""
    ),
    "named articles": lambda c, tags, authors: list_articles(
        c, ArticleListParams(tag=tags, author=authors, id=[format_id(n) for n in range(1, 2 * len(tags))]), path=""
    ),
}
SIZES = ((3, 2), (2, 5), (4, 7), (15, 15), (4, 40), (7, 8))


@contextmanager
def compiled() -> Iterator[list[str]]:
    """Collect the statements that the body compiles."""
    found: list[str] = []
    compile_statement = SQLCompiler.__init__

    def note(self: SQLCompiler, *given: Any, **options: Any) -> None:
        compile_statement(self, *given, **options)
        found.append(self.string)

    SQLCompiler.__init__ = note  # type: ignore[method-assign]  # SQLAlchemy has no event for it
    try:
        yield found
    finally:
        SQLCompiler.__init__ = compile_statement  # type: ignore[method-assign]


@pytest.fixture
async def archive(edition_kyiv: None, store: Store) -> None:
    """Create a few articles that share a tag and an author, and have others of their own."""
    assert edition_kyiv is None
    for n in range(5):
        part = slice(n * 10, n * 10 + 9)
        names = {"tags": sorted({TAGS[0], *TAGS[part]}), "authors": sorted({AUTHORS[0], *AUTHORS[part]})}
        await store(article(f"2026-11-20T0{n}:00:00Z", source_id=f"s{n}", **names))


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize("name", LISTS)
async def test_another_number_of_filter_values_compiles_no_statement(database: Database, name: str) -> None:
    def look(connection: Connection) -> list[str]:
        LISTS[name](connection, TAGS[8:11], AUTHORS[8:11])  # the second ones exist nowhere, and may be former names
        with compiled() as found:
            for tags, authors in SIZES:
                LISTS[name](connection, TAGS[:tags], AUTHORS[:authors])
        return found

    assert await database.read(look) == []
