"""Keys of a page of the editorial list, found by ranges of the index of statuses.

A list is a range of `(modified_at, id)` for each edition and status, and the ranges are merged. Where a filter names
a rare value, the articles with it are read instead: the ranges would be read to their ends.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    select,
    tuple_,
)

from app.db.bound_rows import bound_rows, rows_of_each, rows_value
from app.db.prepared import by_shape
from app.domain.article_status import ArticleStatus
from app.domain.list_filter import Facet
from app.domain.tsid import parse_id
from app.models.article import articles
from app.models.article_links import article_authors, article_tags
from app.queries.articles.items import is_excluded
from app.queries.keyset.list_index import MAX_SORT_KEY, MIN_SORT_KEY, SortKey
from app.queries.keyset.sort_keys import LIMIT, ONE
from app.queries.resolve import ResolvedQuery
from app.schemas.editorial import EditorialListParams

FEW = 1_000
"""Maximum of articles that are read one by one rather than in order: some 10 ms, on either database."""

_KEY = tuple_(articles.c.modified_at, articles.c.id)
_UPPER = tuple_(bindparam("upper_at"), bindparam("upper_id"))
_USERS: dict[Facet, tuple[ColumnElement[Any], ColumnElement[Any]]] = {
    Facet.SECTION: (articles.c.section_id, articles.c.id),
    Facet.LABEL: (articles.c.label_id, articles.c.id),
    Facet.TAG: (article_tags.c.tag_id, article_tags.c.article_id),
    Facet.AUTHOR: (article_authors.c.author_id, article_authors.c.article_id),
}


class _Form(NamedTuple):
    """The cache key of the statement's text."""

    kinds: tuple[Facet, ...]
    is_dated: bool
    is_named: bool


def find_keys(
    connection: Connection, query: ResolvedQuery, params: EditorialListParams, upper: SortKey, most: int
) -> list[SortKey]:
    """Return at most `most` keys `(modified_at, id)` of the selected articles, the latest first.

    Runs one statement, and one for each kind of name in the filters.
    """
    kinds = {places[0][1]: [number for _, _, number in places] for places in query.selection.groups}
    kinds.pop(Facet.EDITION, None)
    excluded, editions = query.scope.excluded, list(query.editions)
    statuses = sorted({*params.status}) or [*ArticleStatus]  # each range once: those of two would list an article twice
    values: dict[str, Any] = {
        "ranges": rows_value((edition, status) for edition in editions for status in statuses),
        "upper_at": upper[0],
        "upper_id": upper[1],
        "limit": most + len(excluded) * len(editions),
        **{kind.name: rows_value((number,) for number in sorted({*numbers})) for kind, numbers in kinds.items()},
    }
    is_dated = (query.lower, query.upper) != (MIN_SORT_KEY, MAX_SORT_KEY)
    if is_dated:
        values |= {"starts_at": query.lower[0], "ends_at": query.upper[0]}
    ids: Iterable[int] | None = [parse_id(text) for text in params.id] if params.id else None
    if ids is None:
        ids = _find_few(connection, kinds, values)
    if ids is not None:
        values["ids"] = rows_value((number,) for number in sorted({*ids}))
    form = _Form(tuple(sorted(kinds)), is_dated, is_named=ids is not None)
    rows = [row for row in _page(form).all(connection, values) if not is_excluded(row, excluded)]
    return [(row.modified_at, row.id) for row in rows[:most]]


def _find_few(connection: Connection, kinds: Iterable[Facet], values: dict[str, Any]) -> set[int] | None:
    """Return all articles of the first kind that has few of them; None where each kind has many."""
    for kind in sorted(kinds):
        rows = _users(kind).all(connection, {kind.name: values[kind.name], "few": FEW})
        if len(rows) < FEW:
            return {row.article_id for row in rows}
    return None


@by_shape
def _users(kind: Facet) -> Select[Any]:
    number, article_id = _USERS[kind]
    named = bound_rows(kind.name, "number")
    few = select(article_id.label("article_id")).where(number == named.c.number)
    return few.limit(bindparam("few", type_=Integer))


@by_shape
def _page(form: _Form) -> Select[Any]:
    ranges = bound_rows("ranges", "edition_id", codes=("status",))
    keys = select(articles.c.modified_at, articles.c.id, articles.c.slug)
    keys = keys.where(_KEY < _UPPER, *_conditions(form, articles.c)).order_by(*_latest_first(articles.c)).limit(LIMIT)
    if form.is_named:
        given_ids = bound_rows("ids", "id")
        here = select(ONE).where(*_in_range(articles.c, ranges.c)).limit(ONE).correlate(articles)
        return keys.where(articles.c.id == given_ids.c.id, here.scalar_subquery().is_not(None))
    first = rows_of_each(ranges, keys.where(*_in_range(articles.c, ranges.c)), codes=("slug",)).subquery("first")
    return select(first).order_by(*_latest_first(first.c)).limit(LIMIT)


def _latest_first(keys: Any) -> Sequence[ColumnElement[int]]:
    return keys.modified_at.desc(), keys.id.desc()


def _in_range(article: Any, of: Any) -> Sequence[ColumnElement[bool]]:
    return article.edition_id == of.edition_id, article.status == of.status


def _conditions(form: _Form, article: Any) -> list[ColumnElement[bool]]:
    """Return the filters, each a scalar: PostgreSQL would plan an EXISTS as a join that reads its whole table."""
    conditions: list[ColumnElement[bool]] = []
    for kind in form.kinds:
        named = bound_rows(kind.name, "number")
        number, user = _USERS[kind]
        one: Select[Any] = select(ONE)
        if user.table is articles:
            one = one.where(named.c.number == article[number.name])
        else:
            one = one.where(named.c.number == number, user == article.id)
        conditions.append(one.limit(ONE).correlate(article.id.table).scalar_subquery().is_not(None))
    if form.is_dated:
        conditions += [article.published_at >= bindparam("starts_at"), article.published_at < bindparam("ends_at")]
    return conditions
