"""Merges of catalogue entries whose articles have not all been moved."""

from typing import NamedTuple

from sqlalchemy import Connection, literal_column, select, union_all

from app.domain.list_filter import Facet
from app.interchange.statements import LINK_TABLES, MERGEABLE


class PendingMerge(NamedTuple):
    """An entry that was merged into another."""

    kind: Facet
    entry_id: int
    survivor_id: int


_PENDING = union_all(
    *(
        select(literal_column(str(int(kind))).label("kind"), entries.c.id, entries.c.merged_into).where(
            entries.c.merged_into.is_not(None)
        )
        for kind, entries in ((kind, LINK_TABLES[kind].entries) for kind in MERGEABLE)
    )
)
_FIRST = select(_PENDING.subquery()).order_by("kind", "id").limit(1)


def find_pending_merge(connection: Connection) -> PendingMerge | None:
    """Return the first pending merge, None if there is none."""
    row = connection.execute(_FIRST).first()
    return None if row is None else PendingMerge(Facet(row.kind), row.id, row.merged_into)


def has_pending_merges(connection: Connection) -> bool:
    """Return whether articles of a merged entry have to be moved."""
    return find_pending_merge(connection) is not None
