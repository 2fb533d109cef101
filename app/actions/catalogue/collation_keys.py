"""Writes of the places that tags, authors and sections have in lists by name."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, delete, select

from app.db.bulk import CHUNK_SIZE, bulk_insert_tuples, chunked
from app.domain.cldr.collation import get_collation, name_collation
from app.domain.list_filter import Facet
from app.interchange.catalogue import CATALOGUE_TABLES, is_unmerged
from app.interchange.former_slugs import NO_EDITION, owner_edition
from app.interchange.statements import MERGEABLE
from app.models.collation_key import collation_keys
from app.models.edition import editions
from app.models.section import sections

COLLATED = frozenset({Facet.SECTION, *MERGEABLE})
"""Kinds of entries that are listed by name."""

NamedEntry = tuple[int, str, str]
"""Id, slug and name of an entry."""


def add_collation_keys(
    connection: Connection, kind: Facet, entries: Sequence[NamedEntry], *, edition_id: int | None
) -> None:
    """Store the places of new or renamed entries in the order of each edition's language, of sections in their own."""
    if kind in COLLATED:
        own = [editions.c.id == edition_id] if kind is Facet.SECTION else []
        _store(connection, kind, owner_edition(kind, edition_id), _list_collations(connection, *own), entries)


def delete_collation_keys(connection: Connection, kind: Facet, entry_id: int) -> None:
    """Delete the places of an entry that is renamed, deleted or merged into another."""
    if kind in COLLATED:
        own = (collation_keys.c.kind == int(kind), collation_keys.c.entry_id == entry_id)
        connection.execute(delete(collation_keys).where(*own))


def collate_edition(connection: Connection, edition_id: int, language: str) -> None:
    """Store places in the order of an edition's language, after the edition was created or its language changed.

    Tags and authors have them already if another edition is in that order. Their number is not bounded: 200,000 take
    four seconds, once, in the transaction that gives the first edition such a language.
    """
    name = name_collation(language)
    here = (collation_keys.c.kind == int(Facet.SECTION), collation_keys.c.edition_id == edition_id)
    connection.execute(delete(collation_keys).where(*here))
    for some in _read_entries(connection, Facet.SECTION, edition_id):
        _store(connection, Facet.SECTION, edition_id, [name], some)
    for kind in sorted(MERGEABLE):
        known = select(collation_keys.c.entry_id).where(
            collation_keys.c.kind == int(kind),
            collation_keys.c.edition_id == NO_EDITION,
            collation_keys.c.collation_name == name,
        )
        if connection.execute(known.limit(1)).first() is None:
            for some in _read_entries(connection, kind, None):
                _store(connection, kind, NO_EDITION, [name], some)
    delete_unused_collations(connection)


def delete_unused_collations(connection: Connection) -> None:
    """Delete the places of tags and authors in the order of a language that no edition has any more."""
    used = _list_collations(connection)
    for kind in MERGEABLE:
        of_kind = (collation_keys.c.kind == int(kind), collation_keys.c.edition_id == NO_EDITION)
        connection.execute(delete(collation_keys).where(*of_kind, collation_keys.c.collation_name.not_in(used)))


def _list_collations(connection: Connection, *where: ColumnElement[bool]) -> list[str]:
    """Return the orders of the languages of these editions."""
    languages = connection.execute(select(editions.c.language).distinct().where(*where)).scalars()
    return sorted({name_collation(each) for each in languages})


def _store(
    connection: Connection, kind: Facet, owner: int, collations: Sequence[str], entries: Sequence[NamedEntry]
) -> None:
    for name in collations:
        collation = get_collation(name)
        for some in chunked(entries):
            rows = sorted(
                (int(kind), owner, name, collation.key_of(title, slug), number) for number, slug, title in some
            )
            bulk_insert_tuples(connection, collation_keys, rows)


def _read_entries(connection: Connection, kind: Facet, edition_id: int | None) -> Iterator[list[NamedEntry]]:
    """Yield all entries of a kind, sections of an edition, in batches."""
    table, _ = CATALOGUE_TABLES[kind]
    last = 0
    here = [] if edition_id is None else [sections.c.edition_id == edition_id]
    while True:
        batch = select(table.c.id, table.c.slug, table.c.name).where(table.c.id > last, *here, *is_unmerged(table))
        rows = connection.execute(batch.order_by(table.c.id).limit(CHUNK_SIZE)).all()
        yield [(row.id, row.slug, row.name) for row in rows]
        if len(rows) < CHUNK_SIZE:
            return
        last = rows[-1].id
