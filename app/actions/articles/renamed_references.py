"""References of records by former names of catalogue entries, and stored articles whose hash has such names."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Select, bindparam, literal_column, select

from app.actions.articles.article_write import ArticleWrite
from app.actions.articles.content_hash import content_hash, serialize_body
from app.actions.articles.write_options import WriteResult
from app.db.bulk import chunked
from app.domain.exact_json import load_extra
from app.domain.list_filter import Facet
from app.interchange.articles import EDITORIAL_FIELDS, read_records
from app.interchange.catalogue import KIND_NAMES
from app.interchange.former_slugs import NO_EDITION, find_present_slugs
from app.models.former_slug import former_slugs
from app.schemas.errors import validated
from app.schemas.interchange import ArticleRecord
from app.schemas.write_warning import renamed_reference

_KIND = former_slugs.c.kind.in_(bindparam("kinds", expanding=True))
_ANY_FORMER: Select[Any] = select(literal_column("1")).where(_KIND).limit(1)
_FORMER = select(former_slugs.c.kind, former_slugs.c.slug).where(
    _KIND,
    former_slugs.c.edition_id.in_(bindparam("editions", expanding=True)),
    former_slugs.c.slug.in_(bindparam("slugs", expanding=True)),
)
_MEMBERS = {Facet.SECTION: "sections", Facet.LABEL: "label", Facet.TAG: "tags", Facet.AUTHOR: "authors"}


def resolve_former_names(
    connection: Connection, edition_id: int, writes: Sequence[ArticleWrite], stored: WriteResult
) -> None:
    """Replace former names of entries in these records by the present ones, with a warning.

    One statement if no entry has a former name, two if the records have none.
    """
    kinds = {"kinds": [int(kind) for kind in _MEMBERS]}
    if connection.execute(_ANY_FORMER, kinds).first() is None:
        return
    names = {name for write in writes for kind in _MEMBERS for name in referenced_names(write.record, kind)}
    found: dict[Facet, set[str]] = {}
    for some in chunked(sorted(names)):
        here = {**kinds, "editions": [NO_EDITION, edition_id], "slugs": some}
        for row in connection.execute(_FORMER, here):
            found.setdefault(Facet(row.kind), set()).add(row.slug)
    for kind, slugs in found.items():
        present = find_present_slugs(connection, kind, slugs, edition_id=edition_id)
        for write in writes:
            renamed = [name for name in referenced_names(write.record, kind) if name in present]
            if renamed:
                _replace(write, kind, present)
                where = reference_member(write.record, kind)
                warnings = [renamed_reference(where, KIND_NAMES[kind], each, present[each]) for each in renamed]
                stored.warnings.setdefault(write.index, []).extend(warnings)


def referenced_names(record: ArticleRecord, kind: Facet) -> list[str]:
    """Return the names of the entries of a kind that a record refers to, in its order."""
    value = getattr(record, _MEMBERS[kind])
    if not value:
        return []
    return [value] if isinstance(value, str) else value


def reference_member(record: ArticleRecord, kind: Facet) -> str:
    """Return the member of a record that refers to entries of a kind: `section` where it has one section."""
    return "section" if kind is Facet.SECTION and len(record.sections) <= 1 else _MEMBERS[kind]


def _replace(write: ArticleWrite, kind: Facet, present: dict[str, str]) -> None:
    value = getattr(write.record, _MEMBERS[kind])
    after = (
        present.get(value, value)
        if isinstance(value, str)
        else list(dict.fromkeys(present.get(name, name) for name in value))
    )
    changed = {_MEMBERS[kind]: after}
    if kind is Facet.SECTION:
        changed["section"] = after[0]
    write.record = write.record.model_copy(update=changed)


def refresh_renamed_hashes(connection: Connection, writes: Sequence[ArticleWrite]) -> list[ArticleWrite]:
    """Set the hash of stored articles that differ from their records in nothing but former names of entries.

    A hash contains the names of its time. Where it differs, and an entry that the record names has had another name,
    the stored article is compared. Return the writes whose articles are equal. No statement if all hashes are equal,
    one if no entry was renamed, two if none of these was.
    """
    differing = [
        write for write in writes if write.current is not None and write.current.content_hash != write.content_hash()
    ]
    if not differing or connection.execute(_ANY_FORMER, {"kinds": [int(kind) for kind in _MEMBERS]}).first() is None:
        return []
    entries = {entry for write in differing for entry in write.placement_after.entries()}
    renamed: set[tuple[Facet, int]] = set()
    for some in chunked(sorted({number for _, number in entries})):
        rows = connection.execute(
            select(former_slugs.c.kind, former_slugs.c.entry_id).where(
                former_slugs.c.kind.in_([int(kind) for kind in _MEMBERS]), former_slugs.c.entry_id.in_(some)
            )
        )
        renamed |= {(Facet(row.kind), row.entry_id) for row in rows}
    suspects = [write for write in differing if not renamed.isdisjoint(write.placement_after.entries())]
    if not suspects:
        return []
    equal = []
    records = read_records(connection, [write.article_id for write in suspects])
    for write in suspects:
        if _hash_of(records[write.article_id]) == write.content_hash():
            write.stored_hash = write.content_hash()
            equal.append(write)
    return equal


def _hash_of(current: dict[str, object]) -> bytes:
    """Return the hash of a stored article with the present names of its entries."""
    extra = current["extra"]
    members = {name: current[name] for name in chain(("edition", "id", "status"), EDITORIAL_FIELDS)}
    members |= {"extra": load_extra(str(extra)) if extra else None, "status": "draft"}
    record = validated(ArticleRecord, members)
    return content_hash(record, serialize_body(record))
