"""Writes of catalogue entries: editions, sections, tags, labels and authors, by name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Connection, delete, exists, insert, select, update

from app.actions.articles.listings import Placement
from app.actions.changelog.changes import Change, append_changes, begin_log_transaction
from app.db.base import AnyRow
from app.db.bulk import chunked
from app.domain.change import ChangeType
from app.domain.list_filter import Facet
from app.errors import NotFoundError
from app.interchange.catalogue import CATALOGUE_TABLES, entry_name, get_entry_row, is_listed
from app.invalidation.surrogate_keys import collection_key, facet_key
from app.models.article import articles
from app.models.article_links import article_authors, article_tags
from app.models.edition import editions
from app.schemas.catalogue_records import (
    AuthorRecord,
    CatalogueRecord,
    EditionRecord,
    LabelRecord,
    SectionRecord,
    TagRecord,
)

UPDATED = {
    Facet.EDITION: ChangeType.EDITION_UPDATED,
    Facet.SECTION: ChangeType.SECTION_UPDATED,
    Facet.TAG: ChangeType.TAG_UPDATED,
    Facet.AUTHOR: ChangeType.AUTHOR_UPDATED,
    Facet.LABEL: ChangeType.LABEL_UPDATED,
}
KINDS: dict[type[CatalogueRecord], Facet] = {
    EditionRecord: Facet.EDITION,
    SectionRecord: Facet.SECTION,
    TagRecord: Facet.TAG,
    AuthorRecord: Facet.AUTHOR,
    LabelRecord: Facet.LABEL,
}


class Outcome(StrEnum):
    """Outcome of storing a record."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class UnknownEditionError(NotFoundError):
    """The record belongs to an edition that does not exist (yet)."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no edition '{slug}'.")
        self.slug = slug


@dataclass(frozen=True, slots=True)
class CreatedEntries:
    """Entries created from their codes: their number, and the changes to log for the listed ones."""

    count: int
    changes: list[Change]


def upsert_entry(connection: Connection, record: CatalogueRecord, *, now: int, actor: str = "import") -> Outcome:
    """Create or replace the entry that the record names; an equal entry is not written.

    UnknownEditionError for a section without edition.
    """
    begin_log_transaction(connection)
    kind = KINDS[type(record)]
    name = entry_name(record)
    edition_id = edition_of(connection, record)
    row = get_entry_row(connection, kind, name, edition_id=edition_id)
    members = _members(record)
    others: list[int] = []
    if isinstance(record, EditionRecord):
        others = _other_defaults(connection, record.slug)
        # There is always one default edition: the first one, until another replaces it.
        members["is_default"] = record.default or not others
        others = others if record.default else []
    if row is not None and is_listed(row) and all(getattr(row, key) == value for key, value in members.items()):
        return Outcome.UNCHANGED
    if others:
        _unset_default(connection, others, now)
    if row is None:
        identity = {CATALOGUE_TABLES[kind].name.name: name} | ({} if edition_id is None else {"edition_id": edition_id})
        number = _insert(connection, kind, {**identity, **members, "modified_at": now})
    else:
        number = _replace(connection, kind, row, {**members, "modified_at": now})
    changes = [_change(kind, each, edition_id) for each in (*others, number)]
    append_changes(connection, changes, now=now, actor=actor)
    return Outcome.CREATED if row is None else Outcome.CHANGED


def edition_ids(connection: Connection, slugs: Iterable[str]) -> dict[str, int]:
    """Return the ids of existing editions by slug."""
    found = connection.execute(select(editions.c.slug, editions.c.id).where(editions.c.slug.in_(set(slugs))))
    return {row.slug: row.id for row in found}


def find_entry_ids(connection: Connection, kind: Facet, names: Iterable[str], *, edition_id: int) -> dict[str, int]:
    """Return the ids of existing entries by name, sections within their edition."""
    unique = sorted(set(names))
    table, name = CATALOGUE_TABLES[kind]
    here = [table.c.edition_id == edition_id] if kind is Facet.SECTION else []
    statements = (select(name, table.c.id).where(name.in_(some), *here) for some in chunked(unique))
    return {row[0]: row.id for statement in statements for row in connection.execute(statement)}


def get_or_create_entries(
    connection: Connection, kind: Facet, is_public_by_name: Mapping[str, bool], *, edition_id: int, now: int
) -> tuple[dict[str, int], CreatedEntries | None]:
    """Return the ids of these names; missing entries are created from their code, listed or not."""
    if not is_public_by_name:
        return {}, None
    known = find_entry_ids(connection, kind, is_public_by_name, edition_id=edition_id)
    missing = sorted(is_public_by_name.keys() - known.keys())
    if not missing:
        return known, None
    table, name = CATALOGUE_TABLES[kind]
    fixed: dict[str, Any] = {"edition_id": edition_id} if kind is Facet.SECTION else {}
    connection.execute(
        insert(table),
        [
            {name.name: each, "modified_at": now, "is_listed": is_public_by_name[each], **fixed, **_made(kind, each)}
            for each in missing
        ],
    )
    fresh = find_entry_ids(connection, kind, missing, edition_id=edition_id)
    changes = [_change(kind, fresh[each], edition_id) for each in missing if is_public_by_name[each]]
    return known | fresh, CreatedEntries(len(missing), changes)


def mark_entries_listed(connection: Connection, appeared: Sequence[Placement]) -> list[Change]:
    """List the entries that these newly public articles are the first to use; return the changes to log."""
    changes: list[Change] = []
    used: dict[Facet, dict[int, int]] = {}
    for article in appeared:
        for kind, number in article.facets():
            if kind is not Facet.EDITION:
                used.setdefault(kind, {})[number] = article.edition_id
    for kind, owners in used.items():
        table = CATALOGUE_TABLES[kind].table
        for numbers in chunked(sorted(owners)):
            hidden = select(table.c.id).where(table.c.id.in_(numbers), table.c.is_listed.is_(False))
            found = connection.execute(hidden).scalars().all()
            if found:
                connection.execute(update(table).where(table.c.id.in_(found)).values(is_listed=True))
                changes += [_change(kind, number, owners[number]) for number in found]
    return changes


def delete_unused_entries(connection: Connection, gone: Placement) -> None:
    """Delete the unlisted entries that a deleted article used and no other does."""
    users = {
        Facet.SECTION: articles.c.section_id,
        Facet.LABEL: articles.c.label_id,
        Facet.TAG: article_tags.c.tag_id,
        Facet.AUTHOR: article_authors.c.author_id,
    }
    for kind, number in gone.facets():
        if kind is not Facet.EDITION:
            table = CATALOGUE_TABLES[kind].table
            unused = ~exists().where(users[kind] == table.c.id)
            connection.execute(delete(table).where(table.c.id == number, table.c.is_listed.is_(False), unused))


def edition_of(connection: Connection, record: CatalogueRecord) -> int | None:
    """Return the edition id of a section, None for other kinds; UnknownEditionError."""
    if not isinstance(record, SectionRecord):
        return None
    edition_id = edition_ids(connection, [record.edition]).get(record.edition)
    if edition_id is None:
        raise UnknownEditionError(record.edition)
    return edition_id


def _insert(connection: Connection, kind: Facet, columns: dict[str, Any]) -> int:
    table = CATALOGUE_TABLES[kind].table
    return int(connection.execute(insert(table).values(**columns).returning(table.c.id)).scalar_one())


def _replace(connection: Connection, kind: Facet, row: AnyRow, columns: dict[str, Any]) -> int:
    table = CATALOGUE_TABLES[kind].table
    listed = {} if kind is Facet.EDITION else {"is_listed": True}
    connection.execute(update(table).where(table.c.id == row.id).values(**columns, **listed, revision=row.revision + 1))
    return int(row.id)


def _change(kind: Facet, number: int, edition_id: int | None) -> Change:
    owner = {Facet.EDITION: number, Facet.SECTION: edition_id}.get(kind)
    keys = [facet_key(kind, number), collection_key(kind, edition_id)]
    return Change(type=UPDATED[kind], keys=keys, edition_id=owner)


def _other_defaults(connection: Connection, slug: str) -> list[int]:
    found = select(editions.c.id).where(editions.c.is_default, editions.c.slug != slug)
    return list(connection.execute(found).scalars())


def _unset_default(connection: Connection, numbers: Sequence[int], now: int) -> None:
    stepping = update(editions).where(editions.c.id.in_(numbers))
    connection.execute(stepping.values(is_default=False, modified_at=now, revision=editions.c.revision + 1))


def _made(kind: Facet, code: str) -> dict[str, str]:
    if kind is Facet.LABEL:
        return {"text": code, "texts": "{}", "disclaimers": "{}"}
    return {"name": code}


def _members(record: CatalogueRecord) -> dict[str, Any]:
    if isinstance(record, LabelRecord):
        return {
            "text": record.text,
            "texts": _json(record.texts),
            "disclaimer": record.disclaimer,
            "disclaimers": _json(record.disclaimers),
            "genre": record.genre,
        }
    members = record.model_dump(exclude={"kind", "slug", "edition", "default"})
    return members | {"strings": _json(record.strings)} if isinstance(record, EditionRecord) else members


def _json(value: dict[str, str]) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
