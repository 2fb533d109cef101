"""Deletion of catalogue entries that have no references."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, delete, exists, or_, select

from app.actions.catalogue.collation_keys import delete_collation_keys, delete_unused_collations
from app.actions.catalogue.editing import get_entry_for_edit
from app.actions.catalogue.entries import DELETED, entry_change
from app.actions.catalogue.filter_references import find_filter_references
from app.actions.catalogue.former_slugs import delete_former_slugs
from app.actions.catalogue.section_moves import clear_lists_of_subtree
from app.actions.changelog.changes import append_changes, begin_log_transaction
from app.db.base import AnyRow
from app.domain.list_filter import Facet
from app.domain.tsid import format_id
from app.errors import ConflictError
from app.interchange.catalogue import CATALOGUE_TABLES, KIND_NAMES, is_listed
from app.interchange.former_slugs import list_former_slugs
from app.interchange.statements import ENTRY_USERS
from app.invalidation.surrogate_keys import collection_key, facet_key
from app.models.article import articles
from app.models.change import changes
from app.models.former_slug import former_slugs
from app.models.section import sections

MAX_LISTED = 3
"""Maximum number of articles, or of sections, that an error lists."""

_USERS = {Facet.EDITION: ((articles.c.edition_id, articles.c.id),), **ENTRY_USERS}


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
    is_public = _was_public(connection, kind, row, edition_id)
    table = CATALOGUE_TABLES[kind].table
    if kind is Facet.SECTION and not row.is_tree_settled:
        clear_lists_of_subtree(connection, row.edition_id, row.id)
    if "merged_into" in table.c:  # entries merged into it of which the job has moved all articles
        connection.execute(delete(table).where(table.c.merged_into == row.id))
    connection.execute(delete(table).where(table.c.id == row.id))
    delete_former_slugs(connection, kind, row.id)
    delete_collation_keys(connection, kind, row.id)
    if kind is Facet.EDITION:
        delete_unused_collations(connection)
    change = entry_change(kind, row.id, edition_id, is_public=is_public)
    append_changes(connection, [replace(change, type=DELETED[kind], details={"slug": name})], now=now, actor=actor)


def _was_public(connection: Connection, kind: Facet, row: AnyRow, edition_id: int | None) -> bool:
    """Return whether the log says that the public saw an entry, or one that was merged into it, at any time.

    Then consumers of the log may have articles that left its list since: without the entry its name does not select the
    rows of those articles, so that the row of its deletion has to make them read again.
    """
    if is_listed(row):
        return True
    merged = select(former_slugs.c.merged_id).where(
        former_slugs.c.kind == int(kind), former_slugs.c.entry_id == row.id, former_slugs.c.merged_id.is_not(None)
    )
    numbers = [row.id, *connection.execute(merged).scalars()]
    named = or_(*(_has_key(facet_key(kind, number)) for number in numbers))
    of_public = (changes.c.article_id.is_(None), named, _has_key(collection_key(kind, edition_id)))
    return bool(connection.execute(select(exists().where(*of_public))).scalar_one())


def _has_key(key: str) -> ColumnElement[bool]:
    return changes.c.surrogate_keys.contains(f'"{key}"', autoescape=True)


def _find_references(connection: Connection, kind: Facet, row: AnyRow, name: str) -> Iterator[str]:
    """Yield a clause of the error for each kind of reference to an entry."""
    numbers, table = [row.id], CATALOGUE_TABLES[kind].table
    if "merged_into" in table.c:  # articles of entries that were merged into it name it as well
        numbers += connection.execute(select(table.c.id).where(table.c.merged_into == row.id)).scalars()
    users: set[int] = set()
    for link, article_id in _USERS[kind]:
        named = select(article_id).where(link.in_(numbers)).order_by(article_id).limit(MAX_LISTED + 1)
        users.update(connection.execute(named).scalars())
    ids = [format_id(number) for number in sorted(users)[: MAX_LISTED + 1]]
    if ids:
        more = " and more" if len(ids) > MAX_LISTED else ""
        yield f"it is named by the {'articles' if len(ids) > 1 else 'article'} {', '.join(ids[:MAX_LISTED])}{more}"
    if kind is Facet.EDITION and row.is_default:
        yield "it is the default edition"
    if kind in {Facet.EDITION, Facet.SECTION}:
        above = sections.c.edition_id if kind is Facet.EDITION else sections.c.parent_id
        own = select(sections.c.slug).where(above == row.id).order_by(sections.c.slug)
        slugs = connection.execute(own.limit(MAX_LISTED + 1)).scalars().all()
        if slugs:
            more = " and more" if len(slugs) > MAX_LISTED else ""
            yield f"it has the {'sections' if len(slugs) > 1 else 'section'} {', '.join(slugs[:MAX_LISTED])}{more}"
    owner = row.id if kind is Facet.EDITION else getattr(row, "edition_id", None)
    former = list_former_slugs(connection, kind, row.id)
    yield from find_filter_references(connection, kind, [name, *former], edition_id=owner)
