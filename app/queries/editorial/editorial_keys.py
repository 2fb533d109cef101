"""Keys of a page of the editorial list, found by ranges of the index of statuses.

A list is a range of `(modified_at, id)`, or of `(published_at, id)`, for each edition and status, and the ranges are
merged. Where a filter has few articles, these are read instead: the ranges would be read to their ends.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypedDict
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    SelectBase,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
    union_all,
)

from app.db.bound_rows import bound_rows, rows_of_each, rows_value
from app.db.prepared import PreparedQuery, by_shape
from app.domain.article_status import ArticleStatus
from app.domain.calendar import parse_date_or_instant
from app.domain.headline_key import end_of_prefix, headline_key
from app.domain.list_filter import Facet
from app.domain.tsid import parse_id
from app.errors import FieldError, InvalidInputError, InvalidValueError
from app.interchange.statements import ENTRY_USERS
from app.models.article import articles
from app.queries.articles.items import is_excluded
from app.queries.keyset.list_index import MAX_SORT_KEY, MIN_SORT_KEY, SortKey
from app.queries.keyset.sort_keys import LIMIT, ONE
from app.queries.resolve import ResolvedQuery
from app.schemas.editorial import EditorialListParams, ListOrder

FEW = 1_000
"""Maximum of articles that are read one by one rather than in order: some 10 ms, on either database."""

_UPPER = tuple_(bindparam("upper_at"), bindparam("upper_id"))


class _Form(NamedTuple):
    """The cache key of the statement's text."""

    kinds: tuple[Facet, ...]
    order: ListOrder
    is_dated: bool
    is_named: bool
    has_since: bool
    has_prefix: bool
    traits: tuple[Facet, ...]


class OwnFilters(TypedDict, total=False):
    """Filters that only this list has, those that are given: instants parsed, headlines as keys."""

    source_id: list[str]
    modified_since: int
    q: str
    order: str


def own_filters(params: EditorialListParams, zone: ZoneInfo) -> OwnFilters:
    """Return the filters that only this list has; InvalidInputError."""
    filters: OwnFilters = {}
    if params.source_id:
        filters["source_id"] = sorted(set(params.source_id))
    if params.modified_since is not None:
        try:
            filters["modified_since"] = parse_date_or_instant(params.modified_since, zone)
        except InvalidValueError as error:
            raise InvalidInputError(FieldError("modified_since", error.detail)) from None
    if params.q is not None:
        filters["q"] = headline_key(params.q)
    if params.order is not ListOrder.MODIFIED:
        filters["order"] = params.order.value
    return filters


