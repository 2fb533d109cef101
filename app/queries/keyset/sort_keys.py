"""Statements over the ranges of the index of lists: sort keys in order, look-ups of several lists, named articles.

A filter of one kind is a union of ranges. Filters of several kinds walk the ranges of the first kind and look the
others up by their full key.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    bindparam,
    literal_column,
    select,
    tuple_,
)

from app.db.bound_rows import bound_rows, rows_of_each
from app.models.article import articles
from app.models.listing import listings
from app.queries.keyset.list_index import Form

LIMIT: BindParameter[int] = bindparam("limit", type_=Integer)
ONE = literal_column("1", Integer)
LIST_COLUMNS = ("edition_id", "kind", "facet_id")

_LOWER_AT: BindParameter[int] = bindparam("lower_at", type_=BigInteger)
_UPPER_AT: BindParameter[int] = bindparam("upper_at", type_=BigInteger)
_LOWER_ID: BindParameter[int] = bindparam("lower_id", type_=BigInteger)
_UPPER_ID: BindParameter[int] = bindparam("upper_id", type_=BigInteger)
_LOWER, _UPPER = tuple_(_LOWER_AT, _LOWER_ID), tuple_(_UPPER_AT, _UPPER_ID)


def timeline_order(keys: Any, *, oldest_first: bool = False) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Return the order of the timeline over these sort keys."""
    if oldest_first:
        return keys.published_at.asc(), keys.article_id.asc()
    return keys.published_at.desc(), keys.article_id.desc()


def sort_keys(
    form: Form, *, limit: bool = True, oldest_first: bool = False, span: FromClause | None = None
) -> Subquery:
    """Return the sort keys `(published_at, article_id)` of a selection in order, each article once.

    Bound values: those of `bind_values`, and `limit` unless it is off. `span` is a table of the outer statement whose
    `starts_at` and `ends_at` replace the bound range.
    """
    order = timeline_order(listings.c, oldest_first=oldest_first)
    probes = [membership_probe(kind, is_several, listings.c) for kind, is_several in enumerate(form) if kind]
    keys = select(listings.c.published_at, listings.c.article_id).where(*_in_range(span), *probes)
    if span is not None:
        keys = keys.correlate(span)
    if not form[0]:
        keys = keys.where(*_in_bound_list(listings.c, 0))
        return (keys.order_by(*order).limit(LIMIT) if limit else keys).subquery("positions")
    lists = bound_rows("places_0", *LIST_COLUMNS)
    keys = keys.where(*in_list(listings.c, lists.c))
    if not limit:
        return keys.distinct().subquery("positions")
    first = rows_of_each(lists, keys.order_by(*order).limit(LIMIT)).distinct().subquery("first")
    found = select(first).order_by(*timeline_order(first.c, oldest_first=oldest_first)).limit(LIMIT)
    return found.subquery("positions")


def in_bound_range(keys: Any) -> ColumnElement[bool]:
    """Return whether sort keys are within the range of `range_values`."""
    key = tuple_(keys.published_at, keys.article_id)
    return (key >= _LOWER) & (key < _UPPER)


def in_list(keys: Any, list_row: Any) -> tuple[ColumnElement[bool], ...]:
    """Return whether rows of the index are of the list that a row of keys identifies."""
    return tuple(keys[name] == list_row[name] for name in LIST_COLUMNS)


def _in_bound_list(keys: Any, kind: int) -> tuple[ColumnElement[bool], ...]:
    return (
        keys.edition_id == bindparam(f"e{kind}"),
        keys.kind == bindparam(f"k{kind}"),
        keys.facet_id == bindparam(f"f{kind}"),
    )


def _in_range(span: FromClause | None) -> tuple[ColumnElement[bool], ...]:
    if span is None:
        return (in_bound_range(listings.c),)
    return listings.c.published_at >= span.c.starts_at, listings.c.published_at < span.c.ends_at


def membership_probe(kind: int, is_several: bool, article: Any) -> ColumnElement[bool]:  # noqa: FBT001 - an element of a form
    """Return whether an article is also in one of the lists of a kind; a look-up by the full key of each.

    A scalar and no EXISTS, which PostgreSQL would make a join that reads the whole of the other list.
    """
    other = listings.alias(f"other_{kind}")
    article_id = article.article_id if "article_id" in article else article.id
    found: Select[Any] = select(ONE).where(
        other.c.published_at == article.published_at, other.c.article_id == article_id
    )
    if is_several:
        lists = bound_rows(f"places_{kind}", *LIST_COLUMNS)
        found = found.where(*in_list(other.c, lists.c)).limit(ONE)
    else:
        found = found.where(*_in_bound_list(other.c, kind))
    return found.correlate(article.published_at.table).scalar_subquery().is_not(None)


def sort_keys_by_id(form: Form) -> Subquery:
    """Return the sort keys of the public articles that are selected among the `ids` that are bound as rows."""
    given_ids = bound_rows("ids", "id")
    probes = [membership_probe(kind, is_several, articles.c) for kind, is_several in enumerate(form)]
    key = tuple_(articles.c.published_at, articles.c.id)
    return (
        select(articles.c.published_at, articles.c.id.label("article_id"))
        .join(given_ids, given_ids.c.id == articles.c.id)
        .where(articles.c.status == literal_column("'published'"), key >= _LOWER, key < _UPPER, *probes)
        .subquery("positions")
    )
