"""Queries of the per-day timeline: one page, and one whole day."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection

from app.db.base import AnyRow
from app.domain.calendar import Day, day_at, parse_day
from app.domain.instant import format_instant
from app.domain.language import day_heading
from app.errors import FieldError, InvalidInputError, InvalidValueError
from app.queries.articles.items import RenderedEntries, fetch_articles, render_items, select_fields
from app.queries.changes.change_list import latest_seq
from app.queries.keyset.list_index import SortKey
from app.queries.keyset.pages import cut_page
from app.queries.resolve import ResolvedQuery, resolve_params, start_key
from app.queries.timeline.day_counts import count_days
from app.queries.timeline.fast_timeline import TimelineRows, read_fast
from app.schemas.params import DayParams, TimelineParams
from app.schemas.timeline import DayLink, Timeline, TimelineDay, TimelineDayPage

PATH = "/v1/timeline"


def get_timeline(connection: Connection, params: TimelineParams) -> Timeline:
    """Return a page of the timeline, days newest first, with items newest first.

    `as_of` is of the same snapshot as the items. InvalidInputError, NotFoundError, InvalidCursorError,
    CursorMismatchError.
    """
    query = resolve_params(connection, params, tz=params.tz)
    upper = start_key(query, params.cursor, params.newest_day)
    as_of = latest_seq(connection) if params.cursor is None else 0
    most = len(params.id) or params.limit
    rows = fetch_articles(connection, query.narrowed(query.lower, upper), ids=params.id, limit=most + 1)
    return _page(connection, params, TimelineRows(query, upper, as_of, rows, RenderedEntries({}, {})))


def get_timeline_fast(connection: Connection, params: TimelineParams) -> Timeline | None:
    """Return the page for `is_fast_path` parameters; None for an empty one. InvalidInputError, CursorMismatchError."""
    found = read_fast(connection, params)
    return None if found is None else _page(connection, params, found)


def _page(connection: Connection, params: TimelineParams, found: TimelineRows) -> Timeline:
    query, upper, as_of, rows, entries = found
    page: Timeline = {"edition": query.edition.slug, "timezone": query.zone.key, "days": [], "next": None}
    if params.cursor is None:
        page = {
            "edition": query.edition.slug,
            "timezone": query.zone.key,
            "as_of": as_of,
            "newer": {"href": params.href_of_changes(as_of)},
            "days": [],
            "next": None,
        }
    shown, following, next_page = cut_page(
        rows,
        len(params.id) or params.limit,
        cursor=query.encode_cursor,
        href=lambda cursor: params.url_for(PATH, cursor=cursor, newest_day=None),
    )
    page["next"] = next_page
    page["days"] = days = _render_days(shown, query, params.fields, entries)
    if days:
        days[0]["continued"] = _began_before(params, upper, days[0], query)
        days[-1]["complete"] = following is None or _day_of(following, query).date.isoformat() != days[-1]["date"]
    if params.total:
        _add_totals(connection, query, days, shown, params)
    if not params.id:
        within = query.narrowed(query.lower, upper)
        within.record_dependency(first=None if following is None else following.published_at)
    return page


def get_day(connection: Connection, day_text: str, params: DayParams) -> TimelineDayPage:
    """Return one whole local day with neighbours that have news; NoSuchDayError, NotFoundError, InvalidInputError."""
    query = resolve_params(connection, params, tz=params.tz)
    day = _find_day(day_text, query)
    within = query.narrowed((day.starts_at, 0), (day.ends_at, 0))
    rows = fetch_articles(connection, within, ids=params.id, limit=None)
    shown = _render_day(day, rows, query, params.fields, RenderedEntries({}, {}))
    if params.total:
        shown["total"] = len(rows)
    older = fetch_articles(connection, query.narrowed(query.lower, (day.starts_at, 0)), ids=params.id, limit=1)
    newer = fetch_articles(
        connection, query.narrowed((day.ends_at, 0), query.upper), ids=params.id, limit=1, oldest_first=True
    )
    if not params.id:
        query.record_dependency(
            first=older[0].published_at if older else None, last=newer[0].published_at if newer else None
        )
    return {
        "edition": query.edition.slug,
        "timezone": query.zone.key,
        "day": shown,
        "previous": _link(older, query, params),
        "next": _link(newer, query, params),
    }


def _find_day(text: str, query: ResolvedQuery) -> Day:
    try:
        day = parse_day(text)
    except InvalidValueError as error:
        raise InvalidInputError(FieldError("day", error.detail)) from None
    return query.day_range(day)


def _link(rows: list[AnyRow], query: ResolvedQuery, params: DayParams) -> DayLink | None:
    if not rows:
        return None
    day = _day_of(rows[0], query).date.isoformat()
    return {"date": day, "href": params.url_for(f"{PATH}/{day}")}


def _day_of(row: AnyRow, query: ResolvedQuery) -> Day:
    return day_at(row.published_at, query.zone)


def _render_days(
    rows: Sequence[AnyRow], query: ResolvedQuery, fields: list[str], entries: RenderedEntries
) -> list[TimelineDay]:
    return [_render_day(day, group, query, fields, entries) for day, group in _by_day(rows, query)]


def _by_day(rows: Sequence[AnyRow], query: ResolvedQuery) -> Iterator[tuple[Day, Sequence[AnyRow]]]:
    """Group rows, newest first, by day."""
    first = 0
    while first < len(rows):
        day = _day_of(rows[first], query)
        after = first + 1
        while after < len(rows) and rows[after].published_at >= day.starts_at:
            after += 1
        yield day, rows[first:after]
        first = after


def _render_day(
    day: Day, rows: Iterable[AnyRow], query: ResolvedQuery, fields: list[str], entries: RenderedEntries
) -> TimelineDay:
    edition, zone = query.edition, query.zone
    items = render_items(rows, edition, zone, entries)
    return {
        "date": day.date.isoformat(),
        "heading": day_heading(day.date, edition.language),
        "starts_at": format_instant(day.starts_at, zone),
        "ends_at": format_instant(day.ends_at, zone),
        "continued": False,
        "complete": True,
        "items": [select_fields(item, fields) for item in items] if fields else [*items],
    }


def _began_before(params: TimelineParams, upper: SortKey, first: TimelineDay, query: ResolvedQuery) -> bool:
    return params.cursor is not None and day_at(upper[0], query.zone).date.isoformat() == first["date"]


def _add_totals(
    connection: Connection,
    query: ResolvedQuery,
    days: list[TimelineDay],
    shown: Sequence[AnyRow],
    params: TimelineParams,
) -> None:
    if params.id:
        totals = [len(day["items"]) for day in days]
    else:
        oldest_first = list(dict.fromkeys(_day_of(row, query) for row in reversed(shown)))
        if oldest_first:
            query.narrowed((oldest_first[0].starts_at, 0), (oldest_first[-1].ends_at, 0)).record_dependency()
        totals = count_days(connection, query, oldest_first)[::-1]
    for day, total in zip(days, totals, strict=True):
        day["total"] = total