def find_keys(
    connection: Connection,
    query: ResolvedQuery,
    params: EditorialListParams,
    *,
    filters: OwnFilters,
    upper: SortKey,
    most: int,
) -> list[SortKey]:
    """Return at most `most` keys of the selected articles in the order of the list, the latest first.

    Runs one statement, and one for each kind of name in the filters, for identifiers and for a prefix.
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
    values |= _values_of(filters, editions) | _trait_values(query)
    ids = _given_ids(connection, params, filters, values)
    if ids is None:
        ids = _find_few(connection, kinds, filters, values)
    if ids is not None:
        values["ids"] = rows_value((number,) for number in sorted(ids))
    form = _Form(
        tuple(sorted(kinds)),
        params.order,
        is_dated,
        ids is not None,
        "modified_since" in filters,
        "q" in filters,
        tuple(kind for kind, _ in query.scope.traits()),
    )
    rows = [row for row in _page(form).all(connection, values) if not is_excluded(row, excluded)]
    return [(row.at, row.id) for row in rows[:most]]


def _values_of(filters: OwnFilters, editions: Sequence[int]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "source_id" in filters:
        values["sources"] = rows_value((edition, each) for edition in editions for each in filters["source_id"])
    if "modified_since" in filters:
        values["since"] = filters["modified_since"]
    if "q" in filters:
        values |= {"q_start": filters["q"], "q_end": end_of_prefix(filters["q"])}
        values["editions"] = rows_value((edition,) for edition in editions)
    return values


def _trait_values(query: ResolvedQuery) -> dict[str, Any]:
    """Return the bound values of the filters by traits; of languages with the editions whose own language it is."""
    values: dict[str, Any] = {}
    for kind, given in query.scope.traits():
        if kind is Facet.FEATURED:
            values[kind.name] = given == ("true",)
        else:
            values[kind.name] = rows_value((value,) for value in given)
    if query.scope.languages:
        own = [view.id for view in query.editions.values() if view.language.lower() in query.scope.languages]
        values["own_language"] = rows_value((number,) for number in own)
    return values


def _given_ids(
    connection: Connection, params: EditorialListParams, filters: OwnFilters, values: dict[str, Any]
) -> set[int] | None:
    """Return the articles that the request names by id or by `source_id`; None where it names none."""
    ids = {parse_id(text) for text in params.id} if params.id else None
    if "source_id" not in filters:
        return ids
    sourced = {row.article_id for row in _BY_SOURCE.all(connection, {"sources": values["sources"]})}
    return sourced if ids is None else ids & sourced


def _find_few(
    connection: Connection, kinds: Iterable[Facet], filters: OwnFilters, values: dict[str, Any]
) -> set[int] | None:
    """Return all articles of the first filter that has few of them; None where each has many."""
    candidates = [(_users(kind), {kind.name: values[kind.name]}) for kind in sorted(kinds)]
    if "q" in filters:
        names = ("editions", "q_start", "q_end")
        candidates.append((_WITH_PREFIX, {name: values[name] for name in names}))
    if "modified_since" in filters and "order" in filters:
        candidates.append((_MODIFIED, {name: values[name] for name in ("ranges", "since")}))
    for statement, bound in candidates:
        rows = statement.all(connection, {**bound, "few": FEW})
        if len(rows) < FEW:
            return {row.article_id for row in rows}
    return None


@by_shape
def _users(kind: Facet) -> SelectBase:
    few = [_few_users(kind, *columns) for columns in ENTRY_USERS[kind]]
    return few[0] if len(few) == 1 else union_all(*(select(each.subquery().c.article_id) for each in few))


def _few_users(kind: Facet, number: ColumnElement[Any], article_id: ColumnElement[Any]) -> Select[Any]:
    named = bound_rows(kind.name, "number")
    found = select(article_id.label("article_id")).where(number == named.c.number)
    return found.limit(bindparam("few", type_=Integer))


def _limited(statement: Select[Any]) -> PreparedQuery:
    return PreparedQuery(statement.limit(bindparam("few", type_=Integer)))


def _with_prefix() -> Select[Any]:
    own = bound_rows("editions", "edition_id")
    return select(articles.c.id.label("article_id")).where(
        articles.c.edition_id == own.c.edition_id, *_starts_with_prefix(articles.c)
    )


def _modified() -> Select[Any]:
    ranges = bound_rows("ranges", "edition_id", codes=("status",))
    since = articles.c.modified_at >= bindparam("since")
    return select(articles.c.id.label("article_id")).where(*_in_range(articles.c, ranges.c), since)


def _by_source() -> Select[Any]:
    sources = bound_rows("sources", "edition_id", codes=("source_id",))
    return select(articles.c.id.label("article_id")).where(
        articles.c.edition_id == sources.c.edition_id, articles.c.source_id == sources.c.source_id
    )


def _starts_with_prefix(article: Any) -> Sequence[ColumnElement[bool]]:
    return article.headline_key >= bindparam("q_start"), article.headline_key < bindparam("q_end")


@by_shape
def _page(form: _Form) -> Select[Any]:
    ranges = bound_rows("ranges", "edition_id", codes=("status",))
    at = articles.c[form.order.value]
    keys = select(at.label("at"), articles.c.id, articles.c.slug)
    keys = keys.where(tuple_(at, articles.c.id) < _UPPER, *_conditions(form, articles.c))
    keys = keys.order_by(at.desc(), articles.c.id.desc()).limit(LIMIT)
    if form.is_named:
        given_ids = bound_rows("ids", "id")
        here = select(ONE).where(*_in_range(articles.c, ranges.c)).limit(ONE).correlate(articles)
        return keys.where(articles.c.id == given_ids.c.id, here.scalar_subquery().is_not(None))
    first = rows_of_each(ranges, keys.where(*_in_range(articles.c, ranges.c)), codes=("slug",)).subquery("first")
    return select(first).order_by(first.c.at.desc(), first.c.id.desc()).limit(LIMIT)


def _in_range(article: Any, of: Any) -> Sequence[ColumnElement[bool]]:
    return article.edition_id == of.edition_id, article.status == of.status


def _conditions(form: _Form, article: Any) -> list[ColumnElement[bool]]:
    """Return the filters, each a scalar: PostgreSQL would plan an EXISTS as a join that reads its whole table."""
    conditions = [or_(*(_names_entry(kind, article, *columns) for columns in ENTRY_USERS[kind])) for kind in form.kinds]
    if form.is_dated:
        conditions += [article.published_at >= bindparam("starts_at"), article.published_at < bindparam("ends_at")]
    if form.has_since:
        conditions.append(article.modified_at >= bindparam("since"))
    conditions += [_has_trait(kind, article) for kind in form.traits]
    if form.has_prefix:
        conditions += _starts_with_prefix(article)
    return conditions


def _names_entry(
    kind: Facet, article: Any, number: ColumnElement[Any], user: ColumnElement[Any]
) -> ColumnElement[bool]:
    named = bound_rows(kind.name, "number")
    one: Select[Any] = select(ONE)
    if user.table is articles:
        one = one.where(named.c.number == article[number.name])
    else:
        one = one.where(named.c.number == number, user == article.id)
    return one.limit(ONE).correlate(article.id.table).scalar_subquery().is_not(None)


def _has_trait(kind: Facet, article: Any) -> ColumnElement[bool]:
    """Return whether an article has one of the bound values of a trait."""
    if kind is Facet.FEATURED:
        featured: ColumnElement[bool] = article.featured == bindparam(kind.name, type_=Boolean)
        return featured
    named = bound_rows(kind.name, codes=("value",))
    if kind is Facet.LANGUAGE:
        own = bound_rows("own_language", "edition_id")
        found = _any_row(named, func.lower(article.language) == named.c.value, article)
        is_own = _any_row(own, own.c.edition_id == article.edition_id, article)
        return or_(found, and_(article.language.is_(None), is_own))
    return _any_row(named, article[kind.name.lower()] == named.c.value, article)


def _any_row(rows: FromClause, condition: ColumnElement[bool], article: Any) -> ColumnElement[bool]:
    found = select(ONE).select_from(rows).where(condition).limit(ONE)
    return found.correlate(article.id.table).scalar_subquery().is_not(None)


_WITH_PREFIX = _limited(_with_prefix())
_MODIFIED = _limited(_modified())
_BY_SOURCE = PreparedQuery(_by_source())
