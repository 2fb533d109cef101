"""Resolution of query parameters: edition, zone, canonical filter, range of keys."""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app.db.base import AnyRow
from app.domain.calendar import UTC, Day, days_between, find_zone, parse_date_or_instant, parse_day, start_of_day
from app.domain.cursor import decode_position, encode_position, peek_digest
from app.domain.list_filter import Facet, ListFilter
from app.errors import FieldError, InvalidInputError, InvalidValueError, NoSuchDayError
from app.queries.catalogue.editions import EditionView, get_edition_view, list_all_editions
from app.queries.keyset.entry_names import find_digests, id_form
from app.queries.keyset.list_index import MAX_SORT_KEY, MIN_SORT_KEY, ListSelection, SortKey, resolve_lists
from app.queries.keyset.subsections import expand_subsections, select_subsections
from app.queries.keyset.trait_lists import select_traits
from app.schemas.params import EVERY_EDITION, ArticleFilterParams, FilterParams

FALLBACK_LANGUAGE = "en"
"""Language of headings before there is an edition."""


@dataclass(frozen=True, slots=True)
class ResolvedQuery:
    """Resolved parameters: the editions by id, the zone, the filter and its lists, and the range of keys.

    `heading_language` is that of headings over all editions, None for the default edition's.

    `digests` are those that cursors of the list may have: first the one of new cursors, by the entries of the filters,
    then those by names, and by entries that were merged since.
    """

    editions: dict[int, EditionView]
    zone: ZoneInfo
    scope: ListFilter
    selection: ListSelection
    lower: SortKey
    upper: SortKey
    digests: tuple[bytes, ...]
    heading_language: str | None = None

    def narrowed(self, lower: SortKey, upper: SortKey) -> "ResolvedQuery":
        """Return the same query within a narrower range of keys."""
        narrower = max(lower, self.lower), min(upper, self.upper)
        return ResolvedQuery(
            self.editions, self.zone, self.scope, self.selection, *narrower, self.digests, self.heading_language
        )

    def record_dependency(self, *, first: int | None = None, last: int | None = None) -> None:
        """Record a dependency on the part of these lists that was read; open ends are those of the query."""
        lower, upper = self.lower[0], self.upper[0] - (self.upper[1] == 0)
        self.selection.record_dependency(lower if first is None else first, upper if last is None else last)

    def encode_cursor(self, last: AnyRow) -> str:
        """Return the cursor of this list after an article's row."""
        return encode_position(last.published_at, last.id, self.digests[0])

    def decode_cursor(self, cursor: str) -> SortKey:
        """Return the sort key in a cursor of this list; InvalidCursorError, CursorMismatchError."""
        return decode_position(cursor, *self.digests)

    def day_range(self, day: date) -> Day:
        """Return that day of the zone; NoSuchDayError if the zone skipped it."""
        days = days_between(day, day, self.zone)
        if not days:
            raise NoSuchDayError(f"The date {day.isoformat()} does not exist in {self.zone.key}.")
        return days[0]

    @property
    def spans_editions(self) -> bool:
        """Return whether the query is about all editions."""
        return self.scope.edition == EVERY_EDITION

    @property
    def edition(self) -> EditionView:
        """Return the only edition of the query."""
        return next(iter(self.editions.values()))

    @property
    def edition_name(self) -> str:
        """Return the slug of the edition, `*` for all."""
        return EVERY_EDITION if self.spans_editions else self.edition.slug

    @property
    def language(self) -> str:
        """Return the language of headings: the edition's; over all editions the requested one, or the default's."""
        if not self.spans_editions:
            return self.edition.language
        if self.heading_language is not None:
            return self.heading_language
        return next((view.language for view in self.editions.values() if view.is_default), FALLBACK_LANGUAGE)


def resolve_params(
    connection: Connection,
    params: FilterParams,
    *,
    tz: str | None = None,
    entry: tuple[Facet, str] | None = None,
    by_lists: bool = True,
) -> ResolvedQuery:
    """Resolve query parameters; NotFoundError, InvalidInputError.

    At most two statements; two more for names that no entry has now, and one for a cursor of another release or name.

    Another one with `subsections`. Without `by_lists` the selection names the descendants of sections instead of lists
    of subtrees, and the filters by traits are in `scope` alone.
    """
    spans_all = params.edition == EVERY_EDITION
    views = list_all_editions(connection) if spans_all else [get_edition_view(connection, params.edition)]
    zone = _zone(tz, views, spans_all=spans_all)
    scope = filter_of(
        params,
        edition=EVERY_EDITION if spans_all else str(views[0].id),
        entry=entry,
        **_range(params, zone),
        excluded=frozenset(params.exclude) if isinstance(params, ArticleFilterParams) else frozenset(),
        ids=frozenset(params.id) if isinstance(params, ArticleFilterParams) else frozenset(),
        timezone=zone.key,
    )
    editions = {view.id: view for view in views}
    selection = resolve_lists(connection, editions, scope.groups())
    if scope.subsections:
        selection = (select_subsections if by_lists else expand_subsections)(connection, selection)
    if by_lists:
        selection = select_traits(selection, scope, {view.id: view.language for view in views})
    lower = MIN_SORT_KEY if scope.starts_at is None else (scope.starts_at, 0)
    upper = MAX_SORT_KEY if scope.ends_at is None else (scope.ends_at, 0)
    digests = _digests(connection, scope, selection, getattr(params, "cursor", None))
    return ResolvedQuery(editions, zone, scope, selection, lower, upper, digests, _heading_language(params))


