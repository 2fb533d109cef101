"""Parts of statements that queries and actions share."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    func,
    literal_column,
    select,
)

from app.db.base import AnyRow
from app.domain.list_filter import Facet
from app.models.article import articles
from app.models.article_links import article_authors, article_sections, article_tags
from app.models.author import authors
from app.models.change import changes
from app.models.section import sections
from app.models.tag import tags

IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
LATEST_SEQ = select(func.coalesce(func.max(changes.c.seq), 0).label("latest"))
"""The sequence number of the last change, 0 before the first."""


IS_EXPIRING = and_(articles.c.status == literal_column("'published'"), articles.c.expires_at.is_not(None))
"""The predicate of ix_articles_expiring."""


class LinkTable(NamedTuple):
    """A table that links articles to catalogue entries: the table, its column of entry ids, and the entries."""

    links: Table
    entry_id: Column[int]
    entries: Table


LINK_TABLES = {
    Facet.TAG: LinkTable(article_tags, article_tags.c.tag_id, tags),
    Facet.AUTHOR: LinkTable(article_authors, article_authors.c.author_id, authors),
    Facet.SECTION: LinkTable(article_sections, article_sections.c.section_id, sections),
}
"""The sections are the further ones of articles whose `has_further_sections` is set."""


def linked_ids(kind: Facet) -> Select[Any]:
    """Select `article_id` and the ids of the tags, authors or further sections of articles."""
    links, entry_id, _ = LINK_TABLES[kind]
    return select(links.c.article_id, entry_id)


def linked_articles(kind: Facet, rows: Iterable[AnyRow]) -> list[int]:
    """Return the ids of these articles that can have links of a kind: few have more than one section."""
    return [row.id for row in rows if kind is not Facet.SECTION or row.has_further_sections]


def linked_entries(kind: Facet, *columns: ColumnElement[Any]) -> Select[Any]:
    """Select `article_id` and these columns of the tags, authors or further sections, in the order of each article."""
    links, entry_id, entries = LINK_TABLES[kind]
    joined = select(links.c.article_id, *columns).join(entries, entries.c.id == entry_id)
    return joined.order_by(links.c.article_id, links.c.position)


def expired_articles(statement: Select[Any]) -> Select[Any]:
    """Restrict a statement over articles to public ones expired by `now`, the longest expired first, at most `most`."""
    return (
        statement.where(IS_EXPIRING, articles.c.expires_at <= bindparam("now"))
        .order_by(articles.c.expires_at, articles.c.id)
        .limit(bindparam("most", type_=Integer))
    )


def due_articles(statement: Select[Any]) -> Select[Any]:
    """Restrict a statement over articles to those due by `now`, the longest due first, at most `most`."""
    is_scheduled = articles.c.status == literal_column("'scheduled'")  # as the predicate of ix_articles_due
    return (
        statement.where(is_scheduled, articles.c.published_at <= bindparam("now"))
        .order_by(articles.c.published_at, articles.c.id)
        .limit(bindparam("most", type_=Integer))
    )
