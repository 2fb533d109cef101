"""Former slugs of catalogue entries: stored when an entry is renamed, released when another entry takes one."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, func, insert, select

from app.db.base import AnyRow
from app.db.bulk import bulk_insert, chunked, reuses_ids
from app.domain.list_filter import Facet
from app.interchange.catalogue import CATALOGUE_TABLES
from app.interchange.former_slugs import owner_edition
from app.interchange.statements import MERGEABLE
from app.models.former_slug import former_slugs, released_section_slugs


def add_former_slugs(
    connection: Connection,
    kind: Facet,
    entry_id: int,
    slugs: Iterable[str],
    *,
    edition_id: int | None,
    now: int,
    merged_id: int | None = None,
) -> None:
    """Store former slugs of an entry, which no other entry has; `merged_id` is the entry that had them before."""
    last = connection.execute(select(func.max(former_slugs.c.until))).scalar()
    begin = now if last is None else max(now, last + 1)
    owner = {"kind": int(kind), "edition_id": owner_edition(kind, edition_id)}
    rows = [
        {**owner, "slug": slug, "entry_id": entry_id, "merged_id": merged_id, "until": until}
        for until, slug in enumerate(slugs, start=begin)
    ]
    bulk_insert(connection, former_slugs, rows)


def release_slugs(
    connection: Connection, kind: Facet, slugs: Collection[str], *, edition_id: int | None, by: int
) -> list[int]:
    """Delete these former slugs, which the entry `by` takes or removes; return the entries that had them.

    That a section had a slug remains known to the addresses of articles.
    """
    lost: set[int] = set()
    for some in chunked(sorted(slugs)):
        here = (
            former_slugs.c.kind == int(kind),
            former_slugs.c.edition_id == owner_edition(kind, edition_id),
            former_slugs.c.slug.in_(some),
        )
        found = connection.execute(select(former_slugs).where(*here)).all()
        if found:
            connection.execute(delete(former_slugs).where(*here))
            lost |= {row.entry_id for row in found}
            if kind is Facet.SECTION:
                _store_released(connection, [row for row in found if row.entry_id != by])
    return sorted(lost)


def _store_released(connection: Connection, rows: Iterable[AnyRow]) -> None:
    """Store slugs of sections that other sections take, the latest end of each."""
    table = released_section_slugs
    for row in rows:
        key = (table.c.edition_id == row.edition_id, table.c.slug == row.slug, table.c.section_id == row.entry_id)
        connection.execute(delete(table).where(*key))
        values = {"edition_id": row.edition_id, "slug": row.slug, "section_id": row.entry_id, "until": row.until}
        connection.execute(insert(table).values(**values))


def delete_former_slugs(connection: Connection, kind: Facet, entry_id: int) -> None:
    """Delete the former slugs of an entry that is deleted."""
    own = (former_slugs.c.kind == int(kind), former_slugs.c.entry_id == entry_id)
    connection.execute(delete(former_slugs).where(*own))


def new_ids(connection: Connection, kind: Facet, count: int) -> list[dict[str, int]]:
    """Return columns with the ids of so many new tags or authors on SQLite; other databases assign ids themselves.

    SQLite would assign that of a merged entry again, to which cursors and rows of the log refer.
    """
    if kind not in MERGEABLE or not reuses_ids(connection):
        return []
    own = select(func.max(CATALOGUE_TABLES[kind].table.c.id)).scalar_subquery()
    merged = select(func.max(former_slugs.c.merged_id)).where(former_slugs.c.kind == int(kind)).scalar_subquery()
    last = max(each or 0 for each in connection.execute(select(own, merged)).one())
    return [{"id": last + number} for number in range(1, count + 1)]
