"""The timeline, one day of it, and the calendar."""

from typing import Annotated

from fastapi import Path, Request, Response

from app import clock
from app.api.deps import database_of
from app.api.freshness import calendar_interest, day_interest, outlook_of, timeline_interest
from app.api.openapi import documented
from app.api.query import read_question
from app.api.responses import json_answer
from app.api.routes import resource
from app.queries import calendar, timeline
from app.queries.plain_timeline import is_plain
from app.schemas import examples
from app.schemas.question import CalendarQuestion, DayQuestion, TimelineQuestion
from app.schemas.timeline import Calendar, Timeline, TimelineDayPage

router = resource("Timeline")


@router.get(
    "/timeline",
    summary="The timeline, newest first",
    **documented(TimelineQuestion, Timeline, examples.TIMELINE, problems=(400, 404, 422)),
)
async def get_timeline(request: Request) -> Response:
    """A page of the timeline: days newest first, in each the items newest first; `next` goes on to any depth."""
    question = read_question(request, TimelineQuestion)
    outlook = outlook_of(request)
    database = database_of(request)
    plain = await database.read_once(timeline.get_plain_timeline, question) if is_plain(question) else None
    page = await database.read(timeline.get_timeline, question) if plain is None else plain
    return json_answer(page, cache_control=outlook.directives(timeline_interest(question)))


@router.get(
    "/timeline/calendar",
    summary="Which days have news",
    **documented(CalendarQuestion, Calendar, examples.CALENDAR),
)
async def get_calendar(request: Request) -> Response:
    """The local days that have news and how much, oldest first; at most 400 days, `to` not included."""
    question = read_question(request, CalendarQuestion)
    outlook = outlook_of(request)
    days = await database_of(request).read(calendar.get_calendar, question, now=clock.now())
    return json_answer(days, cache_control=outlook.directives(calendar_interest(question)))


@router.get(
    "/timeline/{day}",
    summary="One whole day",
    **documented(DayQuestion, TimelineDayPage, examples.DAY_PAGE),
)
async def get_day(
    request: Request,
    day: Annotated[
        str, Path(description="A local date.", examples=["2026-11-20"], json_schema_extra={"format": "date"})
    ],
) -> Response:
    """One whole local day, complete, with the neighbouring days that have news."""
    question = read_question(request, DayQuestion)
    outlook = outlook_of(request)
    page = await database_of(request).read(timeline.get_day, day, question)
    return json_answer(page, cache_control=outlook.directives(day_interest(question, page)))
