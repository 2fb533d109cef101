"""The per-day timeline: a page of it, and one whole day."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from sqlalchemy import Connection

from app.db.base import AnyRow
from app.domain.calendar import Day, day_exists, find_day, parse_day, start_of_day
from app.domain.cursor import encode_position
from app.domain.instant import format_instant
from app.domain.language import heading
from app.errors import Flaw, InvalidInput, InvalidValue, NoSuchDay
from app.queries.changes import latest_seq
from app.queries.items import choose_members, read_rows, render_item
from app.queries.listing import Key
from app.queries.scope import Asked, resolve, upper_key
from app.queries.totals import count_days
from app.schemas.question import DayQuestion, TimelineQuestion
from app.schemas.timeline import DayLink, Timeline, TimelineDay, TimelineDayPage

PATH = "/v1/timeline"


def get_timeline(connection: Connection, question: TimelineQuestion) -> Timeline:
    """A page of the timeline, days newest first, in each the items newest first.

    `as_of` is of the same snapshot as the items. InvalidInput, NotFound, CursorInvalid, CursorMismatch.
    """
    asked = resolve(connection, question, tz=question.tz)
    upper = upper_key(asked, question.cursor, question.newest_day)
    page: Timeline = {"edition": asked.edition.slug, "timezone": asked.zone.key, "days": [], "next": None}
    if question.cursor is None:
        as_of = latest_seq(connection)
        newer = question.href_of_changes(as_of)
        page = {
            "edition": asked.edition.slug,
            "timezone": asked.zone.key,
            "as_of": as_of,
            "newer": {"href": newer},
            "days": [],
            "next": None,
        }
    most = len(question.id) or question.limit
    rows = read_rows(connection, asked.between(asked.lower, upper), ids=question.id, limit=most + 1)
    shown, beyond = rows[:most], rows[most:]
    page["days"] = days = _render_days(shown, asked, question.fields)
    if days:
        days[0]["continued"] = _began_before(question, upper, days[0], asked)
        days[-1]["complete"] = not beyond or _day_of(beyond[0], asked).date.isoformat() != days[-1]["date"]
    if question.total:
        _add_totals(connection, asked, days, shown, question)
    if beyond:
        cursor = encode_position(shown[-1].published_at, shown[-1].id, asked.scope.digest())
        page["next"] = {"cursor": cursor, "href": question.href(PATH, cursor=cursor, newest_day=None)}
    return page


def get_day(connection: Connection, day_text: str, question: DayQuestion) -> TimelineDayPage:
    """One whole local day with its neighbours that have news; NoSuchDay, NotFound, InvalidInput."""
    asked = resolve(connection, question, tz=question.tz)
    day = _find_day(day_text, asked)
    within = asked.between((day.starts_at, 0), (day.ends_at, 0))
    rows = read_rows(connection, within, ids=question.id, limit=None)
    shown = _render_day(day, rows, asked, question.fields)
    if question.total:
        shown["total"] = len(rows)
    older = read_rows(connection, asked.between(asked.lower, (day.starts_at, 0)), ids=question.id, limit=1)
    newer = read_rows(
        connection, asked.between((day.ends_at, 0), asked.upper), ids=question.id, limit=1, oldest_first=True
    )
    return {
        "edition": asked.edition.slug,
        "timezone": asked.zone.key,
        "day": shown,
        "previous": _link(older, asked, question),
        "next": _link(newer, asked, question),
    }


def _find_day(text: str, asked: Asked) -> Day:
    try:
        day = parse_day(text)
    except InvalidValue as error:
        raise InvalidInput(Flaw("day", error.detail)) from None
    if not day_exists(day, asked.zone):
        raise NoSuchDay(f"The calendar of {asked.zone.key} has no {text}.")
    following = date.fromordinal(day.toordinal() + 1)
    return Day(day, start_of_day(day, asked.zone), start_of_day(following, asked.zone))


def _link(rows: list[AnyRow], asked: Asked, question: DayQuestion) -> DayLink | None:
    if not rows:
        return None
    day = _day_of(rows[0], asked).date.isoformat()
    return {"date": day, "href": question.href(f"{PATH}/{day}")}


def _day_of(row: AnyRow, asked: Asked) -> Day:
    return find_day(row.published_at, asked.zone)


def _render_days(rows: Sequence[AnyRow], asked: Asked, fields: list[str]) -> list[TimelineDay]:
    groups = groupby(rows, key=lambda row: _day_of(row, asked))
    return [_render_day(day, group, asked, fields) for day, group in groups]


def _render_day(day: Day, rows: Iterable[AnyRow], asked: Asked, fields: list[str]) -> TimelineDay:
    edition, zone = asked.edition, asked.zone
    items = [render_item(row, edition, zone) for row in rows]
    return {
        "date": day.date.isoformat(),
        "heading": heading(day.date, edition.language),
        "starts_at": format_instant(day.starts_at, zone),
        "ends_at": format_instant(day.ends_at, zone),
        "continued": False,
        "complete": True,
        "items": [choose_members(item, fields) for item in items],
    }


def _began_before(question: TimelineQuestion, upper: Key, first: TimelineDay, asked: Asked) -> bool:
    return question.cursor is not None and find_day(upper[0], asked.zone).date.isoformat() == first["date"]


def _add_totals(
    connection: Connection,
    asked: Asked,
    days: list[TimelineDay],
    shown: Sequence[AnyRow],
    question: TimelineQuestion,
) -> None:
    if question.id:
        totals = [len(day["items"]) for day in days]
    else:
        oldest_first = list(dict.fromkeys(_day_of(row, asked) for row in reversed(shown)))
        totals = count_days(connection, asked, oldest_first)[::-1]
    for day, total in zip(days, totals, strict=True):
        day["total"] = total
