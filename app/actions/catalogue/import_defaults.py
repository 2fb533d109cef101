"""Catalogue records of an import: members that a line omits are unchanged."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, exists, select

from app.actions.catalogue.entries import BY_LANGUAGE, KINDS, Outcome, edition_of, upsert_entry
from app.actions.changelog.changes import begin_log_transaction
from app.interchange.catalogue import entry_name, get_entry_row, to_record
from app.models.edition import editions
from app.schemas.catalogue_records import CatalogueRecord, EditionRecord, SectionRecord
from app.schemas.write_warning import WarningCode, WriteWarning


@dataclass(frozen=True, slots=True)
class ImportedEntry:
    """The outcome of storing a catalogue record, with warnings for ignored and emptied members."""

    outcome: Outcome
    warnings: list[WriteWarning]


def has_default_edition(connection: Connection) -> bool:
    """Return whether the installation has a default edition."""
    return bool(connection.execute(select(exists().where(editions.c.is_default))).scalar())


def import_entry(connection: Connection, record: CatalogueRecord, *, may_make_default: bool, now: int) -> ImportedEntry:
    """Create the entry, or change the members that the record gives; null or an empty value empties a member.

    Another edition becomes the default one only with `may_make_default`. UnknownEditionError.
    """
    begin_log_transaction(connection)
    kind = KINDS[type(record)]
    row = get_entry_row(connection, kind, entry_name(record), edition_id=edition_of(connection, record))
    warnings: list[WriteWarning] = []
    current: dict[str, Any] = {}
    if row is not None:
        edition = record.edition if isinstance(record, SectionRecord) else None
        current = to_record(kind, row, edition=edition)
        given = record.model_dump(include=record.model_fields_set - {"former_article_urls"})  # of new editions only
        record = type(record).model_validate({**current, **given})
        warnings += _emptied(current, record)
    if isinstance(record, EditionRecord) and record.default and not may_make_default and not current.get("default"):
        record = record.model_copy(update={"default": False})
        detail = f"Edition '{record.slug}' is not made the default one; --make-default does that."
        warnings.append(WriteWarning(where="default", code=str(WarningCode.DEFAULT_UNCHANGED), detail=detail))
    return ImportedEntry(upsert_entry(connection, record, now=now), warnings)


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
