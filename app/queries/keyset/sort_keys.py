"""Statements over the ranges of the index of lists: sort keys in order, look-ups of several lists, named articles.

A filter of one kind is a union of ranges. Filters of several kinds walk the ranges of the first kind and look the
others up by their full key.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    Tuple,
    bindparam,
    literal_column,
    select,
    tuple_,
    union_all,
)

from app.db.bound_rows import bound_rows, rows_of_each
from app.models.article import articles
from app.models.listing import listings
from app.queries.keyset.list_index import Form

LIMIT: BindParameter[int] = bindparam("limit", type_=Integer)
ONE = literal_column("1", Integer)
LIST_COLUMNS = ("edition_id", "kind", "facet_id")

BEYOND = "beyond_"
"""Prefix of the bound values of the range on the other side of a page."""
BEYOND_LIMIT: BindParameter[int] = bindparam(f"{BEYOND}limit", type_=Integer)


def _bound_key(name: str) -> Tuple:
    return tuple_(bindparam(f"{name}_at", type_=BigInteger), bindparam(f"{name}_id", type_=BigInteger))


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
    if limit:
        return _first_keys(form, LIMIT, (in_bound_range(listings.c),), oldest_first=oldest_first).subquery("positions")
    keys = _keys(form, _in_range(span))
    if span is not None:
        keys = keys.correlate(span)
    return (keys.distinct() if form[0] else keys).subquery("positions")


def sort_keys_around(form: Form, *, oldest_first: bool) -> Subquery:
    """Return the sort keys of a page as `sort_keys` does, and the first ones on its other side.

    Bound values are also those of `range_values` with the prefix BEYOND, and the limit of the other side. The range of
    a page and the one beyond it are disjoint.
    """
    page = _first_keys(form, LIMIT, (in_bound_range(listings.c),), oldest_first=oldest_first)
    range_beyond = (in_bound_range(listings.c, BEYOND),)
    beyond = _first_keys(form, BEYOND_LIMIT, range_beyond, oldest_first=not oldest_first)
    return union_all(select(page.subquery("page")), select(beyond.subquery("beyond"))).subquery("positions")


def _keys(form: Form, conditions: Iterable[ColumnElement[bool]]) -> Select[Any]:
    """Return the sort keys of a selection under these conditions, of each of its lists."""
    probes = [membership_probe(kind, is_several, listings.c) for kind, is_several in enumerate(form) if kind]
    keys = select(listings.c.published_at, listings.c.article_id).where(*conditions, *probes)
    if not form[0]:
        return keys.where(*_in_bound_list(listings.c, 0))
    return keys.where(*in_list(listings.c, bound_rows("places_0", *LIST_COLUMNS).c))


def _first_keys(
    form: Form, limit: BindParameter[int], conditions: Iterable[ColumnElement[bool]], *, oldest_first: bool
) -> Select[Any]:
    """Return the first sort keys of a selection under these conditions, each article once."""
    first_of_each = (
        _keys(form, conditions).order_by(*timeline_order(listings.c, oldest_first=oldest_first)).limit(limit)
    )
    if not form[0]:
        return first_of_each
    first = rows_of_each(bound_rows("places_0", *LIST_COLUMNS), first_of_each).distinct().subquery("first")
    return select(first).order_by(*timeline_order(first.c, oldest_first=oldest_first)).limit(limit)


def in_bound_range(keys: Any, prefix: str = "") -> ColumnElement[bool]:
    """Return whether sort keys are within the range of `range_values` with this prefix."""
    key = tuple_(keys.published_at, keys.article_id)
    return (key >= _bound_key(f"{prefix}lower")) & (key < _bound_key(f"{prefix}upper"))


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
    in_range = (key >= _bound_key("lower")) & (key < _bound_key("upper"))
    return (
        select(articles.c.published_at, articles.c.id.label("article_id"))
        .join(given_ids, given_ids.c.id == articles.c.id)
        .where(articles.c.status == literal_column("'published'"), in_range, *probes)
        .subquery("positions")
    )
