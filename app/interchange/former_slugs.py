"""Former slugs of catalogue entries, and codes of labels: the entries that have them, and the former slugs of entries.

No former slug of an entry is the present slug of another, so that present names can be read first.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, bindparam, select

from app.db.base import AnyRow
from app.domain.list_filter import Facet
from app.interchange.catalogue import CATALOGUE_TABLES, KIND_NAMES, find_entry_ids
from app.models.former_slug import former_slugs

NO_EDITION = 0
"""The `edition_id` of former slugs of entries that belong to no edition."""

_HERE = (former_slugs.c.kind == bindparam("kind"), former_slugs.c.edition_id == bindparam("edition_id"))
_IDS_BY_SLUG = select(former_slugs.c.slug, former_slugs.c.entry_id).where(
    *_HERE, former_slugs.c.slug.in_(bindparam("slugs", expanding=True))
)
_OF_KIND = (
    select(former_slugs.c.entry_id, former_slugs.c.slug)
    .where(former_slugs.c.kind == bindparam("kind"))
    .order_by(former_slugs.c.until, former_slugs.c.slug)
)
_OF_ENTRIES = _OF_KIND.where(former_slugs.c.entry_id.in_(bindparam("ids", expanding=True)))


def owner_edition(kind: Facet, edition_id: int | None) -> int:
    """Return the edition in which names of a kind are unique; NO_EDITION for kinds that editions share."""
    return edition_id if kind is Facet.SECTION and edition_id is not None else NO_EDITION


def find_entry_ids_by_former_slug(
    connection: Connection, kind: Facet, slugs: Collection[str], *, edition_id: int | None
) -> dict[str, int]:
    """Return the ids of the entries that had these slugs, a section's in this edition; one statement."""
    if not slugs:
        return {}
    here = {"kind": int(kind), "edition_id": owner_edition(kind, edition_id), "slugs": sorted(slugs)}
    return {row.slug: row.entry_id for row in connection.execute(_IDS_BY_SLUG, here)}


def find_named_entry_ids(
    connection: Connection, kind: Facet, names: Collection[str], *, edition_id: int | None
) -> dict[str, int]:
    """Return the ids of the entries that have or had these names; a second statement if not all are present ones."""
    known = find_entry_ids(connection, kind, names, edition_id=edition_id)
    former = [name for name in names if name not in known]
    return known | find_entry_ids_by_former_slug(connection, kind, former, edition_id=edition_id)


def find_present_slugs(
    connection: Connection, kind: Facet, slugs: Collection[str], *, edition_id: int | None
) -> dict[str, str]:
    """Return the present slugs of the entries that had these slugs; two statements, one if there are none."""
    ids = find_entry_ids_by_former_slug(connection, kind, slugs, edition_id=edition_id)
    if not ids:
        return {}
    table, name = CATALOGUE_TABLES[kind]
    found = connection.execute(select(table.c.id, name.label("slug")).where(table.c.id.in_(set(ids.values()))))
    present = {row.id: row.slug for row in found}
    return {slug: present[number] for slug, number in ids.items() if number in present}


def find_former_slugs(connection: Connection, kind: Facet, entry_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the former slugs of entries by id, in the order in which they ended; one statement."""
    return _by_entry(connection.execute(_OF_ENTRIES, {"kind": int(kind), "ids": sorted(set(entry_ids))}))


def list_former_slugs(connection: Connection, kind: Facet, entry_id: int) -> list[str]:
    """Return the former slugs of an entry; one statement, none for an edition, which is not renamed."""
    return [] if kind is Facet.EDITION else find_former_slugs(connection, kind, [entry_id]).get(entry_id, [])


def find_all_former_slugs(connection: Connection, kind: Facet) -> dict[int, list[str]]:
    """Return the former slugs of all entries of a kind; one statement."""
    return _by_entry(connection.execute(_OF_KIND, {"kind": int(kind)}))


def _by_entry(rows: Iterable[AnyRow]) -> dict[int, list[str]]:
    former: dict[int, list[str]] = {}
    for row in rows:
        former.setdefault(row.entry_id, []).append(row.slug)
    return former


def describe_missing(connection: Connection, kind: Facet, name: str, *, edition_id: int | None) -> str:
    """Return the sentence about an entry that does not exist, with its present name if it was renamed."""
    present = find_present_slugs(connection, kind, [name], edition_id=edition_id).get(name)
    renamed = "" if present is None else f" It is '{present}' now."
    return f"There is no {KIND_NAMES[kind]} '{name[:80]}'.{renamed}"
