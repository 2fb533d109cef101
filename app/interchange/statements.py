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


TRAIT_COLUMNS = (articles.c.format, articles.c.language, articles.c.featured, articles.c.access)
"""Columns that `read_traits` reads."""
PLACEMENT_COLUMNS = (
    articles.c.id,
    articles.c.edition_id,
    articles.c.status,
    articles.c.published_at,
    articles.c.section_id,
    articles.c.has_further_sections,
    articles.c.label_id,
    *TRAIT_COLUMNS,
)
"""Columns that determine the lists of an article, beside its links."""

IS_EXPIRING = and_(articles.c.status == literal_column("'published'"), articles.c.expires_at.is_not(None))
"""The predicate of ix_articles_expiring."""


class LinkTable(NamedTuple):
    """A table that links articles to catalogue entries: the table, its column of entry ids, and the entries."""

    links: Table
    entry_id: Column[int]
    entries: Table


_NOT_MERGED: ColumnElement[Any] = literal_column("NULL").label("merged_into")
MERGEABLE = (Facet.TAG, Facet.AUTHOR)
"""Kinds of entries that can be merged into others."""

LINK_TABLES = {
    Facet.TAG: LinkTable(article_tags, article_tags.c.tag_id, tags),
    Facet.AUTHOR: LinkTable(article_authors, article_authors.c.author_id, authors),
    Facet.SECTION: LinkTable(article_sections, article_sections.c.section_id, sections),
}
"""The sections are the further ones of articles whose `has_further_sections` is set."""


ENTRY_USERS: dict[Facet, tuple[tuple[Column[int], Column[int]], ...]] = {
    Facet.SECTION: (
        (articles.c.section_id, articles.c.id),
        (article_sections.c.section_id, article_sections.c.article_id),
    ),
    Facet.LABEL: ((articles.c.label_id, articles.c.id),),
    Facet.TAG: ((article_tags.c.tag_id, article_tags.c.article_id),),
    Facet.AUTHOR: ((article_authors.c.author_id, article_authors.c.article_id),),
}
"""Columns that name an entry of a kind, each with the column of the article's id."""


def linked_ids(kind: Facet) -> Select[Any]:
    """Select `article_id`, the ids of the tags, authors or further sections, and the ones they were merged into."""
    links, entry_id, entries = LINK_TABLES[kind]
    if kind not in MERGEABLE:
        return select(links.c.article_id, entry_id, _NOT_MERGED)
    return select(links.c.article_id, entry_id, entries.c.merged_into).join(entries, entries.c.id == entry_id)


def linked_articles(kind: Facet, rows: Iterable[AnyRow]) -> list[int]:
    """Return the ids of these articles that can have links of a kind: few have more than one section."""
    return [row.id for row in rows if kind is not Facet.SECTION or row.has_further_sections]


def linked_entries(kind: Facet, *columns: ColumnElement[Any]) -> Select[Any]:
    """Select `article_id`, these columns of the tags, authors or further sections of articles, and `merged_into`.

    They are in the order of each article, each as the link has it: one that was merged into another has that as
    `merged_into`.
    """
    links, entry_id, entries = LINK_TABLES[kind]
    merged_into = entries.c.merged_into if kind in MERGEABLE else _NOT_MERGED
    joined = select(links.c.article_id, *columns, merged_into).join(entries, entries.c.id == entry_id)
    return joined.order_by(links.c.article_id, links.c.position)


def resolved_entries(kind: Facet, *columns: ColumnElement[Any]) -> Select[Any]:
    """Select `article_id` and these columns of the tags or authors of articles, in the order of each article.

    An entry that was merged is the one into which it was, which an article may then have twice.
    """
    links, entry_id, entries = LINK_TABLES[kind]
    if kind not in MERGEABLE:
        return linked_entries(kind, *columns)
    linked = entries.alias("linked")
    joined = (
        select(links.c.article_id, *columns)
        .join(linked, linked.c.id == entry_id)
        .join(entries, entries.c.id == func.coalesce(linked.c.merged_into, linked.c.id))
    )
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
