"""Pages of a list of articles that may be walked in both directions: where they begin, their rows, what is beside them.

A page is on one side of a sort key: the items before it, newest first, or upward those from it on, the nearest ones.
The same statement reads the first item on either end that the page does not show, so that both links are exact for the
snapshot, and the page depends on the range between these two alone.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from app.db.base import AnyRow
from app.db.prepared import by_shape
from app.domain.calendar import day_at
from app.domain.cursor import decode_upward_position, encode_position, encode_upward_position, is_upward
from app.domain.instant import LATEST
from app.models.article import articles
from app.queries.articles.items import ARTICLES_WITH_ENTRIES, ITEM_COLUMNS, depend_on_shown_entries, is_excluded
from app.queries.keyset.list_index import Form, SortKey, bind_values, key_above, range_values, statement_shape
from app.queries.keyset.sort_keys import BEYOND, BEYOND_LIMIT, LIMIT, sort_keys_around, timeline_order
from app.queries.keyset.sparsest_list import choose_driving_list
from app.queries.resolve import ResolvedQuery, start_key


class PageStart(NamedTuple):
    """The sort key at which a page begins, and whether it has the items from that key on instead of those before it."""

    key: SortKey
    is_upward: bool = False


class PageRows(NamedTuple):
    """Rows of a page, newest first, and when the nearest articles on both sides were published; None without one."""

    start: PageStart
    shown: Sequence[AnyRow]
    newer_at: int | None
    older_at: int | None

    def record_dependency(self, query: ResolvedQuery) -> None:
        """Record a dependency on the list of a query, from the nearest older article to the nearest newer one."""
        query.record_dependency(first=self.older_at, last=self.newer_at)


def find_page_start(query: ResolvedQuery, cursor: str | None, newest_day: str | None = None) -> PageStart:
    """Return where a page begins; InvalidInputError, InvalidCursorError, CursorMismatchError."""
    if cursor is not None and is_upward(cursor):
        return PageStart(max(decode_upward_position(cursor, *query.digests), query.lower), is_upward=True)
    return PageStart(max(start_key(query, cursor, newest_day), query.lower))


def read_page_around(
    connection: Connection,
    query: ResolvedQuery,
    start: PageStart,
    columns: tuple[Any, ...] = ITEM_COLUMNS,
    *,
    limit: int,
) -> PageRows:
    """Return a page of at most `limit` articles that are not excluded, and the nearest one on its other side.

    One statement; a second one before it if filters of several kinds are combined.
    """
    if query.selection.is_empty:
        return PageRows(start, [], None, None)
    below, above = (query.lower, start.key), (start.key, query.upper)
    page_range, beyond = (above, below) if start.is_upward else (below, above)
    selection, lower, upper = choose_driving_list(
        connection, query.selection, *page_range, oldest_first=start.is_upward
    )
    excluded = len(query.scope.excluded) * len(query.editions)  # each edition may have the slug
    values = bind_values(selection, lower, upper) | range_values(*beyond, BEYOND)
    values |= {LIMIT.key: limit + 1 + excluded, BEYOND_LIMIT.key: 1 + excluded}
    rows = _statement(statement_shape(selection), columns, start.is_upward).all(connection, values)
    rows = [row for row in rows if not is_excluded(row, query.scope.excluded)]
    split = sum((row.published_at, row.id) >= start.key for row in rows)
    newer, older = rows[:split], rows[split:]
    depend_on_shown_entries(newer if start.is_upward else older)
    return cut_rows(start, newer=newer, older=older, limit=limit)


def cut_rows(start: PageStart, *, newer: Sequence[AnyRow], older: Sequence[AnyRow], limit: int) -> PageRows:
    """Return the page of these rows on both sides of its start, newest first, one more than it holds on its side."""
    if start.is_upward:
        further, shown = newer[:-limit], newer[-limit:]
        return PageRows(start, shown, _instant(further[-1:]), _instant(older[:1]))
    return PageRows(start, older[:limit], _instant(newer[-1:]), _instant(older[limit : limit + 1]))


def _instant(rows: Sequence[AnyRow]) -> int | None:
    return rows[0].published_at if rows else None


@by_shape
def _statement(form: Form, columns: tuple[Any, ...], oldest_first: bool) -> Select[Any]:  # noqa: FBT001 - part of a cache key
    keys = sort_keys_around(form, oldest_first=oldest_first)
    return (
        select(*columns)
        .select_from(keys.join(ARTICLES_WITH_ENTRIES, articles.c.id == keys.c.article_id))
        .order_by(*timeline_order(keys.c))
    )


def newer_cursor(query: ResolvedQuery, page: PageRows) -> str | None:
    """Return the cursor of the page above this one; None where nothing is newer."""
    if page.newer_at is None:
        return None
    position = key_above(page.shown[0]) if page.shown else page.start.key
    return encode_upward_position(*position, query.digests[0])


def older_cursor(query: ResolvedQuery, page: PageRows) -> str | None:
    """Return the cursor of the page below this one; None where nothing is older.

    Below an empty page nothing of a day was shown yet: its day begins there, as at the end of a day.
    """
    if page.older_at is None:
        return None
    if page.shown:
        return query.encode_cursor(page.shown[-1])
    ends_at = day_at(page.start.key[0], query.zone).ends_at
    return encode_position(min(ends_at, LATEST + 1), 0, query.digests[0])
