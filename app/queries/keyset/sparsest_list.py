"""Choice of the kind of lists to walk: the sparsest, judged by the first keys of its lists."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, FromClause, Integer, ScalarSelect, Select, bindparam, func, select

from app.db.base import AnyRow
from app.db.bound_rows import bound_rows, rows_value
from app.db.prepared import PreparedQuery
from app.models.listing import listings
from app.queries.keyset.list_index import ListSelection, SortKey, range_values
from app.queries.keyset.sort_keys import LIST_COLUMNS, ONE, in_bound_range, in_list, timeline_order

SAMPLE, MIN_SAMPLE = 100, 10
"""Keys that are read of a kind with one list, and of each list where a kind has many."""


def choose_driving_list(
    connection: Connection, selection: ListSelection, lower: SortKey, upper: SortKey, *, oldest_first: bool
) -> tuple[ListSelection, SortKey, SortKey]:
    """Return the selection with its sparsest kind first, and the range that all kinds cover.

    The fewer of a kind's first keys there are, and the further they reach, the sparser it is. One statement for several
    kinds, otherwise none.
    """
    if len(selection.groups) == 1:
        return selection, lower, upper
    ranges = selection.ranges
    most = max(SAMPLE // max(len(refs) for refs in ranges), MIN_SAMPLE)
    lists = [(kind, *ref) for kind, refs in enumerate(ranges) for ref in dict.fromkeys(refs)]
    bound = {**range_values(lower, upper), "most": most, "lists": rows_value(lists)}
    found: list[list[AnyRow]] = [[] for _ in selection.groups]
    for row in _samples(oldest_first).all(connection, bound):
        if row.total:
            found[row.number].append(row)
    if all(found):
        lower = max(lower, (max(min(row.oldest for row in rows) for rows in found), 0))
        upper = min(upper, (min(max(row.newest for row in rows) for rows in found) + 1, 0))
    ranked = sorted(range(len(found)), key=lambda kind: _density(found[kind], most, oldest_first=oldest_first))
    return replace(selection, groups=tuple(selection.groups[kind] for kind in ranked)), lower, upper


def _density(rows: Sequence[AnyRow], most: int, *, oldest_first: bool) -> tuple[bool, float]:
    """Return the rank of a kind: the number of keys if all lists end within the sample, else keys over time."""
    if all(row.total < most for row in rows):
        return False, sum(row.total for row in rows)
    begins = min(row.oldest for row in rows) if oldest_first else max(row.newest for row in rows)
    return True, sum(row.total / max(abs(row.reach - begins), 1) for row in rows)


@lru_cache(maxsize=2)
def _samples(oldest_first: bool) -> PreparedQuery:  # noqa: FBT001 - part of a cache key
    """Select for each of `lists` the number of its kind, its ends, how many of `most` keys it has, and the last one."""
    lists = bound_rows("lists", "number", *LIST_COLUMNS)
    keys = select(listings.c.published_at).where(*in_list(listings.c, lists.c), in_bound_range(listings.c))
    first = keys.order_by(*timeline_order(listings.c, oldest_first=oldest_first))
    sample = first.limit(bindparam("most", type_=Integer)).correlate(lists).subquery()
    furthest = func.max if oldest_first else func.min
    return PreparedQuery(
        select(
            lists.c.number,
            select(func.count()).select_from(sample).scalar_subquery().label("total"),
            select(furthest(sample.c.published_at)).scalar_subquery().label("reach"),
            _one(keys.order_by(*timeline_order(listings.c, oldest_first=True)), lists).label("oldest"),
            _one(keys.order_by(*timeline_order(listings.c)), lists).label("newest"),
        )
    )


def _one(keys: Select[Any], of: FromClause) -> ScalarSelect[int]:
    return keys.limit(ONE).correlate(of).scalar_subquery()
