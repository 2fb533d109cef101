"""What a plain page of the timeline is made from, read in one statement: it is the question asked most.

A statement is a snapshot by itself, so nothing has to begin or end one: on PostgreSQL that is a quarter of the trips.
"""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, FromClause, Integer, Select, bindparam, literal_column, select, tuple_

from app.db.base import AnyRow
from app.db.prepared import Prepared
from app.domain.cursor import peek_position
from app.domain.scope import Facet
from app.models.article import articles
from app.models.edition import editions
from app.models.listing import listings
from app.queries.changes import LATEST_SEQ
from app.queries.editions import COLUMNS, edition_from
from app.queries.items import ITEM_COLUMNS, WITH_BADGE, note_badges
from app.queries.listing import LATEST, Key, in_order
from app.queries.scope import Asked, ask_whole_edition
from app.schemas.question import TimelineQuestion

_PLAIN = frozenset({"edition", "tz", "fields", "cursor", "limit"})


class Found(NamedTuple):
    """What was asked, where the page begins, the last change, and the rows: one more than the page holds."""

    asked: Asked
    upper: Key
    as_of: int
    rows: list[AnyRow]


def is_plain(question: TimelineQuestion) -> bool:
    """Whether one statement answers it: no filters, and no cursor that something is wrong with."""
    cursor = question.cursor
    return question.model_fields_set <= _PLAIN and (cursor is None or peek_position(cursor) is not None)


def read_plain(connection: Connection, question: TimelineQuestion) -> Found | None:
    """The rows of a plain question; None where there are none, whatever the reason. InvalidInput, CursorMismatch."""
    peeked = None if question.cursor is None else peek_position(question.cursor)
    upper = LATEST if peeked is None else peeked
    bound: dict[str, Any] = {"upper_at": upper[0], "upper_id": upper[1], "limit": question.limit + 1}
    if question.edition is not None:
        bound["edition"] = question.edition
    rows = _page(is_default=question.edition is None).all(connection, bound)
    if not rows:
        return None
    asked = ask_whole_edition(edition_from(rows[0][: len(COLUMNS)]), question.tz)
    if question.cursor is not None:
        asked.position_of(question.cursor)
    note_badges(rows)
    return Found(asked, upper, rows[0].as_of, rows)


@cache
def _page(*, is_default: bool) -> Prepared:
    meant = editions.c.is_default if is_default else editions.c.slug == bindparam("edition")
    # By a scalar and no join: only then do both databases know that one list is read, in the order of its index.
    edition_id = select(editions.c.id).where(meant).scalar_subquery()
    listed = (
        listings.c.edition_id == edition_id,
        listings.c.kind == literal_column(str(int(Facet.EDITION))),
        listings.c.facet_id == literal_column("0"),
        tuple_(listings.c.published_at, listings.c.article_id) < tuple_(bindparam("upper_at"), bindparam("upper_id")),
    )
    most = bindparam("limit", type_=Integer)
    keys = select(listings.c.published_at, listings.c.article_id, listings.c.edition_id).where(*listed)
    # The keys by themselves first: PostgreSQL, which plans before it knows the limit, must not join all of them.
    first = keys.order_by(*in_order(listings.c)).limit(most).subquery("positions")
    return Prepared(
        _shown(first).order_by(*in_order(first.c)),
        embedded=_shown(listings).where(*listed).order_by(*in_order(listings.c)).limit(most),
    )


def _shown(keys: FromClause) -> Select[Any]:
    """The edition, the last change and the items of these positions."""
    items = keys.join(WITH_BADGE, articles.c.id == keys.c.article_id)
    return select(
        *(column.label(f"of_{column.key}") for column in COLUMNS),
        LATEST_SEQ.scalar_subquery().label("as_of"),
        *ITEM_COLUMNS,
    ).select_from(items.join(editions, editions.c.id == keys.c.edition_id))