def filter_of(params: FilterParams, *, edition: str, entry: tuple[Facet, str] | None, **others: Any) -> ListFilter:
    """Return the filter of a list by its query parameters, and by the entry in its path."""
    return ListFilter(
        edition=edition,
        sections=tuple(params.section),
        tags=tuple(params.tag),
        authors=tuple(params.author),
        labels=tuple(params.label),
        formats=tuple(params.format),
        languages=tuple(each.lower() for each in params.language),
        featured=params.featured,
        access=tuple(params.access),
        subsections=params.subsections,
        entry=entry,
        **others,
    )


def _digests(
    connection: Connection, scope: ListFilter, selection: ListSelection, cursor: str | None
) -> tuple[bytes, ...]:
    """Return the digests of a list; of former ones only those that a cursor with another digest may have."""
    ids = selection.entry_ids
    if not ids:
        return (scope.digest(),)
    digest = scope.digest_with({each: id_form(number) for each, number in ids.items()})
    if cursor is None or peek_digest(cursor) in {digest, None}:
        return (digest,)
    return (digest, *find_digests(connection, scope, ids))


@lru_cache(maxsize=256)
def whole_edition(edition: EditionView, tz: str | None) -> ResolvedQuery:
    """Return the query of an edition's whole timeline in a zone; InvalidInputError."""
    zone = _zone(tz, [edition], spans_all=False)
    scope = ListFilter(edition=str(edition.id), timezone=zone.key)
    selection = ListSelection((((edition.id, Facet.EDITION, 0),),))
    return ResolvedQuery({edition.id: edition}, zone, scope, selection, MIN_SORT_KEY, MAX_SORT_KEY, (scope.digest(),))


@lru_cache(maxsize=256)
def edition_and_pages(edition: EditionView) -> ResolvedQuery:
    """Return the query of an edition's whole timeline with its pages, as sitemaps have them."""
    whole = whole_edition(edition, None)
    selection = ListSelection((((edition.id, Facet.EDITION, 0), (-edition.id, Facet.EDITION, 0)),))
    return replace(whole, selection=selection)


def start_key(query: ResolvedQuery, cursor: str | None, newest_day: str | None = None) -> SortKey:
    """Return the start of a page: after its cursor, at the end of its newest day, or at the newest article."""
    if cursor is not None:
        return min(query.decode_cursor(cursor), query.upper)
    if newest_day is None:
        return query.upper
    try:
        day = parse_day(newest_day)
    except InvalidValueError as error:
        raise InvalidInputError(FieldError("newest_day", error.detail)) from None
    end = start_of_day(day.fromordinal(day.toordinal() + 1), query.zone)
    return min((end, 0), query.upper)


def _heading_language(params: FilterParams) -> str | None:
    """Return the language that headings over all editions are requested in, else the only one of the filter."""
    requested: str | None = getattr(params, "heading_language", None)
    if requested is None and len({each.lower() for each in params.language}) == 1:
        return params.language[0]
    return requested


def _zone(tz: str | None, views: list[EditionView], *, spans_all: bool) -> ZoneInfo:
    if tz is None:
        return UTC if spans_all else views[0].zone
    try:
        return find_zone(tz)
    except InvalidValueError as error:
        raise InvalidInputError(FieldError("tz", error.detail)) from None


def _range(params: FilterParams, zone: ZoneInfo) -> dict[str, int | None]:
    bounds: dict[str, int | None] = {}
    if isinstance(params, ArticleFilterParams):
        for where, member, text in (("from", "starts_at", params.from_), ("to", "ends_at", params.to)):
            try:
                bounds[member] = None if text is None else parse_date_or_instant(text, zone)
            except InvalidValueError as error:
                raise InvalidInputError(FieldError(where, error.detail)) from None
    return bounds
