"""Schedule snapshot: the publications and expiries of the next minutes, and the responses that they will change.

ScheduleSnapshot ─── scheduled publications, expiries and updates of translations, complete up to an instant
ScheduleDependency ─ what a response depends on: ListDependency (lists, days, calendars), ArticleDependency (pages,
                     “read also”), CollectionDependency (collections of the catalogue), CombinedDependency
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from app.domain.calendar import date_at, find_zone, parse_date_or_instant, parse_day
from app.domain.list_filter import Facet
from app.invalidation.change_event import ChangeEvent

NEVER = 1 << 63
EVERY_EDITION = "*"
MULTI_EDITION_ZONE = "UTC"

Groups = tuple[tuple[Facet, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledChange:
    """Change that will be logged at an instant: a withdrawal at an expiry, or an update of what an article shows.

    It changes the responses that this change will invalidate. `row` is its source, for detecting a change.
    """

    due_at: int
    change: ChangeEvent
    row: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledArticle:
    """Scheduled publication: its instant, its edition and lists, and the articles whose “read also” it will join.

    `names` are those of its catalogue entries, with its sections and their ancestors once more as `Facet.SECTION_TREE`,
    and the values of its traits. `unlisted` are the kinds of its catalogue entries that no public article uses yet and
    that it will make public. `referrers` holds ids and slugs; `row` is its source, for detecting a change.
    """

    id: str
    slug: str
    published_at: int
    edition: str
    is_default: bool
    timezone: str
    names: frozenset[tuple[Facet, str]] = frozenset()
    is_page: bool = False
    unlisted: frozenset[Facet] = frozenset()
    referrers: frozenset[str] = frozenset()
    row: tuple[object, ...] = ()

    def is_in(self, edition: str | None) -> bool:
        """Return whether an `edition` parameter includes this article: None is the default edition, `*` all."""
        return self.is_default if edition is None else edition in {self.edition, EVERY_EDITION}


class RecordedDependencies(Protocol):
    """Dependencies of a response that were recorded while it was made."""

    def is_invalidated_by(self, change: ChangeEvent) -> bool:
        """Return whether the change may alter the response."""


class ScheduleDependency(Protocol):
    """Dependency of a response on scheduled publications."""

    def is_affected_by(self, scheduled: ScheduledArticle, *, now: int) -> bool:
        """Return whether the publication will change the response; True in doubt."""


@dataclass(frozen=True, slots=True)
class ScheduleSnapshot:
    """Publications and expiries that are due before `complete_until`, each soonest first; later ones are unknown.

    `updates` are those of articles whose translations appear or disappear by a publication or an expiry.
    """

    entries: tuple[ScheduledArticle, ...]
    complete_until: int
    expiries: tuple[ScheduledChange, ...] = ()
    updates: tuple[ScheduledChange, ...] = ()

    def due_times(self) -> Iterator[int]:
        """Yield the instants of all publications, then those of all expiries."""
        yield from (scheduled.published_at for scheduled in self.entries)
        yield from (expiry.due_at for expiry in self.expiries)

    def next_due_at(self) -> int | None:
        """Return the instant of the next publication or expiry, overdue ones included; None if none is known."""
        publications = (scheduled.published_at for scheduled in self.entries[:1])
        return min([*publications, *(expiry.due_at for expiry in self.expiries[:1])], default=None)

    def next_effect(
        self,
        dependency: ScheduleDependency | None,
        *,
        now: int,
        within: int,
        recorded: RecordedDependencies | None = None,
    ) -> int | None:
        """Return the instant at which the response will change, overdue to `within` µs from now; None if it will not.

        Publications change responses with a `dependency` on them, expiries and updates those whose `recorded`
        dependencies the change will invalidate; without recorded ones, any. From `complete_until` on it may change at
        any time.
        """
        last = now + within
        found = (
            self._next_publication(dependency, now, last),
            _next_change(self.expiries, recorded, last),
            _next_change(self.updates, recorded, last),
        )
        due = min((instant for instant in found if instant is not None), default=None)
        return due if due is not None or self.complete_until > last else self.complete_until

    def _next_publication(self, dependency: ScheduleDependency | None, now: int, last: int) -> int | None:
        for scheduled in self.entries if dependency is not None else ():
            if scheduled.published_at > last:
                return None
            if dependency is not None and dependency.is_affected_by(scheduled, now=now):
                return scheduled.published_at
        return None


def _next_change(changes: tuple[ScheduledChange, ...], recorded: RecordedDependencies | None, last: int) -> int | None:
    for change in changes:
        if change.due_at > last:
            return None
        if recorded is None or recorded.is_invalidated_by(change.change):
            return change.due_at
    return None


UNKNOWN = ScheduleSnapshot((), 0)


class ListDependency(NamedTuple):
    """Dependency of a list, described by its query parameters as sent, each of them valid.

    `groups`: alternatives of each filter. `starts` and `ends`: its range, half-open. `after_day`: days up to this one
    cannot change it; `until_day`: later days cannot. `is_closed`: the page is behind a cursor or has newer days, so
    that no future publication belongs to it. An overdue publication may appear anywhere.
    """

    edition: str | None = None
    groups: Groups = ()
    ids: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    starts: str | None = None
    ends: str | None = None
    tz: str | None = None
    after_day: str | None = None
    until_day: str | None = None
    is_closed: bool = False

    def is_affected_by(self, scheduled: ScheduledArticle, *, now: int) -> bool:
        """Return whether the publication will be in the list, or move what the list points to."""
        is_overdue = scheduled.published_at <= now
        if not scheduled.is_in(self.edition) or (self.is_closed and not is_overdue):
            return False
        if self.ids and scheduled.id not in self.ids:
            return False
        if scheduled.id in self.excluded or scheduled.slug in self.excluded:
            return False
        if scheduled.is_page and all(kind is not Facet.FORMAT for kind, _ in self.groups):
            return False
        for kind, names in self.groups:
            if not any((kind, name) in scheduled.names for name in names):
                return False
        zone = self._zone(scheduled)
        return self._spans(scheduled.published_at, zone) and (is_overdue or self._reaches(scheduled.published_at, zone))

    def _zone(self, scheduled: ScheduledArticle) -> ZoneInfo:
        return find_zone(self.tz or (MULTI_EDITION_ZONE if self.edition == EVERY_EDITION else scheduled.timezone))

    def _spans(self, instant: int, zone: ZoneInfo) -> bool:
        if self.starts is not None and instant < parse_date_or_instant(self.starts, zone):
            return False
        return self.ends is None or instant < parse_date_or_instant(self.ends, zone)

    def _reaches(self, instant: int, zone: ZoneInfo) -> bool:
        if self.after_day is None and self.until_day is None:
            return True
        day = date_at(instant, zone)
        if self.after_day is not None and day <= parse_day(self.after_day):
            return False
        return self.until_day is None or day <= parse_day(self.until_day)


class ArticleDependency(NamedTuple):
    """Dependency of the page of one article, or of its “read also” alone: `edition` is None for the latter.

    `name` is its id or slug. `is_newest`: no newer article of its edition is public, so it has no next neighbour.
    """

    name: str
    edition: str | None = None
    is_newest: bool = False

    def is_affected_by(self, scheduled: ScheduledArticle, *, now: int) -> bool:
        """Return whether the publication becomes a neighbour of the article or joins its “read also”."""
        if self.name in scheduled.referrers:
            return True
        is_in_timeline = scheduled.edition == self.edition and not scheduled.is_page
        return is_in_timeline and (self.is_newest or scheduled.published_at <= now)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionDependency:
    """Dependency of a collection of one kind of catalogue entries; sections are of one `edition`, others global."""

    kind: Facet
    edition: str | None = None

    def is_affected_by(self, scheduled: ScheduledArticle, *, now: int) -> bool:  # noqa: ARG002 - the signature of ScheduleDependency
        """Return whether the publication is the first to use an entry of the kind, which lists then include."""
        return self.kind in scheduled.unlisted and (self.kind is not Facet.SECTION or scheduled.is_in(self.edition))


@dataclass(frozen=True, slots=True)
class CombinedDependency:
    """Dependency of a response with several parts: a publication that changes one of them changes the response."""

    parts: tuple[ScheduleDependency, ...]

    def is_affected_by(self, scheduled: ScheduledArticle, *, now: int) -> bool:
        """Return whether the publication will change one of the parts."""
        return any(part.is_affected_by(scheduled, now=now) for part in self.parts)
