"""Queries of the change log for cache invalidation, in this process and at a CDN."""

import orjson
from sqlalchemy import Connection, Integer, bindparam, select

from app.db.prepared import PreparedQuery
from app.interchange.key_value import get_value
from app.invalidation.change_event import ChangeEvent, parse_change_event
from app.invalidation.purge_progress import NAME
from app.models.change import changes
from app.queries.changes.change_list import latest_seq

_BEHIND = PreparedQuery(
    select(changes.c.seq, changes.c.article_id, changes.c.edition_id, changes.c.surrogate_keys)
    .where(changes.c.seq > bindparam("since"))
    .order_by(changes.c.seq)
    .limit(bindparam("most", type_=Integer))
)


def read_change_events(connection: Connection, *, since: int, most: int) -> list[ChangeEvent]:
    """Return the changes after this one, oldest first, up to a maximum."""
    rows = _BEHIND.all(connection, {"since": since, "most": most})
    return [
        parse_change_event(seq, orjson.loads(names), is_of_article=article_id is not None, edition_id=edition_id)
        for seq, article_id, edition_id, names in rows
    ]


def read_purge_progress(connection: Connection) -> tuple[bytes | None, int]:
    """Return the stored progress of CDN purges, None before the first purge, and the position of the last change."""
    return get_value(connection, NAME), latest_seq(connection)
