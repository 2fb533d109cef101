"""Query of the change log for cache invalidation."""

import orjson
from sqlalchemy import Connection, Integer, bindparam, select

from app.db.prepared import PreparedQuery
from app.invalidation.change_event import ChangeEvent, parse_change_event
from app.models.change import changes

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
