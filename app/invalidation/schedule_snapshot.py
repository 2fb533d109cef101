"""What is about to be published, and which answers that will change: read before each answer is sent.

Upcoming ── a picture of the next minutes: Coming, Coming, …, complete up to an instant
Interest ── what an answer depends on: ListDependency (lists, days, calendars), ArticleDependency (pages, “read also”),
            CollectionDependency (the catalogue's lists)
"""

from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from app.domain.calendar import date_at, find_zone, parse_date_or_instant, parse_day
from app.domain.list_filter import Facet

EVERY_EDITION = "*"
MULTI_EDITION_ZONE = "UTC"

Groups = tuple[tuple[Facet, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledArticle:
    """A scheduled publication: when, where, under which names, and whose “read also” it will join.

    `unlisted` are the kinds of those of its names that nothing public has used yet, which it will make public.
    `referrers` holds ids and slugs; `row` is what it was made from, for telling whether that is still so.
    """

    id: str
    slug: str
    published_at: int
    edition: str
    is_default: bool
    timezone: str
    names: frozenset[tuple[Facet, str]] = frozenset()
    unlisted: frozenset[Facet] = frozenset()
    referrers: frozenset[str] = frozenset()
    row: tuple[object, ...] = ()

    def is_in(self, edition: str | None) -> bool:
        """Whether a question about that edition means this one's: None is the default one, `*` every one."""
        return self.is_default if edition is None else edition in {self.edition, EVERY_EDITION}


class ScheduleDependency(Protocol):
    """What of a scheduled publication would change an answer."""

    def concerns(self, coming: ScheduledArticle, *, now: int) -> bool:
        """Whether the answer will be another one after that publication; in doubt it will."""


@dataclass(frozen=True, slots=True)
class ScheduleSnapshot:
    """The publications that are due before `complete_until`, soonest first; of later ones nothing is known."""

    entries: tuple[ScheduledArticle, ...]
    complete_until: int

    def next_effect(self, interest: ScheduleDependency, *, now: int, within: int) -> int | None:
        """When, from what is overdue to `within` µs from now, the answer will change; None where it will not.

        From `complete_until` on it may change at any time.
        """
        last = now + within
        for coming in self.entries:
            if coming.published_at > last:
                return None
            if interest.concerns(coming, now=now):
                return coming.published_at
        return self.complete_until if self.complete_until <= last else None


UNKNOWN = ScheduleSnapshot((), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDependency:
    """A list by its question, whose texts are as they were asked, each of them valid.

    `groups`: any name of each. `starts` and `ends`: its range, the latter not in it. `after_day`: days up to that
    one cannot change it; `last_day`: nor can later ones. `is_settled`: it stands behind a cursor or has newer
    days, so that nothing that is still to come belongs to it. What is overdue may come in anywhere.
    """

    edition: str | None = None
    groups: Groups = ()
    ids: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    starts: str | None = None
    ends: str | None = None
    tz: str | None = None
    after_day: str | None = None
    last_day: str | None = None
    is_settled: bool = False

    def concerns(self, coming: ScheduledArticle, *, now: int) -> bool:
        """Whether that publication will stand in the list, or move what the list points to."""
        is_overdue = coming.published_at <= now
        if not coming.is_in(self.edition) or (self.is_settled and not is_overdue):
            return False
        if self.ids and coming.id not in self.ids:
            return False
        if coming.id in self.excluded or coming.slug in self.excluded:
            return False
        for kind, names in self.groups:
            if not any((kind, name) in coming.names for name in names):
                return False
        zone = self._zone(coming)
        return self._spans(coming.published_at, zone) and (is_overdue or self._reaches(coming.published_at, zone))

    def _zone(self, coming: ScheduledArticle) -> ZoneInfo:
        return find_zone(self.tz or (MULTI_EDITION_ZONE if self.edition == EVERY_EDITION else coming.timezone))

    def _spans(self, instant: int, zone: ZoneInfo) -> bool:
        if self.starts is not None and instant < parse_date_or_instant(self.starts, zone):
            return False
        return self.ends is None or instant < parse_date_or_instant(self.ends, zone)

    def _reaches(self, instant: int, zone: ZoneInfo) -> bool:
        if self.after_day is None and self.last_day is None:
            return True
        day = date_at(instant, zone)
        if self.after_day is not None and day <= parse_day(self.after_day):
            return False
        return self.last_day is None or day <= parse_day(self.last_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDependency:
    """A page of one article, or its “read also” by itself: `edition` is None for the latter.

    `name` is its id or slug. `is_newest`: nothing newer of its edition is public, so it has no next neighbour.
    """

    name: str
    edition: str | None = None
    is_newest: bool = False

    def concerns(self, coming: ScheduledArticle, *, now: int) -> bool:
        """Whether that publication becomes a neighbour of the article or joins its “read also”."""
        if self.name in coming.referrers:
            return True
        return coming.edition == self.edition and (self.is_newest or coming.published_at <= now)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionDependency:
    """A list of the catalogue's entries of a kind; sections are those of the `edition`, others everybody's."""

    kind: Facet
    edition: str | None = None

    def concerns(self, coming: ScheduledArticle, *, now: int) -> bool:  # noqa: ARG002 - as an interest is asked
        """Whether that publication is the first to use an entry of the kind, which is then listed."""
        return self.kind in coming.unlisted and (self.kind is not Facet.SECTION or coming.is_in(self.edition))
