"""Timeline, one day of it, and the calendar."""

from fastapi import Request, Response

from app import clock
from app.api.dependencies import get_database
from app.api.http.path_params import LocalDay
from app.api.http.query_params import parse_query
from app.api.http.responses import json_response
from app.api.http.schedule_dependencies import (
    calendar_schedule_dependency,
    day_schedule_dependency,
    get_cache_control_builder,
    timeline_schedule_dependency,
)
from app.api.openapi.document import operation
from app.api.router import make_router
from app.queries.timeline import calendar, timeline
from app.queries.timeline.fast_timeline import is_fast_path
from app.schemas.examples import reading
from app.schemas.params import CalendarParams, DayParams, TimelineParams
from app.schemas.timeline import Calendar, Timeline, TimelineDayPage

router = make_router("Timeline")


@router.get(
    "/timeline",
    summary="List timeline items",
    **operation(TimelineParams, Timeline, reading.TIMELINE, errors=(400, 404, 422)),
)
async def get_timeline(request: Request) -> Response:
    """Return a page of articles grouped by local day, newest first; `next.href` leads to older pages, to any depth.

    `newest_day` starts at the end of a day, `tz` groups the days of another time zone. From there, and from any page
    with a `cursor`, `newer_page.href` leads up again. `newer.href` has later changes, which `/v1/stream` with `since`
    set to `as_of` streams without a gap. `next.href` and `newer_page.href` repeat all parameters but `newest_day`,
    `newer.href` all but `newest_day`, `limit` and `total`, with `heading` and `local` added to `fields`. Days without
    articles are left out. `today` of the first page is the date now in `timezone`.
    """
    params = parse_query(request, TimelineParams)
    builder = get_cache_control_builder(request)
    database, now = get_database(request), clock.now()
    plain = (
        await database.read_autocommit(timeline.get_timeline_fast, params, now=now) if is_fast_path(params) else None
    )
    page = await database.read(timeline.get_timeline, params, now=now) if plain is None else plain
    return json_response(page, cache_control=builder.header_value(timeline_schedule_dependency(params, page)))


@router.get(
    "/timeline/calendar",
    summary="Retrieve the calendar",
    **operation(CalendarParams, Calendar, reading.CALENDAR),
)
async def get_calendar(request: Request) -> Response:
    """List the local days that have articles under the filters, with their numbers, oldest first.

    The range has at most 400 days, `to` excluded; without both it is the last 31 days.
    """
    params = parse_query(request, CalendarParams)
    builder = get_cache_control_builder(request)
    days = await get_database(request).read(calendar.get_calendar, params, now=clock.now())
    return json_response(days, cache_control=builder.header_value(calendar_schedule_dependency(params)))


@router.get(
    "/timeline/{day}",
    summary="Retrieve a day",
    **operation(DayParams, TimelineDayPage, reading.DAY_PAGE),
)
async def get_day(request: Request, day: LocalDay) -> Response:
    """Return a complete local day, with links to the nearest days before and after it that have articles.

    Filters, `from`, `to` and `id` included, narrow the day and the search for its neighbours, whose `href` repeats all
    parameters: `edition`, filters, `tz`, `fields` and `total`. All articles of the day are in one response, which has
    no `Link` field. A day without articles has no items; a date that the time zone skipped is 404.
    """
    params = parse_query(request, DayParams)
    builder = get_cache_control_builder(request)
    page = await get_database(request).read(timeline.get_day, day, params)
    return json_response(page, cache_control=builder.header_value(day_schedule_dependency(params, page)))
