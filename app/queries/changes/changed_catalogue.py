"""Catalogue entries that rows of the change log refer to."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import orjson
from sqlalchemy import BindParameter, Connection, bindparam, literal, literal_column, select, union_all

from app.db.base import AnyRow
from app.domain.change import ChangeType
from app.interchange.catalogue import is_unmerged
from app.models.author import authors
from app.models.curated_list import curated_lists
from app.models.label import labels
from app.models.section import sections
from app.models.tag import tags
from app.net.base_path import href_of
from app.queries.resolve import ResolvedQuery
from app.schemas.change import ChangedEntry
from app.schemas.params import EVERY_EDITION

NO_EDITIONS: Mapping[int, str] = MappingProxyType({})
Kind = Literal["edition", "section", "tag", "label", "author", "list"]

_KINDS: dict[str, Kind] = {
    ChangeType.EDITION_UPDATED: "edition",
    ChangeType.SECTION_UPDATED: "section",
    ChangeType.TAG_UPDATED: "tag",
    ChangeType.LABEL_UPDATED: "label",
    ChangeType.AUTHOR_UPDATED: "author",
    ChangeType.LIST_UPDATED: "list",
    ChangeType.LIST_DELETED: "list",
    ChangeType.EDITION_DELETED: "edition",
    ChangeType.TAG_MERGED: "tag",
    ChangeType.AUTHOR_MERGED: "author",
    ChangeType.SECTION_DELETED: "section",
    ChangeType.TAG_DELETED: "tag",
    ChangeType.LABEL_DELETED: "label",
    ChangeType.AUTHOR_DELETED: "author",
}
_CATALOGUE = {
    "section": (sections, sections.c.slug, sections.c.edition_id),
    "tag": (tags, tags.c.slug, literal_column("NULL")),
    "label": (labels, labels.c.code, literal_column("NULL")),
    "author": (authors, authors.c.slug, literal_column("NULL")),
    "list": (curated_lists, curated_lists.c.slug, curated_lists.c.edition_id),
}


_COLLECTION = re.compile('"(?:(?:edition|tag|label|author)s|(?:sections|lists):[0-9]+)"')


def _wanted(kind: str) -> BindParameter[list[int]]:
    return bindparam(kind, expanding=True)


_ENTRIES = union_all(
    *(
        select(literal(kind).label("kind"), table.c.id, name.label("slug"), owner.label("edition_id")).where(
            table.c.id.in_(_wanted(kind)), *is_unmerged(table)
        )
        for kind, (table, name, owner) in _CATALOGUE.items()
    )
)


def find_public_entries(
    connection: Connection, query: ResolvedQuery, rows: Sequence[AnyRow], others: Mapping[int, str]
) -> dict[int, ChangedEntry]:
    """Return the entry of each row that concerns the public: it changed while listed, or was listed or unlisted."""
    return find_entries(connection, query, [row for row in rows if _COLLECTION.search(row.surrogate_keys)], others)


def find_entries(
    connection: Connection, query: ResolvedQuery, rows: Sequence[AnyRow], others: Mapping[int, str] = NO_EDITIONS
) -> dict[int, ChangedEntry]:
    """Return the entry of each row of ROW_COLUMNS. One statement.

    Those of editions that are neither selected nor among the `others` (slugs by id) are omitted.
    """
    if not rows:
        return {}
    meant = {row.seq: (_KINDS[row.type], _numbers(row)) for row in rows if row.type in _KINDS and not row.details}
    bound = {kind: sorted({n for each, ns in meant.values() if each == kind for n in ns}) for kind in _CATALOGUE}
    rows_by_id = {(row.kind, row.id): row for row in connection.execute(_ENTRIES, bound)}
    entries = {row.seq: found for row in rows if row.details and (found := _deleted_entry(query, row)) is not None}
    for seq, (kind, numbers) in meant.items():
        entry = (
            _edition(query, numbers, others)
            if kind == "edition"
            else _entry(query, kind, rows_by_id.get((kind, numbers[0])), others)
        )
        if entry is not None:
            entries[seq] = entry
    return entries


def _numbers(row: AnyRow) -> list[int]:
    return [int(number) for number in re.findall(rf'"{_KINDS[row.type]}:([0-9]+)"', row.surrogate_keys)]


def _edition(query: ResolvedQuery, numbers: Sequence[int], others: Mapping[int, str]) -> ChangedEntry | None:
    """Return the selected one of these editions, else one of the others.

    A change of the default edition also concerns the selected ones, whose untranslated texts may be in its language.
    """
    selected = [query.editions[number] for number in numbers if number in query.editions]
    concerned = selected or [each for each in query.editions.values() if each.default_id in numbers]
    slugs = [each.slug for each in concerned] or [others[number] for number in numbers if number in others]
    for slug in slugs:
        return {"kind": "edition", "slug": slug, "href": href_of(f"/v1/editions/{slug}")}
    return None


def _deleted_entry(query: ResolvedQuery, row: AnyRow) -> ChangedEntry | None:
    """Return the deleted or merged entry of a row, under its name of that time."""
    kind, details = _KINDS[row.type], orjson.loads(row.details)
    slug = details["slug"]
    if kind == "edition":
        shown: ChangedEntry = {"kind": kind, "slug": slug, "href": href_of(f"/v1/editions/{slug}")}
        return shown if query.scope.edition == EVERY_EDITION else None
    reference = _reference(query, kind, slug, row.edition_id)
    if reference is not None and "from" in details:
        reference["merged"] = {"from": details["from"], "into": slug}
    return reference


def _entry(query: ResolvedQuery, kind: Kind, row: AnyRow | None, others: Mapping[int, str]) -> ChangedEntry | None:
    return None if row is None else _reference(query, kind, row.slug, row.edition_id, others)


def _reference(
    query: ResolvedQuery, kind: Kind, slug: str, edition_id: int | None, others: Mapping[int, str] = NO_EDITIONS
) -> ChangedEntry | None:
    """Return the reference to an entry; None for a section of an edition that is neither selected nor another one."""
    if edition_id is not None and edition_id not in {*query.editions, *others}:
        return None
    if edition_id is not None:
        suffix = (
            query.editions[edition_id].query() if edition_id in query.editions else f"?edition={others[edition_id]}"
        )
    else:
        suffix = "" if query.scope.edition == EVERY_EDITION else query.edition.query()
    path = "/v1/labels" if kind == "label" else f"/v1/{kind}s/{slug}"
    return {"kind": kind, "slug": slug, "href": href_of(path + suffix)}
