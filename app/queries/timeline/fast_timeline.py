"""Fast path of the most frequent query: an unfiltered page of the timeline, read with the fewest statements.

On PostgreSQL that is one statement, which is a snapshot of its own: a quarter of the round trips. On SQLite it is two:
the edition, and the items with their labels and sections; until the next commit only the items are read again.
"""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, literal_column, select, tuple_

from app.db.base import AnyRow
from app.db.head_and_rows import HeadAndRowsQuery
from app.db.prepared import PreparedQuery
from app.db.state_memo import find_state_memo
from app.domain.cursor import peek_position
from app.domain.list_filter import Facet
from app.interchange.statements import LATEST_SEQ
from app.models.article import articles
from app.models.edition import editions
from app.models.listing import listings
from app.queries.articles.cards import has_cards
from app.queries.articles.item_pages import PageRows, PageStart
from app.queries.articles.items import (
    ARTICLES_WITH_ENTRIES,
    ITEM_COLUMNS,
    OWN_COLUMNS,
    RenderedEntries,
    depend_on_shown_entries,
)
from app.queries.catalogue.editions import JOINED_COLUMNS, edition_from_row
from app.queries.keyset.list_index import MAX_SORT_KEY
from app.queries.keyset.sort_keys import timeline_order
from app.queries.resolve import ResolvedQuery, whole_edition
from app.schemas.params import EVERY_EDITION, TimelineParams

_PLAIN = frozenset({"edition", "tz", "fields", "cursor", "limit"})


class TimelineRows(NamedTuple):
    """Resolved query, the rows of the page, last change, and rendered entries."""

    query: ResolvedQuery
    rows: PageRows
    as_of: int
    entries: RenderedEntries


class _Head(NamedTuple):
    """Parts of every page of an edition: its columns, the last change, and the labels and sections rendered so far."""

    edition: tuple[Any, ...]
    as_of: int
    entries: RenderedEntries


def is_fast_path(params: TimelineParams) -> bool:
    """Return whether the fast path applies: one edition without filters, no members of cards, no upward cursor."""
    cursor = params.cursor
    is_plain = params.model_fields_set <= _PLAIN and params.edition != EVERY_EDITION and not has_cards(params.fields)
    return is_plain and (cursor is None or peek_position(cursor) is not None)


def read_fast(connection: Connection, params: TimelineParams) -> TimelineRows | None:
    """Return the rows for `is_fast_path` parameters; None without any. InvalidInputError, CursorMismatchError."""
    peeked = None if params.cursor is None else peek_position(params.cursor)
    start = PageStart(MAX_SORT_KEY if peeked is None else peeked)
    bound = {"at": start.key[0], "id": start.key[1], "limit": params.limit + 1, "edition": params.edition}
    found = _read_page(connection, params.edition, bound, is_first=params.cursor is None)
    if found is None:
        return None
    head, rows = found
    query = whole_edition(edition_from_row(head.edition), params.tz)
    if params.cursor is not None:
        query.decode_cursor(params.cursor)
    depend_on_shown_entries(rows)
    newer_at = None if params.cursor is None else rows[0].newer_at
    older_at = rows[params.limit].published_at if len(rows) > params.limit else None
    return TimelineRows(query, PageRows(start, rows[: params.limit], newer_at, older_at), head.as_of, head.entries)


def _read_page(
    connection: Connection, edition: str | None, bound: dict[str, Any], *, is_first: bool
) -> tuple[_Head, list[AnyRow]] | None:
    """Return the head and the rows of a page; the head from memory where nothing was committed since it was read."""
    memo, page_query = find_state_memo(connection), _page(is_default=edition is None, is_first=is_first)
    values = None if memo is None else memo.get_values()
    if memo is None or values is None:
        return _read_whole_page(connection, page_query, bound)
    head: _Head | None = values.get(("timeline", edition))
    if head is not None:
        rows = (_FIRST_ITEMS if is_first else _LATER_ITEMS).all(connection, {**bound, "edition_id": head.edition[0]})
        if not head.entries.include(rows):
            rows = page_query.read_rows(connection, bound)
        if memo.is_current(values):
            return (head, rows) if rows else None
    found = _read_whole_page(connection, page_query, bound)
    if found is not None and memo.is_current(values):
        values["timeline", edition] = found[0]
    return found


