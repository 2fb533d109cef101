"""Queries of catalogue entries for editors: in record form, with their revision."""

from typing import Any, cast

from sqlalchemy import Connection, bindparam, select

from app.db.base import AnyRow
from app.domain.calendar import find_zone
from app.domain.instant import format_instant
from app.domain.list_filter import Facet, ListFilter
from app.errors import NotFoundError
from app.interchange.catalogue import CATALOGUE_TABLES, KIND_NAMES, get_entry_row, is_listed, to_record
from app.queries.catalogue.editions import EditionView, get_edition_view
from app.queries.keyset.pages import by_name
from app.schemas.editorial_catalogue import EditorialEntries, EditorialEntry, EditorialEntryListParams

_PATH = "/v1/editorial"
_UTC = "UTC"


def get_entry(connection: Connection, kind: Facet, name: str, *, edition: str | None = None) -> EditorialEntry:
    """Return an entry by its name, a section in its edition (None: the default one); NotFoundError."""
    owner = get_edition_view(connection, edition) if kind is Facet.SECTION else None
    row = get_entry_row(connection, kind, name, edition_id=None if owner is None else owner.id)
    if row is None:
        raise NotFoundError(f"There is no {KIND_NAMES[kind]} '{name[:80]}'.")
    return _entry(kind, row, owner)


def list_entries(connection: Connection, kind: Facet, params: EditorialEntryListParams) -> EditorialEntries:
    """Return entries by name, including unlisted ones; NotFoundError, InvalidCursorError, CursorMismatchError."""
    owner = get_edition_view(connection, params.edition) if kind is Facet.SECTION else None
    table, name = CATALOGUE_TABLES[kind]
    statement = select(table).where(name > bindparam("after")).order_by(name).limit(bindparam("limit"))
    if owner is not None:
        statement = statement.where(table.c.edition_id == owner.id)
    page = by_name(name.name).read_page(
        connection,
        statement,
        params,
        digest=ListFilter(edition=f"editorial {KIND_NAMES[kind]} {owner and owner.id}").digest(),
        href=lambda cursor: params.url_for(f"{_PATH}/{KIND_NAMES[kind]}s", cursor=cursor),
    )
    return {"items": [_entry(kind, row, owner) for row in page.rows], "next": page.next}


def _entry(kind: Facet, row: AnyRow, owner: EditionView | None) -> EditorialEntry:
    record = to_record(kind, row, edition=None if owner is None else owner.slug)
    record.pop("kind")
    name, suffix = record.get("code", record.get("slug")), "" if owner is None else owner.query()
    entry: dict[str, Any] = {
        **record,
        "href": f"{_PATH}/{KIND_NAMES[kind]}s/{name}{suffix}",
        "revision": row.revision,
        "modified_at": format_instant(row.modified_at, find_zone(_UTC)),
        "listed": is_listed(row),
    }
    return cast("EditorialEntry", entry)
