"""Storing editions, sections, tags, labels and authors, by name."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Table, and_, insert, select, update

from app.actions.changes import Change, append_changes, begin_changes
from app.db.bulk import portions
from app.domain.change import ChangeType
from app.domain.scope import Facet
from app.domain.surrogate import facet_key
from app.errors import NotFound
from app.models.author import authors
from app.models.edition import editions
from app.models.label import labels
from app.models.section import sections
from app.models.tag import tags
from app.schemas.record import (
    AuthorRecord,
    CatalogueRecord,
    EditionRecord,
    LabelRecord,
    SectionRecord,
    TagRecord,
)


class Outcome(StrEnum):
    """What storing a record came to."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class UnknownEdition(NotFound):
    """A record belongs to an edition that is not here (yet)."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no edition '{slug}'.")
        self.slug = slug


def store_entry(connection: Connection, record: CatalogueRecord, *, now: int) -> Outcome:
    """Create or replace the entry that the record names; nothing is written when it is equal already."""
    begin_changes(connection)
    if isinstance(record, EditionRecord):
        return _store_edition(connection, record, now)
    if isinstance(record, SectionRecord):
        edition_id = edition_ids(connection, [record.edition]).get(record.edition)
        if edition_id is None:
            raise UnknownEdition(record.edition)
        place = {"edition_id": edition_id, "slug": record.slug}
        change = ChangeType.SECTION_UPDATED, Facet.SECTION
        return _store(connection, sections, place, {"name": record.name}, change, now=now)
    if isinstance(record, TagRecord):
        change = ChangeType.TAG_UPDATED, Facet.TAG
        return _store(connection, tags, {"slug": record.slug}, {"name": record.name}, change, now=now)
    if isinstance(record, AuthorRecord):
        members = {"name": record.name, "role": record.role, "bio": record.bio}
        change = ChangeType.AUTHOR_UPDATED, Facet.AUTHOR
        return _store(connection, authors, {"slug": record.slug}, members, change, now=now)
    change = ChangeType.LABEL_UPDATED, Facet.LABEL
    return _store(connection, labels, {"code": record.code}, _label_members(record), change, now=now)


def edition_ids(connection: Connection, slugs: Iterable[str]) -> dict[str, int]:
    """The numbers of the editions that are known."""
    found = connection.execute(select(editions.c.slug, editions.c.id).where(editions.c.slug.in_(set(slugs))))
    return {row.slug: row.id for row in found}


def ensure_entries(
    connection: Connection, table: Table, name: Column[str], wanted: Iterable[str], *, now: int, **fixed: Any
) -> tuple[dict[str, int], int]:
    """The numbers of these names, and how many of them had to be made from their code just now."""
    names = sorted(set(wanted))
    if not names:
        return {}, 0
    there = [table.c[key] == fixed[key] for key in fixed]

    def find(sought: list[str]) -> dict[str, int]:
        statements = (select(name, table.c.id).where(name.in_(some), *there) for some in portions(sought))
        return {row[0]: row.id for statement in statements for row in connection.execute(statement)}

    known = find(names)
    missing = [each for each in names if each not in known]
    if missing:
        connection.execute(
            insert(table),
            [{name.name: each, "modified_at": now, **fixed, **_made(table, each)} for each in missing],
        )
        known |= find(missing)
    return known, len(missing)


def _made(table: Table, code: str) -> dict[str, str]:
    if table is labels:
        return {"text": code, "texts": "{}", "disclaimers": "{}"}
    return {"name": code}


def _label_members(record: LabelRecord) -> dict[str, Any]:
    return {
        "text": record.text,
        "texts": _json(record.texts),
        "disclaimer": record.disclaimer,
        "disclaimers": _json(record.disclaimers),
        "genre": record.genre,
    }


def _store_edition(connection: Connection, record: EditionRecord, now: int) -> Outcome:
    others = connection.execute(
        select(editions.c.id).where(editions.c.is_default, editions.c.slug != record.slug)
    ).all()
    # There is always one default edition: the first one is it until another says so.
    is_default = record.default or not others
    if record.default and others:
        connection.execute(
            update(editions)
            .where(editions.c.is_default, editions.c.slug != record.slug)
            .values(is_default=False, modified_at=now)
        )
    members = {
        "name": record.name,
        "language": record.language,
        "timezone": record.timezone,
        "site_url": record.site_url,
        "article_url": record.article_url,
        "is_default": is_default,
        "strings": _json(record.strings),
    }
    also = [facet_key(Facet.EDITION, row.id) for row in others] if record.default else []
    change = ChangeType.EDITION_UPDATED, Facet.EDITION
    return _store(connection, editions, {"slug": record.slug}, members, change, now=now, also=also)


def _store(
    connection: Connection,
    table: Table,
    identity: dict[str, Any],
    members: dict[str, Any],
    change: tuple[ChangeType, Facet],
    *,
    now: int,
    also: Iterable[str] = (),
) -> Outcome:
    this = and_(*(table.c[key] == value for key, value in identity.items()))
    row = connection.execute(select(table).where(this)).mappings().first()
    if row is not None and all(row[key] == value for key, value in members.items()):
        return Outcome.UNCHANGED
    if row is None:
        connection.execute(insert(table).values(**identity, **members, modified_at=now))
        number = connection.execute(select(table.c.id).where(this)).scalar_one()
    else:
        number = row["id"]
        connection.execute(update(table).where(this).values(**members, modified_at=now))
    kind, facet = change
    keys = [facet_key(facet, number), *also]
    append_changes(connection, [Change(type=kind, keys=keys)], now=now)
    return Outcome.CREATED if row is None else Outcome.CHANGED


def _json(value: dict[str, str]) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