def _read_whole_page(
    connection: Connection, page_query: HeadAndRowsQuery, bound: dict[str, Any]
) -> tuple[_Head, list[AnyRow]] | None:
    found = page_query.read(connection, bound)
    if found is None:
        return None
    *members, as_of = found.head
    return _Head(tuple(members), as_of, RenderedEntries({}, {})), found.rows


@cache
def _page(*, is_default: bool, is_first: bool) -> HeadAndRowsQuery:
    meant = editions.c.is_default if is_default else editions.c.slug == bindparam("edition")
    # By a scalar and no join: only then do both databases detect that one list is read, in the order of its index.
    edition_id = select(editions.c.id).where(meant).scalar_subquery()
    listed = _listed(edition_id)
    columns = _columns(ITEM_COLUMNS, edition_id, is_first=is_first)
    above = (*JOINED_COLUMNS, LATEST_SEQ.scalar_subquery().label("as_of"))
    items = listings.join(ARTICLES_WITH_ENTRIES, articles.c.id == listings.c.article_id)
    keys = select(listings.c.published_at, listings.c.article_id, listings.c.edition_id).where(*listed)
    # The keys alone first: PostgreSQL, which plans before it knows the limit, must not join all of them.
    first = keys.order_by(*timeline_order(listings.c)).limit(_MOST).subquery("positions")
    joined = first.join(ARTICLES_WITH_ENTRIES, articles.c.id == first.c.article_id).join(
        editions, editions.c.id == first.c.edition_id
    )
    return HeadAndRowsQuery(
        select(*above).where(meant),
        select(*columns).select_from(items).where(*listed).order_by(*timeline_order(listings.c)).limit(_MOST),
        joined=select(*columns, *above).select_from(joined).order_by(*timeline_order(first.c)),
    )


def _listed(edition_id: ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the listings of an edition before a sort key."""
    return (*_of_edition(listings, edition_id), tuple_(listings.c.published_at, listings.c.article_id) < _START)


def _of_edition(table: Any, edition_id: ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
    return (
        table.c.edition_id == edition_id,
        table.c.kind == literal_column(str(int(Facet.EDITION))),
        table.c.facet_id == literal_column("0"),
    )


def _columns(columns: tuple[Any, ...], edition_id: ColumnElement[int], *, is_first: bool) -> tuple[Any, ...]:
    """Return the columns of a page; after the first page also when the nearest newer article was published."""
    if is_first:
        return columns
    above = listings.alias("above")
    newer = select(above.c.published_at).where(
        *_of_edition(above, edition_id), tuple_(above.c.published_at, above.c.article_id) >= _START
    )
    nearest = newer.order_by(*timeline_order(above.c, oldest_first=True)).limit(literal_column("1"))
    return (*columns, nearest.scalar_subquery().label("newer_at"))


def _items_alone(*, is_first: bool) -> PreparedQuery:
    """Return the query of the items without their labels and sections, whose joins take a quarter of the time."""
    edition_id: ColumnElement[int] = bindparam("edition_id", type_=Integer)
    return PreparedQuery(
        select(*_columns(OWN_COLUMNS, edition_id, is_first=is_first))
        .select_from(listings.join(articles, articles.c.id == listings.c.article_id))
        .where(*_listed(edition_id))
        .order_by(*timeline_order(listings.c))
        .limit(_MOST)
    )


_MOST = bindparam("limit", type_=Integer)
_START = tuple_(bindparam("at"), bindparam("id"))
_FIRST_ITEMS, _LATER_ITEMS = _items_alone(is_first=True), _items_alone(is_first=False)
