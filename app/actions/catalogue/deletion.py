"""Deletion of catalogue entries that have no references."""

from collections.abc import Collection, Iterator
from dataclasses import replace

import orjson
from sqlalchemy import Column, Connection, delete, select

from app.actions.catalogue.editing import get_entry_for_edit
from app.actions.catalogue.entries import DELETED, entry_change
from app.actions.changelog.changes import append_changes, begin_log_transaction
from app.db.base import AnyRow
from app.domain.list_filter import LISTED_WHILE_USED, Facet
from app.domain.tsid import format_id
from app.errors import ConflictError
from app.interchange.catalogue import CATALOGUE_TABLES, KIND_NAMES, is_listed
from app.models.article import articles
from app.models.article_links import article_authors, article_tags
from app.models.curated_list import curated_lists
from app.models.edition import editions
from app.models.section import sections
from app.models.webhook import webhook_endpoints

MAX_LISTED = 3
"""Maximum number of articles, or of sections, that an error lists."""

_USERS: dict[Facet, tuple[Column[int], Column[int]]] = {
    Facet.EDITION: (articles.c.edition_id, articles.c.id),
    Facet.SECTION: (articles.c.section_id, articles.c.id),
    Facet.LABEL: (articles.c.label_id, articles.c.id),
    Facet.TAG: (article_tags.c.tag_id, article_tags.c.article_id),
    Facet.AUTHOR: (article_authors.c.author_id, article_authors.c.article_id),
}


def delete_entry(
    connection: Connection,
    kind: Facet,
    name: str,
    *,
    edition: str | None = None,
    expected: Collection[int] | None,
    now: int,
    actor: str,
) -> None:
    """Delete an entry without references; `edition` is a section's, by default the default one.

    NotFoundError, PreconditionFailedError, ConflictError that lists the references.
    """
    begin_log_transaction(connection)
    row, edition_id = get_entry_for_edit(connection, kind, name, edition=edition, expected=expected)
    references = [*_find_references(connection, kind, row, name)]
    if references:
        raise ConflictError(f"The {KIND_NAMES[kind]} '{name[:80]}' cannot be deleted: {'; '.join(references)}.")
    table = CATALOGUE_TABLES[kind].table
    connection.execute(delete(table).where(table.c.id == row.id))
    is_public = kind not in LISTED_WHILE_USED and is_listed(row)
    change = entry_change(kind, row.id, edition_id, is_public=is_public)
    append_changes(connection, [replace(change, type=DELETED[kind], details={"slug": name})], now=now, actor=actor)


def _find_references(connection: Connection, kind: Facet, row: AnyRow, name: str) -> Iterator[str]:
    """Yield a clause of the error for each kind of reference to an entry."""
    link, article_id = _USERS[kind]
    found = connection.execute(select(article_id).where(link == row.id).order_by(article_id).limit(MAX_LISTED + 1))
    ids = [format_id(number) for number in found.scalars()]
    if ids:
        more = " and more" if len(ids) > MAX_LISTED else ""
        yield f"it is named by the {'articles' if len(ids) > 1 else 'article'} {', '.join(ids[:MAX_LISTED])}{more}"
    if kind is Facet.EDITION:
        if row.is_default:
            yield "it is the default edition"
        own = select(sections.c.slug).where(sections.c.edition_id == row.id).order_by(sections.c.slug)
        slugs = connection.execute(own.limit(MAX_LISTED + 1)).scalars().all()
        if slugs:
            more = " and more" if len(slugs) > MAX_LISTED else ""
            yield f"it has the {'sections' if len(slugs) > 1 else 'section'} {', '.join(slugs[:MAX_LISTED])}{more}"
    yield from _find_lists(connection, kind, row, name)
    yield from _find_webhooks(connection, kind, row, name)


def _find_lists(connection: Connection, kind: Facet, row: AnyRow, name: str) -> Iterator[str]:
    """Yield the curated lists that belong to the edition, or whose filters name the entry."""
    here = {Facet.EDITION: [curated_lists.c.edition_id == row.id]}.get(kind, [curated_lists.c.is_deleted.is_(False)])
    here += [curated_lists.c.edition_id == row.edition_id] if kind is Facet.SECTION else []
    found = select(curated_lists.c.slug, curated_lists.c.filter).where(*here).order_by(curated_lists.c.id)
    for each in connection.execute(found):
        filters = {} if each.filter is None else orjson.loads(each.filter)
        if kind is Facet.EDITION:
            yield f"it has the curated list '{each.slug}'"
        elif name in (filters.get(KIND_NAMES[kind]) or []):
            yield f"the curated list '{each.slug}' filters by it"


def _find_webhooks(connection: Connection, kind: Facet, row: AnyRow, name: str) -> Iterator[str]:
    """Yield the webhook endpoints whose filters name the entry: a section in its edition."""
    default = connection.execute(select(editions.c.id).where(editions.c.is_default)).scalar()
    numbers = {each.slug: each.id for each in connection.execute(select(editions.c.slug, editions.c.id))}
    endpoints = select(webhook_endpoints.c.id, webhook_endpoints.c.filters).order_by(webhook_endpoints.c.id)
    for endpoint in connection.execute(endpoints):
        filters = orjson.loads(endpoint.filters)
        edition = filters.get("edition")
        owner = default if edition is None else numbers.get(edition)
        given = [edition] if kind is Facet.EDITION else filters.get(KIND_NAMES[kind]) or []
        is_here = kind is not Facet.SECTION or edition == "*" or owner == row.edition_id
        if name in given and is_here:
            yield f"the webhook endpoint {format_id(endpoint.id)} filters by it"
