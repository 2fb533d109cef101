"""Catalogue entries that rows of the change log refer to."""

import re
from collections.abc import Sequence
from typing import Literal

from sqlalchemy import BindParameter, Connection, bindparam, literal, literal_column, select, union_all

from app.db.base import AnyRow
from app.domain.change import ChangeType
from app.models.author import authors
from app.models.curated_list import curated_lists
from app.models.label import labels
from app.models.section import sections
from app.models.tag import tags
from app.queries.resolve import ResolvedQuery
from app.schemas.change import ChangedEntry
from app.schemas.params import EVERY_EDITION

Kind = Literal["edition", "section", "tag", "label", "author", "list"]

_KINDS: dict[str, Kind] = {
    ChangeType.EDITION_UPDATED: "edition",
    ChangeType.SECTION_UPDATED: "section",
    ChangeType.TAG_UPDATED: "tag",
    ChangeType.LABEL_UPDATED: "label",
    ChangeType.AUTHOR_UPDATED: "author",
    ChangeType.LIST_UPDATED: "list",
    ChangeType.LIST_DELETED: "list",
}
_CATALOGUE = {
    "section": (sections, sections.c.slug, sections.c.edition_id),
    "tag": (tags, tags.c.slug, literal_column("NULL")),
    "label": (labels, labels.c.code, literal_column("NULL")),
    "author": (authors, authors.c.slug, literal_column("NULL")),
    "list": (curated_lists, curated_lists.c.slug, curated_lists.c.edition_id),
}


def _wanted(kind: str) -> BindParameter[list[int]]:
    return bindparam(kind, expanding=True)


_ENTRIES = union_all(
    *(
        select(literal(kind).label("kind"), table.c.id, name.label("slug"), owner.label("edition_id")).where(
            table.c.id.in_(_wanted(kind))
        )
        for kind, (table, name, owner) in _CATALOGUE.items()
    )
)


def find_entries(connection: Connection, query: ResolvedQuery, rows: Sequence[AnyRow]) -> dict[int, ChangedEntry]:
    """Return the entry of each row (seq, type, keys); those of other editions are omitted. One statement."""
    if not rows:
        return {}
    meant = {row.seq: (_KINDS[row.type], _numbers(row)) for row in rows if row.type in _KINDS}
    bound = {kind: sorted({n for each, ns in meant.values() if each == kind for n in ns}) for kind in _CATALOGUE}
    rows_by_id = {(row.kind, row.id): row for row in connection.execute(_ENTRIES, bound)}
    entries: dict[int, ChangedEntry] = {}
    for seq, (kind, numbers) in meant.items():
        entry = (
            _edition(query, numbers) if kind == "edition" else _entry(query, kind, rows_by_id.get((kind, numbers[0])))
        )
        if entry is not None:
            entries[seq] = entry
    return entries


def _numbers(row: AnyRow) -> list[int]:
    return [int(number) for number in re.findall(rf'"{_KINDS[row.type]}:([0-9]+)"', row.surrogate_keys)]


def _edition(query: ResolvedQuery, numbers: Sequence[int]) -> ChangedEntry | None:
    """Return the selected one of these editions."""
    for number in numbers:
        if number in query.editions:
            slug = query.editions[number].slug
            return {"kind": "edition", "slug": slug, "href": f"/v1/editions/{slug}"}
    return None


def _entry(query: ResolvedQuery, kind: Kind, row: AnyRow | None) -> ChangedEntry | None:
    if row is None or (row.edition_id is not None and row.edition_id not in query.editions):
        return None
    if row.edition_id is not None:
        suffix = query.editions[row.edition_id].query()
    else:
        suffix = "" if query.scope.edition == EVERY_EDITION else query.edition.query()
    path = "/v1/labels" if kind == "label" else f"/v1/{kind}s/{row.slug}"
    return {"kind": kind, "slug": row.slug, "href": path + suffix}
