"""Query of the calendar: days with news, and their totals."""

from datetime import date, timedelta

from sqlalchemy import Connection

from app.domain.calendar import date_at, days_between, parse_day, start_of_day
from app.errors import FieldError, InvalidInputError, InvalidValueError
from app.invalidation.dependencies import expires_at
from app.queries.resolve import ResolvedQuery, resolve_params
from app.queries.timeline.day_counts import count_days
from app.queries.timeline.timeline import PATH
from app.schemas.params import CalendarParams
from app.schemas.timeline import Calendar

DAYS_SHOWN = 31
MAX_DAYS = 400


def get_calendar(connection: Connection, params: CalendarParams, *, now: int) -> Calendar:
    """Return the days of a range that have news, oldest first; `to` is excluded. InvalidInputError, NotFoundError.

    The default is the last 31 days up to today in the zone; with one of both, 31 days from or up to it.
    """
    query = resolve_params(connection, params, tz=params.tz)
    first, after = _range(params, query, now)
    last = after - timedelta(days=1)
    days = days_between(first, last, query.zone) if first <= last else []
    totals = count_days(connection, query, days)
    if days:
        query.record_dependency(first=days[0].starts_at, last=days[-1].ends_at - 1)
    return {
        "edition": query.edition_name,
        "timezone": query.zone.key,
        "days": [
            {"date": (text := day.date.isoformat()), "total": total, "href": _href(params, text)}
            for day, total in zip(days, totals, strict=True)
            if total
        ],
    }


def _href(params: CalendarParams, day: str) -> str:
    return params.url_for(f"{PATH}/{day}", **{"from": None, "to": None})


def _range(params: CalendarParams, query: ResolvedQuery, now: int) -> tuple[date, date]:
    span, tomorrow = timedelta(days=DAYS_SHOWN), date_at(now, query.zone) + timedelta(days=1)
    first, after = _day(params.from_, "from"), _day(params.to, "to")
    if after is None:
        if first is None:
            expires_at(start_of_day(tomorrow, query.zone))
        after = tomorrow if first is None else first + span
    if first is None:
        first = after - span
    if (after - first).days > MAX_DAYS:
        raise InvalidInputError(FieldError("from", f"A calendar spans at most {MAX_DAYS} days."))
    return first, after


def _day(text: str | None, where: str) -> date | None:
    if text is None:
        return None
    try:
        return parse_day(text)
    except InvalidValueError as error:
        raise InvalidInputError(FieldError(where, error.detail)) from None
