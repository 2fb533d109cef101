"""The per-day timeline: a page of it, and one whole day."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection

from app.db.base import AnyRow
from app.domain.calendar import Day, find_day, parse_day
from app.domain.cursor import encode_position
from app.domain.instant import format_instant
from app.domain.language import heading
from app.errors import Flaw, InvalidInput, InvalidValue
from app.queries.changes import latest_seq
from app.queries.items import choose_members, read_rows, render_item
from app.queries.listing import Key
from app.queries.plain_timeline import Found, read_plain
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
    as_of = latest_seq(connection) if question.cursor is None else 0
    most = len(question.id) or question.limit
    rows = read_rows(connection, asked.between(asked.lower, upper), ids=question.id, limit=most + 1)
    return _page(connection, question, Found(asked, upper, as_of, rows))


def get_plain_timeline(connection: Connection, question: TimelineQuestion) -> Timeline | None:
    """The same of a question that `is_plain`, more shortly; None of an empty page. InvalidInput, CursorMismatch."""
    found = read_plain(connection, question)
    return None if found is None else _page(connection, question, found)


def _page(connection: Connection, question: TimelineQuestion, found: Found) -> Timeline:
    asked, upper, as_of, rows = found
    page: Timeline = {"edition": asked.edition.slug, "timezone": asked.zone.key, "days": [], "next": None}
    if question.cursor is None:
        page = {
            "edition": asked.edition.slug,
            "timezone": asked.zone.key,
            "as_of": as_of,
            "newer": {"href": question.href_of_changes(as_of)},
            "days": [],
            "next": None,
        }
    most = len(question.id) or question.limit
    shown, beyond = rows[:most], rows[most:]
    page["days"] = days = _render_days(shown, asked, question.fields)
    if days:
        days[0]["continued"] = _began_before(question, upper, days[0], asked)
        days[-1]["complete"] = not beyond or _day_of(beyond[0], asked).date.isoformat() != days[-1]["date"]
    if question.total:
        _add_totals(connection, asked, days, shown, question)
    if not question.id:
        asked.between(asked.lower, upper).note(first=beyond[0].published_at if beyond else None)
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
    if not question.id:
        asked.note(first=older[0].published_at if older else None, last=newer[0].published_at if newer else None)
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
    return asked.whole_day(day)


def _link(rows: list[AnyRow], asked: Asked, question: DayQuestion) -> DayLink | None:
    if not rows:
        return None
    day = _day_of(rows[0], asked).date.isoformat()
    return {"date": day, "href": question.href(f"{PATH}/{day}")}


def _day_of(row: AnyRow, asked: Asked) -> Day:
    return find_day(row.published_at, asked.zone)


def _render_days(rows: Sequence[AnyRow], asked: Asked, fields: list[str]) -> list[TimelineDay]:
    return [_render_day(day, group, asked, fields) for day, group in _by_day(rows, asked)]


def _by_day(rows: Sequence[AnyRow], asked: Asked) -> Iterator[tuple[Day, Sequence[AnyRow]]]:
    """Rows that are newest first, day by day."""
    first = 0
    while first < len(rows):
        day = _day_of(rows[first], asked)
        after = first + 1
        while after < len(rows) and rows[after].published_at >= day.starts_at:
            after += 1
        yield day, rows[first:after]
        first = after


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
        "items": [choose_members(item, fields) for item in items] if fields else items,
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
        if oldest_first:
            asked.between((oldest_first[0].starts_at, 0), (oldest_first[-1].ends_at, 0)).note()
        totals = count_days(connection, asked, oldest_first)[::-1]
    for day, total in zip(days, totals, strict=True):
        day["total"] = total
