"""Actions of editors on one catalogue entry: create and edit."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, select

from app.actions.catalogue.entries import KINDS, UnknownEditionError, edition_of, upsert_entry
from app.actions.catalogue.filter_references import find_filter_references
from app.actions.changelog.changes import begin_log_transaction
from app.actions.preconditions import check_revision
from app.db.base import AnyRow
from app.domain.list_filter import Facet
from app.domain.merge_patch import merge_patch
from app.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from app.interchange.catalogue import KIND_NAMES, entry_name, get_entry_row, is_entered, to_record
from app.interchange.former_slugs import describe_missing, find_entry_ids_by_former_slug, list_former_slugs
from app.models.edition import editions
from app.schemas.catalogue_records import CatalogueRecord
from app.schemas.errors import validated

_MODELS = {kind: model for model, kind in KINDS.items()}
_IDENTITY = ("kind", "edition")


def create_entry(connection: Connection, record: CatalogueRecord, *, now: int, actor: str) -> None:
    """Store a new entry; ConflictError if one of that name exists, InvalidInputError for a section without edition.

    An entry that only drafts ever named is replaced.
    """
    begin_log_transaction(connection)
    kind = KINDS[type(record)]
    name = entry_name(record)
    try:
        edition_id = edition_of(connection, record)
    except UnknownEditionError as error:
        raise InvalidInputError(FieldError("edition", error.detail)) from None
    row = get_entry_row(connection, kind, name, edition_id=edition_id)
    if row is not None and is_entered(row):
        raise ConflictError(f"The {KIND_NAMES[kind]} '{name}' exists already.")
    if row is None:
        _check_former_slug(connection, kind, name, edition_id)
    upsert_entry(connection, record, now=now, actor=actor)


def edit_entry(
    connection: Connection,
    kind: Facet,
    name: str,
    patch: Mapping[str, Any],
    *,
    edition: str | None = None,
    expected: Collection[int] | None,
    shown: Mapping[str, Any] | None = None,
    now: int,
    actor: str,
) -> str:
    """Change an entry by a merge patch (RFC 7396) of its record; return its name. Responses with the entry change.

    With another name the former one redirects. `edition` is a section's, by default the default one. Other members in
    `shown` may only repeat the current value; `warnings` of an earlier response are ignored. NotFoundError,
    PreconditionFailedError, InvalidInputError, ConflictError for the name of another entry.
    """
    begin_log_transaction(connection)
    patch = {member: value for member, value in patch.items() if member != "warnings"}
    row, edition_id = get_entry_for_edit(connection, kind, name, edition=edition, expected=expected)
    slug = _edition(connection, edition)[0] if kind is Facet.SECTION else None
    former = list_former_slugs(connection, kind, row.id)
    current = to_record(kind, row, edition=slug, former=former)
    for member in (*_IDENTITY, *(["slug"] if kind is Facet.EDITION else [])):
        if member in patch and patch[member] != current.get(member):
            raise InvalidInputError(FieldError(member, "The identity of an entry cannot be changed."))
    others = (shown or {}).keys() - current.keys()
    for member in patch.keys() & others:
        if patch[member] != (shown or {})[member]:
            raise InvalidInputError(FieldError(member, "This member cannot be changed."))
    merged = merge_patch(current, {name: value for name, value in patch.items() if name not in others})
    if current.get("default") and not merged.get("default"):
        raise InvalidInputError(FieldError("default", "Must remain true: set it on another edition instead."))
    record = validated(_MODELS[kind], merged)
    new_name = entry_name(record)
    if new_name != name:
        if get_entry_row(connection, kind, new_name, edition_id=edition_id) is not None:
            raise ConflictError(f"The {KIND_NAMES[kind]} '{new_name}' exists already.")
        _check_former_slug(connection, kind, new_name, edition_id, own=row.id)
    upsert_entry(connection, record, now=now, actor=actor, renamed=row)
    return new_name


def _check_former_slug(
    connection: Connection, kind: Facet, name: str, edition_id: int | None, *, own: int | None = None
) -> None:
    """Raise ConflictError if filters use the name as the former one of another entry: they would select others."""
    owner = find_entry_ids_by_former_slug(connection, kind, [name], edition_id=edition_id).get(name)
    if owner in {None, own}:
        return
    references = [*find_filter_references(connection, kind, [name], edition_id=edition_id)]
    if references:
        noun = KIND_NAMES[kind]
        raise ConflictError(
            f"The name '{name}' is a former one of another {noun}, and in use for that: {'; '.join(references)}."
        )


def get_entry_for_edit(
    connection: Connection, kind: Facet, name: str, *, edition: str | None, expected: Collection[int] | None
) -> tuple[AnyRow, int | None]:
    """Return the row of an entry at one of the expected revisions (None: any), and a section's edition id.

    NotFoundError, PreconditionFailedError.
    """
    edition_id = _edition(connection, edition)[1] if kind is Facet.SECTION else None
    row = get_entry_row(connection, kind, name, edition_id=edition_id)
    if row is None:
        raise NotFoundError(describe_missing(connection, kind, name, edition_id=edition_id))
    check_revision(row.revision, expected)
    return row, edition_id


def _edition(connection: Connection, slug: str | None) -> tuple[str, int]:
    here = editions.c.is_default if slug is None else editions.c.slug == slug
    row = connection.execute(select(editions.c.slug, editions.c.id).where(here)).first()
    if row is None:
        raise NotFoundError(f"There is no edition '{(slug or '')[:80]}'.")
    return row.slug, row.id
