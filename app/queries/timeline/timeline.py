"""Queries of the per-day timeline: one page, and one whole day."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from app.db.base import AnyRow
from app.domain.calendar import Day, day_at, parse_day
from app.domain.language import find_date_language
from app.errors import FieldError, InvalidInputError, InvalidValueError
from app.queries.articles.cards import item_columns
from app.queries.articles.item_pages import (
    PageRows,
    cut_rows,
    find_page_start,
    newer_cursor,
    older_cursor,
    read_page_around,
)
from app.queries.articles.items import RenderedEntries, fetch_articles
from app.queries.catalogue.editions import today_in
from app.queries.changes.change_list import latest_seq
from app.queries.keyset.pages import link_next
from app.queries.resolve import ResolvedQuery, resolve_params
from app.queries.timeline.day_counts import count_days
from app.queries.timeline.days import make_day_renderer
from app.queries.timeline.fast_timeline import TimelineRows, read_fast
from app.schemas.pagination import NextPage
from app.schemas.params import DayParams, TimelineParams
from app.schemas.timeline import DayLink, Timeline, TimelineDay, TimelineDayPage

PATH = "/v1/timeline"

Page = TypeVar("Page", Timeline, TimelineDayPage)


def get_timeline(connection: Connection, params: TimelineParams, *, now: int) -> Timeline:
    """Return a page of the timeline, days newest first, with items newest first.

    `as_of` is of the same snapshot as the items, `today` the date now. InvalidInputError, NotFoundError,
    InvalidCursorError, CursorMismatchError.
    """
    query = resolve_params(connection, params, tz=params.tz)
    columns = item_columns(params.fields)
    start = find_page_start(query, params.cursor, params.newest_day)
    as_of = latest_seq(connection) if params.cursor is None else 0
    if params.id or _is_first(params):
        most = len(params.id) or params.limit
        within = query.narrowed(query.lower, start.key)
        rows = fetch_articles(connection, within, columns, ids=params.id, limit=most + 1)
        page = cut_rows(start, newer=(), older=rows, limit=most)
    else:
        page = read_page_around(connection, query, start, columns, limit=params.limit)
    return _page(connection, params, TimelineRows(query, page, as_of, RenderedEntries({}, {})), now)


def get_timeline_fast(connection: Connection, params: TimelineParams, *, now: int) -> Timeline | None:
    """Return the page for `is_fast_path` parameters; None for an empty one. InvalidInputError, CursorMismatchError."""
    found = read_fast(connection, params)
    return None if found is None else _page(connection, params, found, now)


def _is_first(params: TimelineParams) -> bool:
    return params.cursor is None and params.newest_day is None


def _page(connection: Connection, params: TimelineParams, found: TimelineRows, now: int) -> Timeline:
    query, rows, as_of, entries = found
    days = make_day_renderer(connection, query, rows.shown, params.fields, entries).render_days(rows.shown)
    if days:
        days[0]["continued"] = _begins_inside_day(days[0], query, params, rows)
        days[-1]["complete"] = rows.older_at is None or _date_at(rows.older_at, query) != days[-1]["date"]
    if params.total:
        _add_totals(connection, query, days, rows.shown, params)
    if not params.id:
        rows.record_dependency(query)
    page_url = params.page_url(PATH, newest_day=None)
    newer_page = _link_page(newer_cursor(query, rows), page_url)
    next_page = _link_page(older_cursor(query, rows), page_url)
    edition, timezone = query.edition_name, query.zone.key
    if params.cursor is not None:
        later: Timeline = {
            "edition": edition,
            "timezone": timezone,
            "days": days,
            "newer_page": newer_page,
            "next": next_page,
        }
        return _with_heading_language(later, query)
    first: Timeline = {
        "edition": edition,
        "timezone": timezone,
        "as_of": as_of,
        "newer": {"href": params.href_of_changes(as_of)},
        "days": days,
        "newer_page": newer_page,
        "next": next_page,
    }
    if params.newest_day is None:
        first["today"] = today_in(query.zone, now).date.isoformat()
    return _with_heading_language(first, query)


def _with_heading_language(page: Page, query: ResolvedQuery) -> Page:
    """Return the page of all editions with the language of its headings; that of one edition is the edition's."""
    if query.spans_editions:
        page["heading_language"] = find_date_language(query.language) or query.language
    return page


def _link_page(cursor: str | None, href: Callable[[str], str]) -> NextPage | None:
    return None if cursor is None else link_next(cursor, href)


def get_day(connection: Connection, day_text: str, params: DayParams) -> TimelineDayPage:
    """Return one whole local day with neighbours that have news; NoSuchDayError, NotFoundError, InvalidInputError."""
    query = resolve_params(connection, params, tz=params.tz)
    day = _find_day(day_text, query)
    within = query.narrowed((day.starts_at, 0), (day.ends_at, 0))
    rows = fetch_articles(connection, within, item_columns(params.fields), ids=params.id, limit=None)
    shown = make_day_renderer(connection, query, rows, params.fields, RenderedEntries({}, {})).render_day(day, rows)
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
    page: TimelineDayPage = {
        "edition": query.edition_name,
        "timezone": query.zone.key,
        "day": shown,
        "previous": _link(older, query, params),
        "next": _link(newer, query, params),
    }
    return _with_heading_language(page, query)


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


def _begins_inside_day(first: TimelineDay, query: ResolvedQuery, params: TimelineParams, rows: PageRows) -> bool:
    """Return whether the page above this one has, or had when its cursor was issued, newer items of its first day.

    No page is above the end of the range, at which the page below an empty one may begin.
    """
    if params.cursor is None or rows.start.key >= query.upper:
        return False
    instant = rows.newer_at if rows.start.is_upward else rows.start.key[0]
    return instant is not None and _date_at(instant, query) == first["date"]


def _date_at(instant: int, query: ResolvedQuery) -> str:
    return day_at(instant, query.zone).date.isoformat()


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
