"""Fast path of the most frequent query: an unfiltered page of the timeline, read with the fewest statements.

On PostgreSQL that is one statement, which is a snapshot of its own: a quarter of the round trips.
"""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Integer, bindparam, literal_column, select, tuple_

from app.db.base import AnyRow
from app.db.head_and_rows import HeadAndRowsQuery
from app.domain.cursor import peek_position
from app.domain.list_filter import Facet
from app.interchange.statements import LATEST_SEQ
from app.models.article import articles
from app.models.edition import editions
from app.models.listing import listings
from app.queries.articles.items import ARTICLES_WITH_ENTRIES, ITEM_COLUMNS, depend_on_shown_entries
from app.queries.catalogue.editions import COLUMNS, edition_from_row
from app.queries.keyset.list_index import MAX_SORT_KEY, SortKey
from app.queries.keyset.sort_keys import timeline_order
from app.queries.resolve import ResolvedQuery, whole_edition
from app.schemas.params import TimelineParams

_PLAIN = frozenset({"edition", "tz", "fields", "cursor", "limit"})


class TimelineRows(NamedTuple):
    """Resolved query, start of the page, last change, and the rows: one more than the page holds."""

    query: ResolvedQuery
    upper: SortKey
    as_of: int
    rows: list[AnyRow]


def is_fast_path(params: TimelineParams) -> bool:
    """Return whether the fast path applies: no filters, and no invalid cursor."""
    cursor = params.cursor
    return params.model_fields_set <= _PLAIN and (cursor is None or peek_position(cursor) is not None)


def read_fast(connection: Connection, params: TimelineParams) -> TimelineRows | None:
    """Return the rows for `is_fast_path` parameters; None without any. InvalidInputError, CursorMismatchError."""
    peeked = None if params.cursor is None else peek_position(params.cursor)
    upper = MAX_SORT_KEY if peeked is None else peeked
    bound: dict[str, Any] = {"upper_at": upper[0], "upper_id": upper[1], "limit": params.limit + 1}
    if params.edition is not None:
        bound["edition"] = params.edition
    found = _page(is_default=params.edition is None).read(connection, bound)
    if found is None:
        return None
    *edition, as_of = found.head
    query = whole_edition(edition_from_row(edition), params.tz)
    if params.cursor is not None:
        query.decode_cursor(params.cursor)
    depend_on_shown_entries(found.rows)
    return TimelineRows(query, upper, as_of, found.rows)


@cache
def _page(*, is_default: bool) -> HeadAndRowsQuery:
    meant = editions.c.is_default if is_default else editions.c.slug == bindparam("edition")
    # By a scalar and no join: only then do both databases detect that one list is read, in the order of its index.
    edition_id = select(editions.c.id).where(meant).scalar_subquery()
    listed = (
        listings.c.edition_id == edition_id,
        listings.c.kind == literal_column(str(int(Facet.EDITION))),
        listings.c.facet_id == literal_column("0"),
        tuple_(listings.c.published_at, listings.c.article_id) < tuple_(bindparam("upper_at"), bindparam("upper_id")),
    )
    most = bindparam("limit", type_=Integer)
    above = (*(column.label(f"of_{column.key}") for column in COLUMNS), LATEST_SEQ.scalar_subquery().label("as_of"))
    items = listings.join(ARTICLES_WITH_ENTRIES, articles.c.id == listings.c.article_id)
    keys = select(listings.c.published_at, listings.c.article_id, listings.c.edition_id).where(*listed)
    # The keys alone first: PostgreSQL, which plans before it knows the limit, must not join all of them.
    first = keys.order_by(*timeline_order(listings.c)).limit(most).subquery("positions")
    joined = first.join(ARTICLES_WITH_ENTRIES, articles.c.id == first.c.article_id).join(
        editions, editions.c.id == first.c.edition_id
    )
    return HeadAndRowsQuery(
        select(*above).where(meant),
        select(*ITEM_COLUMNS).select_from(items).where(*listed).order_by(*timeline_order(listings.c)).limit(most),
        joined=select(*above, *ITEM_COLUMNS).select_from(joined).order_by(*timeline_order(first.c)),
    )
