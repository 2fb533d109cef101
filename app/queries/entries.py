"""Catalogue entries as editors see them: in record form, with their revision."""

from typing import Any, cast

from sqlalchemy import Connection, select

from app.db.base import AnyRow
from app.domain.calendar import find_zone
from app.domain.cursor import decode_name, encode_name
from app.domain.instant import format_instant
from app.domain.scope import Facet, Scope
from app.errors import NotFound
from app.queries.editions import EditionView, find_edition
from app.records.catalogue import NOUNS, SHELVES, entry_record, find_entry, is_listed
from app.schemas.editorial_catalogue import EditorialEntries, EditorialEntry, EntriesQuestion

_PATH = "/v1/editorial"
_UTC = "UTC"


def get_entry(connection: Connection, kind: Facet, name: str, *, edition: str | None = None) -> EditorialEntry:
    """An entry by its name, a section in its edition (the default one where None); NotFound."""
    owner = find_edition(connection, edition) if kind is Facet.SECTION else None
    row = find_entry(connection, kind, name, edition_id=None if owner is None else owner.id)
    if row is None:
        raise NotFound(f"There is no {NOUNS[kind]} '{name[:80]}' here.")
    return _entry(kind, row, owner)


def list_entries(connection: Connection, kind: Facet, question: EntriesQuestion) -> EditorialEntries:
    """Entries by name, those that only drafts name too; NotFound, CursorInvalid, CursorMismatch."""
    owner = find_edition(connection, question.edition) if kind is Facet.SECTION else None
    table, name = SHELVES[kind]
    digest = Scope(edition=f"editorial {NOUNS[kind]} {owner and owner.id}").digest()
    after = "" if question.cursor is None else decode_name(question.cursor, digest)
    found = select(table).where(name > after).order_by(name).limit(question.limit + 1)
    if owner is not None:
        found = found.where(table.c.edition_id == owner.id)
    rows = connection.execute(found).all()
    shown = rows[: question.limit]
    page: EditorialEntries = {"items": [_entry(kind, row, owner) for row in shown], "next": None}
    if len(rows) > question.limit:
        cursor = encode_name(getattr(shown[-1], name.name), digest)
        page["next"] = {"cursor": cursor, "href": question.href(f"{_PATH}/{NOUNS[kind]}s", cursor=cursor)}
    return page


def _entry(kind: Facet, row: AnyRow, owner: EditionView | None) -> EditorialEntry:
    record = entry_record(kind, row, edition=None if owner is None else owner.slug)
    record.pop("kind")
    name, suffix = record.get("code", record.get("slug")), "" if owner is None else owner.query()
    entry: dict[str, Any] = {
        **record,
        "href": f"{_PATH}/{NOUNS[kind]}s/{name}{suffix}",
        "revision": row.revision,
        "modified_at": format_instant(row.modified_at, find_zone(_UTC)),
        "listed": is_listed(row),
    }
    return cast("EditorialEntry", entry)
