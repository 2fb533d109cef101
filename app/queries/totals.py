"""How many articles of a list each of some days has, counted by ranges of the index."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, bindparam, column, func, or_, select, values

from app.db.prepared import Prepared
from app.domain.calendar import Day
from app.domain.ids import looks_like_id, parse_id
from app.models.article import articles
from app.queries.listing import LATEST, positions, probe, selection_values, shape_of
from app.queries.scope import Asked

NO_DAY = (0, 0)


def count_days(connection: Connection, asked: Asked, days: Sequence[Day]) -> list[int]:
    """The totals of these days (oldest first), within the list's own range and without what it excludes.

    One statement, and one more where something is excluded.
    """
    if asked.selection.is_empty or not days:
        return [0] * len(days)
    spans = [(max(d.starts_at, asked.lower[0]), min(d.ends_at, asked.upper[0])) for d in days]
    size = 1 << (len(spans) - 1).bit_length()  # powers of two keep the number of statements small
    bounds: dict[str, int] = {}
    for i, (starts_at, ends_at) in enumerate([*spans, *[NO_DAY] * (size - len(spans))]):
        bounds |= {f"day_{i}": i, f"starts_{i}": starts_at, f"ends_{i}": ends_at}
    shape = shape_of(asked.selection)
    bound = selection_values(asked.selection) | bounds
    found = {row.day: row.total for row in _counts(shape, size).all(connection, bound)}
    totals = [found[i] for i in range(len(spans))]
    for instant in _excluded_instants(connection, asked):
        i = bisect_right(spans, (instant, LATEST[0])) - 1
        if i >= 0 and instant < spans[i][1]:
            totals[i] -= 1
    return totals


@lru_cache(maxsize=256)
def _counts(shape: tuple[int, ...], size: int) -> Prepared:
    days = (
        values(column("day", BigInteger), column("starts_at", BigInteger), column("ends_at", BigInteger))
        .data(
            [
                tuple(bindparam(f"{name}_{i}", type_=BigInteger) for name in ("day", "starts", "ends"))
                for i in range(size)
            ]
        )
        .cte("days")
    )
    inside = positions(shape, limit=False, span=days)
    total = select(func.count()).select_from(inside).scalar_subquery()
    return Prepared(select(days.c.day, total.label("total")))


def _excluded_instants(connection: Connection, asked: Asked) -> list[int]:
    if not asked.scope.excluded:
        return []
    numbers = [parse_id(text) for text in asked.scope.excluded if looks_like_id(text)]
    slugs = [text for text in asked.scope.excluded if not looks_like_id(text)]
    bound: dict[str, Any] = selection_values(asked.selection)
    bound |= {"numbers": numbers, "slugs": slugs, "editions": list(asked.editions)}
    statement = _excluded(shape_of(asked.selection))
    return [row.published_at for row in connection.execute(statement, bound)]


@lru_cache(maxsize=64)
def _excluded(shape: tuple[int, ...]) -> Select[Any]:
    named = or_(
        articles.c.id.in_(bindparam("numbers", expanding=True)),
        articles.c.edition_id.in_(bindparam("editions", expanding=True))
        & articles.c.slug.in_(bindparam("slugs", expanding=True)),
    )
    probes = [probe(k, shape[k], articles.c) for k in range(len(shape))]
    return select(articles.c.published_at).where(named, articles.c.status == "published", *probes)
