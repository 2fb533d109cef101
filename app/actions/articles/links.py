"""Links from articles to tags, authors and sections, in their order."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete

from app.actions.articles.listings import Placement
from app.db.base import AnyRow
from app.db.bulk import bulk_insert_tuples, chunked
from app.domain.article_status import ArticleStatus
from app.domain.list_filter import Facet
from app.domain.traits import read_traits
from app.interchange.section_tree import read_section_tree
from app.interchange.statements import LINK_TABLES, linked_articles, linked_ids

if TYPE_CHECKING:
    from app.actions.articles.article_write import ArticleWrite  # which imports the writes of entries


def read_placements(connection: Connection, rows: Sequence[AnyRow]) -> dict[int, Placement]:
    """Return the placement of these articles (rows of their table) by id; one statement for each kind of link.

    Another one reads the tree of sections.
    """
    linked: dict[Facet, dict[int, list[int]]] = {}
    survivors: dict[int, dict[tuple[Facet, int], int]] = {}
    for kind, table in LINK_TABLES.items():
        entries_by_article = linked[kind] = {}
        for some in chunked(linked_articles(kind, rows)):
            found = linked_ids(kind).where(table.links.c.article_id.in_(some))
            for article_id, entry_id, merged_into in connection.execute(found.order_by(table.links.c.position)):
                entries_by_article.setdefault(article_id, []).append(entry_id)
                if merged_into is not None:
                    survivors.setdefault(article_id, {})[kind, entry_id] = merged_into
    tag_ids, author_ids, further_ids = linked[Facet.TAG], linked[Facet.AUTHOR], linked[Facet.SECTION]
    tree = read_section_tree(connection, {row.edition_id for row in rows if row.section_id is not None})
    return {
        row.id: Placement(
            article_id=row.id,
            edition_id=row.edition_id,
            status=ArticleStatus(row.status),
            published_at=row.published_at,
            section_ids=() if row.section_id is None else (row.section_id, *further_ids.get(row.id, ())),
            label_id=row.label_id,
            tag_ids=tuple(tag_ids.get(row.id, ())),
            author_ids=tuple(author_ids.get(row.id, ())),
            traits=read_traits(row),
            survivors=survivors.get(row.id, {}),
            tree=tree,
        )
        for row in rows
    }


def write_links(connection: Connection, changed: "Sequence[ArticleWrite]") -> None:
    """Replace the tags, authors and further sections of these articles, where they change."""
    for kind in LINK_TABLES:
        table = LINK_TABLES[kind].links
        replaced = [
            write
            for write in changed
            if write.placement_before is None
            or _linked_ids(write.placement_before, kind) != _linked_ids(write.placement_after, kind)
        ]
        stored = [write.current for write in replaced if write.current is not None]
        for ids in chunked(linked_articles(kind, stored)):
            connection.execute(delete(table).where(table.c.article_id.in_(ids)))
        first = 1 if kind is Facet.SECTION else 0
        rows = [
            (write.article_id, position, number)
            for write in replaced
            for position, number in enumerate(_linked_ids(write.placement_after, kind), start=first)
        ]
        bulk_insert_tuples(connection, table, rows)


def _linked_ids(placement: Placement, kind: Facet) -> tuple[int, ...]:
    """Return the ids in the links of a kind; the first section is a column of the article."""
    if kind is Facet.TAG:
        return placement.tag_ids
    return placement.author_ids if kind is Facet.AUTHOR else placement.section_ids[1:]
