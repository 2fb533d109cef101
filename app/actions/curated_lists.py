"""Writes of curated lists; each write replaces the whole list."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from app.actions.catalogue.entries import Outcome, UnknownEditionError, edition_ids
from app.actions.changelog.changes import Change, append_changes, begin_log_transaction
from app.actions.preconditions import check_revision
from app.db.base import AnyRow
from app.domain.change import ChangeType
from app.domain.tsid import format_id
from app.errors import FieldError, InvalidInputError, NotFoundError, PreconditionFailedError
from app.interchange.curated_lists import FILTERS, find_referenced_articles, get_curated_list_row
from app.interchange.former_slugs import find_named_entry_ids
from app.invalidation.surrogate_keys import curated_list_key, curated_lists_key
from app.models.article import articles
from app.models.curated_list import curated_lists
from app.schemas.curated_list_records import CuratedListFilter, CuratedListRecord


def put_curated_list(connection: Connection, record: CuratedListRecord, *, now: int, actor: str = "import") -> Outcome:
    """Create or replace the list that the record names; an equal list is not written.

    References are stored unchanged; an article may be created after its reference. UnknownEditionError,
    InvalidInputError for more references than the limit.
    """
    begin_log_transaction(connection)
    if len(record.items) > record.limit:
        raise InvalidInputError(FieldError("items", f"Must not be more than the limit of {record.limit}."))
    edition_id = edition_ids(connection, [record.edition]).get(record.edition)
    if edition_id is None:
        raise UnknownEditionError(record.edition)
    row = get_curated_list_row(connection, edition_id, record.slug)
    columns: dict[str, Any] = {
        "name": record.name,
        "items": orjson.dumps(record.items).decode(),
        "filter": None if record.filter is None else orjson.dumps(record.filter.values()).decode(),
        "max_items": record.limit,
        "expires_at": record.expires_at,
        "is_deleted": False,
    }
    if row is None:
        identity = {"edition_id": edition_id, "slug": record.slug, "modified_at": now}
        statement = insert(curated_lists).values(**identity, **columns).returning(curated_lists.c.id)
        number = int(connection.execute(statement).scalar_one())
    elif all(getattr(row, name) == value for name, value in columns.items()):
        return Outcome.UNCHANGED
    else:
        number = row.id
        _update(connection, row, columns, now)
    _log(connection, ChangeType.LIST_UPDATED, number, edition_id, now=now, actor=actor)
    return Outcome.CREATED if row is None or row.is_deleted else Outcome.CHANGED


def edit_curated_list(
    connection: Connection, record: CuratedListRecord, *, expected: Collection[int] | None, now: int, actor: str
) -> Outcome:
    """Create or replace a list for an editor, whose references and filter values must exist; slugs become ids.

    An article that is named repeatedly, in whatever form, has its first place.

    PreconditionFailedError, InvalidInputError, UnknownEditionError.
    """
    begin_log_transaction(connection)
    edition_id = edition_ids(connection, [record.edition]).get(record.edition)
    if edition_id is None:
        raise UnknownEditionError(record.edition)
    row = get_curated_list_row(connection, edition_id, record.slug)
    _check_precondition(row, expected)
    is_renewed = row is None or row.expires_at != record.expires_at
    errors = [*_unknown_filters(connection, edition_id, record.filter)]
    if record.expires_at is not None and record.expires_at <= now and is_renewed:
        errors.append(FieldError("expires_at", "Must be in the future."))
    references = _resolve(connection, edition_id, record.items)
    errors += [
        FieldError(f"items.{position}", f"There is no article '{given[:80]}' in the edition.")
        for position, given in enumerate(record.items)
        if given not in references
    ]
    if errors:
        raise InvalidInputError(*errors)
    first: dict[int, str] = {}
    for stored, article_id in (references[each] for each in record.items):
        first.setdefault(article_id, stored)
    return put_curated_list(connection, record.model_copy(update={"items": [*first.values()]}), now=now, actor=actor)


def delete_curated_list(
    connection: Connection, edition_id: int, slug: str, *, expected: Collection[int] | None, now: int, actor: str
) -> None:
    """Delete a list; a later write creates it again. NotFoundError, PreconditionFailedError."""
    begin_log_transaction(connection)
    row = get_curated_list_row(connection, edition_id, slug)
    if row is None or row.is_deleted:
        raise NotFoundError(f"There is no list '{slug[:80]}'.")
    _check_precondition(row, expected)
    _update(connection, row, {"is_deleted": True}, now)
    _log(connection, ChangeType.LIST_DELETED, row.id, edition_id, now=now, actor=actor)


def _check_precondition(row: AnyRow | None, expected: Collection[int] | None) -> None:
    if expected is None:
        return
    if row is None or row.is_deleted:
        raise PreconditionFailedError("There is no such list now; read the lists again and repeat the change.")
    check_revision(row.revision, expected)


def _update(connection: Connection, row: AnyRow, columns: dict[str, Any], now: int) -> None:
    values = {**columns, "modified_at": now, "revision": row.revision + 1}
    connection.execute(update(curated_lists).where(curated_lists.c.id == row.id).values(**values))


def _log(connection: Connection, kind: ChangeType, number: int, edition_id: int, *, now: int, actor: str) -> None:
    surrogate_keys = (curated_list_key(number), curated_lists_key(edition_id))
    append_changes(connection, [Change(type=kind, keys=surrogate_keys, edition_id=edition_id)], now=now, actor=actor)


def _unknown_filters(connection: Connection, edition_id: int, chosen: CuratedListFilter | None) -> Iterator[FieldError]:
    given = {} if chosen is None else chosen.values()
    for member, kind in FILTERS.items():
        names = given.get(member, [])
        known = find_named_entry_ids(connection, kind, names, edition_id=edition_id)
        for position, name in enumerate(names):
            if name not in known:
                yield FieldError(f"filter.{member}.{position}", f"There is no {member} '{name}'.")


def _resolve(connection: Connection, edition_id: int, references: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Return the stored form and the article of each reference that names one: slugs become ids, which never change."""
    known = find_referenced_articles(connection, edition_id, references)
    found = {each: (each, number) for each, number in known.items()}
    others = [each for each in references if each not in known]
    if others:
        by_slug = select(articles.c.slug, articles.c.id).where(
            articles.c.edition_id == edition_id, articles.c.slug.in_(others)
        )
        found |= {row.slug: (format_id(row.id), row.id) for row in connection.execute(by_slug)}
    return found
