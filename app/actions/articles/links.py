"""Links from articles to tags and authors, in their order."""

from collections.abc import Sequence

from sqlalchemy import BindParameter, Connection, bindparam, delete, select

from app.actions.articles.article_write import ArticleWrite
from app.actions.articles.listings import Placement
from app.db.base import AnyRow
from app.db.bulk import bulk_insert_tuples, chunked
from app.domain.article import ArticleStatus
from app.models.article_links import article_authors, article_tags

_ROW: BindParameter[int] = bindparam("b_article_id")
_LINKS = ((article_tags, article_tags.c.tag_id), (article_authors, article_authors.c.author_id))


def read_placements(connection: Connection, rows: Sequence[AnyRow]) -> dict[int, Placement]:
    """Return the placement of these articles (rows of their table) by id; one statement for each kind of link."""
    ids = [row.id for row in rows]
    linked: list[dict[int, list[int]]] = []
    for table, target in _LINKS:
        found: dict[int, list[int]] = {}
        for some in chunked(ids):
            chosen = select(table.c.article_id, target).where(table.c.article_id.in_(some))
            for article_id, number in connection.execute(chosen):
                found.setdefault(article_id, []).append(number)
        linked.append(found)
    tag_ids, author_ids = linked
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
    wanted = ([w.tag_ids for w in changed], [w.author_ids for w in changed])
    for (table, _target), numbers in zip(_LINKS, wanted, strict=True):
        if known:
            connection.execute(delete(table).where(table.c.article_id == _ROW), known)
        rows = [
            (writing.article_id, position, number)
            for writing, each in zip(changed, numbers, strict=True)
            for position, number in enumerate(each)
        ]
        bulk_insert_tuples(connection, table, rows)
