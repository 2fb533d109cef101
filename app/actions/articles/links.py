"""Links from articles to tags and authors, in their order."""

from collections.abc import Sequence

from sqlalchemy import BindParameter, Connection, bindparam, delete

from app.actions.articles.article_write import ArticleWrite
from app.actions.articles.listings import Placement
from app.db.base import AnyRow
from app.db.bulk import bulk_insert_tuples, chunked
from app.domain.article_status import ArticleStatus
from app.domain.list_filter import Facet
from app.interchange.statements import LINK_TABLES, linked_ids

_ROW: BindParameter[int] = bindparam("b_article_id")


def read_placements(connection: Connection, rows: Sequence[AnyRow]) -> dict[int, Placement]:
    """Return the placement of these articles (rows of their table) by id; one statement for each kind of link."""
    ids = [row.id for row in rows]
    linked: dict[Facet, dict[int, list[int]]] = {}
    for kind, table in LINK_TABLES.items():
        entries_by_article = linked[kind] = {}
        for some in chunked(ids):
            for article_id, entry_id in connection.execute(linked_ids(kind).where(table.links.c.article_id.in_(some))):
                entries_by_article.setdefault(article_id, []).append(entry_id)
    tag_ids, author_ids = linked[Facet.TAG], linked[Facet.AUTHOR]
    return {
        row.id: Placement(
            article_id=row.id,
            edition_id=row.edition_id,
            status=ArticleStatus(row.status),
            published_at=row.published_at,
            section_id=row.section_id,
            label_id=row.label_id,
            tag_ids=tuple(tag_ids.get(row.id, ())),
            author_ids=tuple(author_ids.get(row.id, ())),
        )
        for row in rows
    }


def write_links(connection: Connection, changed: Sequence[ArticleWrite]) -> None:
    """Replace the tags and authors of these articles."""
    known = [{"b_article_id": w.article_id} for w in changed if w.current is not None]
    entry_ids = {Facet.TAG: [w.tag_ids for w in changed], Facet.AUTHOR: [w.author_ids for w in changed]}
    for kind, numbers in entry_ids.items():
        table = LINK_TABLES[kind].links
        if known:
            connection.execute(delete(table).where(table.c.article_id == _ROW), known)
        rows = [
            (write.article_id, position, number)
            for write, each in zip(changed, numbers, strict=True)
            for position, number in enumerate(each)
        ]
        bulk_insert_tuples(connection, table, rows)
