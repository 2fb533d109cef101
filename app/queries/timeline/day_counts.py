"""Number of articles of a list on each of some days, counted by ranges of the index."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select, union

from app.db.bound_rows import bound_rows, rows_value
from app.db.prepared import by_shape
from app.domain.calendar import Day
from app.domain.tsid import is_id, parse_id
from app.models.article import articles
from app.queries.keyset.list_index import MAX_SORT_KEY, Form, bind_values, statement_shape
from app.queries.keyset.sort_keys import membership_probe, sort_keys
from app.queries.resolve import ResolvedQuery


def count_days(connection: Connection, query: ResolvedQuery, days: Sequence[Day]) -> list[int]:
    """Return the totals of these days (oldest first), within the list's own range and without excluded articles.

    One statement, and another one if articles are excluded.
    """
    if query.selection.is_empty or not days:
        return [0] * len(days)
    spans = [(max(d.starts_at, query.lower[0]), min(d.ends_at, query.upper[0])) for d in days]
    bound = bind_values(query.selection) | {"days": rows_value([(i, *span) for i, span in enumerate(spans)])}
    statement = _counts(statement_shape(query.selection))
    found = {row.day: row.total for row in statement.all(connection, bound)}
    totals = [found[i] for i in range(len(spans))]
    for instant in _excluded_instants(connection, query):
        i = bisect_right(spans, (instant, MAX_SORT_KEY[0])) - 1
        if i >= 0 and instant < spans[i][1]:
            totals[i] -= 1
    return totals


@by_shape
def _counts(form: Form) -> Select[Any]:
    days = bound_rows("days", "day", "starts_at", "ends_at")
    inside = sort_keys(form, limit=False, span=days)
    total = select(func.count()).select_from(inside).scalar_subquery()
    return select(days.c.day, total.label("total"))


def _excluded_instants(connection: Connection, query: ResolvedQuery) -> list[int]:
    if not query.scope.excluded:
        return []
    ids = [(parse_id(text),) for text in query.scope.excluded if is_id(text)]
    slugs = [text for text in query.scope.excluded if not is_id(text) and text.isprintable()]
    bound = bind_values(query.selection)
    bound |= {"ids": rows_value(ids), "named": rows_value((id_, slug) for id_ in query.editions for slug in slugs)}
    statement = _excluded(statement_shape(query.selection))
    return [row.published_at for row in statement.all(connection, bound)]


@by_shape
def _excluded(form: Form) -> Select[Any]:
    ids, named = bound_rows("ids", "id"), bound_rows("named", "edition_id", codes=("slug",))
    found = select(articles.c.published_at, articles.c.id.label("article_id"))
    by_slug = (articles.c.edition_id == named.c.edition_id) & (articles.c.slug == named.c.slug)
    each = union(found.where(articles.c.id == ids.c.id), found.where(by_slug)).subquery("excluded")
    probes = [membership_probe(kind, is_several, each.c) for kind, is_several in enumerate(form)]
    return select(each.c.published_at).where(*probes)
