"""Statements over the ranges of the index of lists: sort keys in order, look-ups of several lists, named articles.

A filter of one kind is a union of ranges. Filters of several kinds walk the ranges of the first kind and look the
others up by their full key.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    bindparam,
    case,
    func,
    literal_column,
    select,
    tuple_,
)

from app.db.bound_rows import bound_rows
from app.models.article import articles
from app.models.listing import listings
from app.queries.listing import Form

ONE = literal_column("1", Integer)
PLACE = ("edition_id", "kind", "facet_id")

_LIMIT: BindParameter[int] = bindparam("limit", type_=Integer)
_LOWER_AT: BindParameter[int] = bindparam("lower_at", type_=BigInteger)
_UPPER_AT: BindParameter[int] = bindparam("upper_at", type_=BigInteger)
_LOWER, _UPPER = tuple_(_LOWER_AT, bindparam("lower_id")), tuple_(_UPPER_AT, bindparam("upper_id"))


def in_order(keys: Any, *, oldest_first: bool = False) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The order of the timeline over these sort keys."""
    if oldest_first:
        return keys.published_at.asc(), keys.article_id.asc()
    return keys.published_at.desc(), keys.article_id.desc()


def positions(
    form: Form, *, limit: bool = True, oldest_first: bool = False, span: FromClause | None = None
) -> Subquery:
    """The sort keys `(published_at, article_id)` of a selection in order, each article once.

    Bound: those of `selection_values`, and `limit` unless it is off. `span` is a table of the outer
    statement whose `starts_at` and `ends_at` stand for the bound range.
    """
    probes = [probe(kind, is_several, listings.c) for kind, is_several in enumerate(form) if kind]
    keys = select(listings.c.published_at, listings.c.article_id).where(*probes)
    if not form[0]:
        keys = keys.where(*_at_bound_place(listings.c, 0), *_in_range(span))
    else:
        places = bound_rows("places_0", *PLACE)
        keys = keys.distinct().where(*at_place(listings.c, places.c))
        keys = keys.where(*(_in_reach(form, places, oldest_first=oldest_first) if limit else _in_range(span)))
    if span is not None:
        keys = keys.correlate(span)
    if limit:
        keys = keys.order_by(*in_order(listings.c, oldest_first=oldest_first)).limit(_LIMIT)
    return keys.subquery("positions")


def in_bound_range(keys: Any) -> ColumnElement[bool]:
    """Whether sort keys are within the range of `range_values`."""
    key = tuple_(keys.published_at, keys.article_id)
    return (key >= _LOWER) & (key < _UPPER)


def at_place(keys: Any, place: Any) -> tuple[ColumnElement[bool], ...]:
    """Whether rows of the index are of the list that a row of places names."""
    return tuple(keys[name] == place[name] for name in PLACE)


def _at_bound_place(keys: Any, kind: int) -> tuple[ColumnElement[bool], ...]:
    return (
        keys.edition_id == bindparam(f"e{kind}"),
        keys.kind == bindparam(f"k{kind}"),
        keys.facet_id == bindparam(f"f{kind}"),
    )


def _in_range(span: FromClause | None) -> tuple[ColumnElement[bool], ...]:
    if span is None:
        return (in_bound_range(listings.c),)
    return listings.c.published_at >= span.c.starts_at, listings.c.published_at < span.c.ends_at


def _in_reach(form: Form, places: CTE, *, oldest_first: bool) -> tuple[ColumnElement[bool], ...]:
    """The bounds of a page over several places: no place is read further than the page can reach.

    A place with `limit` keys fills the page by itself, so the page ends at the nearest of the places' `limit`-th keys,
    or before. The exact other end of the range is kept out of the choice of an index, which has to take this bound.
    """
    each, nth = places.alias("each_place"), listings.alias("nth")
    probes = [probe(kind, is_several, nth.c) for kind, is_several in enumerate(form) if kind]
    first = (
        select(nth.c.published_at)
        .where(*at_place(nth.c, each.c), in_bound_range(nth.c), *probes)
        .order_by(*in_order(nth.c, oldest_first=oldest_first))
        .limit(_LIMIT)
        .correlate(each)
        .subquery()
    )
    furthest, nearest = (func.max, func.min) if oldest_first else (func.min, func.max)
    last = select(case((func.count() == _LIMIT, furthest(first.c.published_at)))).select_from(first).scalar_subquery()
    end = select(nearest(last)).select_from(each).scalar_subquery()
    at, article_id = listings.c.published_at, listings.c.article_id
    exact = tuple_(at + literal_column("0"), article_id)
    if oldest_first:
        return tuple_(at, article_id) >= _LOWER, at <= func.coalesce(end, _UPPER_AT), exact < _UPPER
    return tuple_(at, article_id) < _UPPER, at >= func.coalesce(end, _LOWER_AT), exact >= _LOWER


def probe(kind: int, is_several: bool, article: Any) -> ColumnElement[bool]:  # noqa: FBT001 - an element of a form
    """Whether an article also stands in one of the lists of a kind; a look-up by the full key of each.

    A scalar and no EXISTS, which PostgreSQL would make a join that reads the whole of the other list.
    """
    other = listings.alias(f"other_{kind}")
    article_id = article.article_id if "article_id" in article else article.id
    found: Select[Any] = select(ONE).where(
        other.c.published_at == article.published_at, other.c.article_id == article_id
    )
    if is_several:
        places = bound_rows(f"places_{kind}", *PLACE)
        found = found.where(*at_place(other.c, places.c)).limit(ONE)
    else:
        found = found.where(*_at_bound_place(other.c, kind))
    return found.correlate(article.published_at.table).scalar_subquery().is_not(None)


def named_positions(form: Form) -> Subquery:
    """The sort keys of the public articles that are selected among the `ids` that are bound as rows."""
    wanted = bound_rows("ids", "id")
    probes = [probe(kind, is_several, articles.c) for kind, is_several in enumerate(form)]
    key = tuple_(articles.c.published_at, articles.c.id)
    return (
        select(articles.c.published_at, articles.c.id.label("article_id"))
        .join(wanted, wanted.c.id == articles.c.id)
        .where(articles.c.status == literal_column("'published'"), key >= _LOWER, key < _UPPER, *probes)
        .subquery("positions")
    )
