"""From a question to what it asks for: edition, zone, canonical scope, range of keys."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app.domain.calendar import UTC, Day, days_between, find_zone, parse_day, parse_moment, start_of_day
from app.domain.cursor import decode_position
from app.domain.scope import Facet, Scope
from app.errors import Flaw, InvalidInput, InvalidValue, NoSuchDay
from app.queries.editions import EditionView, all_editions, find_edition
from app.queries.listing import EARLIEST, LATEST, Key, Selection, select_lists
from app.schemas.question import EVERY_EDITION, ArticleFilters, Filters


@dataclass(frozen=True, slots=True)
class Asked:
    """A resolved question: the editions by id, the zone, the scope and its lists, and the range of keys."""

    editions: dict[int, EditionView]
    zone: ZoneInfo
    scope: Scope
    selection: Selection
    lower: Key
    upper: Key

    def between(self, lower: Key, upper: Key) -> "Asked":
        """The same question within a narrower range of keys."""
        narrower = max(lower, self.lower), min(upper, self.upper)
        return Asked(self.editions, self.zone, self.scope, self.selection, *narrower)

    def note(self, *, first: int | None = None, last: int | None = None) -> None:
        """Note the part of these lists that an answer was made from; open ends are those of the question."""
        lower, upper = self.lower[0], self.upper[0] - (self.upper[1] == 0)
        self.selection.note(lower if first is None else first, upper if last is None else last)

    def position_of(self, cursor: str) -> Key:
        """The sort key in a cursor of this list; CursorInvalid, CursorMismatch."""
        return decode_position(cursor, self.scope.digest())

    def whole_day(self, day: date) -> Day:
        """That day of the zone; NoSuchDay where the zone left it out."""
        found = days_between(day, day, self.zone)
        if not found:
            raise NoSuchDay(f"The calendar of {self.zone.key} has no {day.isoformat()}.")
        return found[0]

    @property
    def edition(self) -> EditionView:
        """The one edition asked for."""
        return next(iter(self.editions.values()))


def resolve(
    connection: Connection,
    question: Filters,
    *,
    tz: str | None = None,
    entry: tuple[Facet, str] | None = None,
) -> Asked:
    """What a question asks for; NotFound, InvalidInput. At most two statements."""
    spans_all = question.edition == EVERY_EDITION
    views = all_editions(connection) if spans_all else [find_edition(connection, question.edition)]
    zone = _zone(tz, views, spans_all=spans_all)
    scope = Scope(
        edition=EVERY_EDITION if spans_all else str(views[0].id),
        sections=tuple(question.section),
        tags=tuple(question.tag),
        authors=tuple(question.author),
        labels=tuple(question.label),
        entry=entry,
        **_range(question, zone),
        excluded=frozenset(question.exclude) if isinstance(question, ArticleFilters) else frozenset(),
        ids=frozenset(question.id) if isinstance(question, ArticleFilters) else frozenset(),
        timezone=zone.key,
    )
    editions = {view.id: view for view in views}
    selection = select_lists(connection, editions, scope.groups())
    lower = EARLIEST if scope.starts_at is None else (scope.starts_at, 0)
    upper = LATEST if scope.ends_at is None else (scope.ends_at, 0)
    return Asked(editions, zone, scope, selection, lower, upper)


@lru_cache(maxsize=256)
def ask_whole_edition(edition: EditionView, tz: str | None) -> Asked:
    """An edition's whole timeline in a zone; InvalidInput."""
    zone = _zone(tz, [edition], spans_all=False)
    scope = Scope(edition=str(edition.id), timezone=zone.key)
    selection = Selection((((edition.id, Facet.EDITION, 0),),))
    return Asked({edition.id: edition}, zone, scope, selection, EARLIEST, LATEST)


def upper_key(asked: Asked, cursor: str | None, newest_day: str | None = None) -> Key:
    """Where a page begins: behind its cursor, at the end of its newest day, or at the newest article."""
    if cursor is not None:
        return min(asked.position_of(cursor), asked.upper)
    if newest_day is None:
        return asked.upper
    try:
        day = parse_day(newest_day)
    except InvalidValue as error:
        raise InvalidInput(Flaw("newest_day", error.detail)) from None
    end = start_of_day(day.fromordinal(day.toordinal() + 1), asked.zone)
    return min((end, 0), asked.upper)


def _zone(tz: str | None, views: list[EditionView], *, spans_all: bool) -> ZoneInfo:
    if tz is None:
        return UTC if spans_all else views[0].zone
    try:
        return find_zone(tz)
    except InvalidValue as error:
        raise InvalidInput(Flaw("tz", error.detail)) from None


def _range(question: Filters, zone: ZoneInfo) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    if isinstance(question, ArticleFilters):
        for where, member, text in (("from", "starts_at", question.from_), ("to", "ends_at", question.to)):
            try:
                found[member] = None if text is None else parse_moment(text, zone)
            except InvalidValue as error:
                raise InvalidInput(Flaw(where, error.detail)) from None
    return found
