"""Catalogue records of an import: members that a line omits are unchanged."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, exists, select

from app.actions.catalogue.entries import (
    BY_LANGUAGE,
    KINDS,
    Outcome,
    edition_of,
    get_or_create_entries,
    upsert_entry,
)
from app.actions.changelog.changes import append_changes, begin_log_transaction
from app.db.base import AnyRow
from app.domain.list_filter import Facet
from app.interchange.catalogue import (
    KIND_NAMES,
    entry_name,
    find_entry_ids,
    former_member,
    former_names,
    get_entry_row,
    to_record,
)
from app.interchange.former_slugs import find_present_slugs, list_former_slugs
from app.models.edition import editions
from app.schemas.catalogue_records import CatalogueRecord, EditionRecord, SectionRecord
from app.schemas.errors import validated
from app.schemas.warning_codes import WarningCode
from app.schemas.write_warning import WriteWarning, renamed_reference


@dataclass(frozen=True, slots=True)
class ImportedEntry:
    """The outcome of storing a catalogue record, with warnings for ignored and emptied members.

    `created_parents` counts sections created from their slug, which may follow later.
    """

    outcome: Outcome
    warnings: list[WriteWarning]
    created_parents: int = 0


def has_default_edition(connection: Connection) -> bool:
    """Return whether the installation has a default edition."""
    return bool(connection.execute(select(exists().where(editions.c.is_default))).scalar())


def import_entry(connection: Connection, record: CatalogueRecord, *, may_make_default: bool, now: int) -> ImportedEntry:
    """Create the entry, or change the members that the record gives; null or an empty value empties a member.

    A record with a former slug of an entry means that entry, whose slug does not change; a record of an unknown
    entry with the present slug of an entry among its former ones renames that. Former slugs are added only. Another
    edition becomes the default one only with `may_make_default`. UnknownEditionError.
    """
    begin_log_transaction(connection)
    warnings: list[WriteWarning] = []
    kind, edition_id = KINDS[type(record)], edition_of(connection, record)
    created_parents = _create_parent(connection, record, now) if isinstance(record, SectionRecord) else 0
    row, record = _find_entry(connection, kind, record, edition_id, warnings)
    current: dict[str, Any] = {}
    if row is not None:
        edition = record.edition if isinstance(record, SectionRecord) else None
        former = list_former_slugs(connection, kind, row.id)
        current = to_record(kind, row, edition=edition, former=former)
        added = [*former, *former_names(record)]
        given = record.model_dump(include=record.model_fields_set - {"former_article_urls"})  # of new editions only
        given |= {} if kind is Facet.EDITION else {former_member(kind): list(dict.fromkeys(added))}
        record = validated(type(record), {**current, **given})
        warnings += _emptied(current, record)
    if isinstance(record, EditionRecord) and record.default and not may_make_default and not current.get("default"):
        record = record.model_copy(update={"default": False})
        detail = f"Edition '{record.slug}' is not made the default one; --make-default does that."
        warnings.append(WriteWarning(where="default", code=str(WarningCode.DEFAULT_UNCHANGED), detail=detail))
    return ImportedEntry(upsert_entry(connection, record, now=now, renamed=row), warnings, created_parents)


def _find_entry(
    connection: Connection,
    kind: Facet,
    record: CatalogueRecord,
    edition_id: int | None,
    warnings: list[WriteWarning],
) -> tuple[AnyRow | None, CatalogueRecord]:
    """Return the row of the entry that a record means, and the record without names that belong to other entries."""
    name = entry_name(record)
    row = get_entry_row(connection, kind, name, edition_id=edition_id)
    if kind is Facet.EDITION:
        return row, record
    former, given = former_names(record), former_member(kind)
    present = find_present_slugs(connection, kind, [name], edition_id=edition_id).get(name) if row is None else None
    if present is not None:
        member = "code" if kind is Facet.LABEL else "slug"
        row = get_entry_row(connection, kind, present, edition_id=edition_id)
        record = record.model_copy(update={member: present, given: [each for each in former if each != present]})
        warnings.append(renamed_reference(member, KIND_NAMES[kind], name, present))
    taken = find_entry_ids(connection, kind, former, edition_id=edition_id) if former else {}
    taken = {each: number for each, number in taken.items() if row is None or number != row.id}
    if row is None and taken:
        previous = next(each for each in former if each in taken)
        row = get_entry_row(connection, kind, previous, edition_id=edition_id)
        del taken[previous]
    if taken:
        record = record.model_copy(update={given: [each for each in former_names(record) if each not in taken]})
        detail = f"Former names that are the present ones of other entries are left out: {', '.join(sorted(taken))}."
        warnings.append(WriteWarning(where=given, code=str(WarningCode.MEMBER_IGNORED), detail=detail[:10_000]))
    return row, record


def _create_parent(connection: Connection, record: SectionRecord, now: int) -> int:
    """Create the section above a section from its slug, unless it exists; return the number of created sections."""
    edition_id = edition_of(connection, record)
    if record.parent is None or record.parent == record.slug or edition_id is None:
        return 0
    if find_present_slugs(connection, Facet.SECTION, [record.parent], edition_id=edition_id):
        return 0
    _, created = get_or_create_entries(connection, Facet.SECTION, {record.parent: True}, edition_id=edition_id, now=now)
    if created is None:
        return 0
    append_changes(connection, created.changes, now=now, actor="import")
    return created.count


def _emptied(current: dict[str, Any], record: CatalogueRecord) -> list[WriteWarning]:
    """Name what the line empties: whole members, and the translations and strings that a given member leaves out."""
    emptied: list[str] = []
    members = record.model_dump()
    for name, value in current.items():
        given = members[name]
        if value and not isinstance(value, bool) and given in (None, "", [], {}):
            emptied.append(name)
        elif name in BY_LANGUAGE:
            emptied += [f"{name}.{key}" for key in value if key not in given]
    return [
        WriteWarning(
            where=where,
            code=str(WarningCode.MEMBER_EMPTIED),
            detail=f"{where} of {record.kind} '{entry_name(record)}' is emptied.",
        )
        for where in emptied
    ]
