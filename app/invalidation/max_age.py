"""Cache-Control of a response: its default lifetime, shortened to the publication or expiry that changes it."""

from dataclasses import dataclass
from typing import NamedTuple

from app.domain.instant import SECOND_US
from app.invalidation.schedule_snapshot import (
    RecordedDependencies,
    ScheduleDependency,
    ScheduleSnapshot,
)

STALE_IF_ERROR_S = 600


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """Lifetime of a response (max-age), and how long it may be served stale while being revalidated; in seconds."""

    max_age_s: int
    revalidate_s: int

    @property
    def directives(self) -> str:
        """Return the Cache-Control value of a response that nothing scheduled changes."""
        return f"public, max-age={self.max_age_s}, stale-while-revalidate={self.revalidate_s}, {_IF_ERROR}"


_IF_ERROR = f"stale-if-error={STALE_IF_ERROR_S}"
CONTENT = CachePolicy(30, 60)
"""Policy of all content."""
CHANGES = CachePolicy(1, 5)
"""Policy of the change feed."""


class ResponseFreshness(NamedTuple):
    """Policy of a response, the part of the schedule that changes it, and an instant at which it changes anyway."""

    terms: CachePolicy
    dependency: ScheduleDependency | None
    changes_at: int | None = None
    recorded: RecordedDependencies | None = None

    def cache_control(self, now: int, *known: ScheduleSnapshot) -> str:
        """Return the Cache-Control value for sending the response now, given the schedule.

        If a publication or an expiry changes the response within max-age, max-age counts down to it in whole seconds,
        and stale-while-revalidate is omitted.
        """
        within = self.terms.max_age_s * SECOND_US
        found = [self._next_effect(upcoming, now, within) for upcoming in known]
        if self.changes_at is not None and self.changes_at <= now + within:
            found.append(self.changes_at)
        due = min((instant for instant in found if instant is not None), default=None)
        if due is None:
            return self.terms.directives
        return f"public, max-age={max(0, due - now) // SECOND_US}, {_IF_ERROR}"

    def next_change_at(self, now: int, upcoming: ScheduleSnapshot) -> int | None:
        """Return the instant of the next publication or expiry that changes the response, None without one.

        An instant of its own counts as one.
        """
        due = self._next_effect(upcoming, now, upcoming.complete_until - now - 1)
        return min((each for each in (due, self.changes_at) if each is not None), default=None)

    def default_until(self, now: int, upcoming: ScheduleSnapshot) -> int:
        """Return the instant (µs), at least `now`, up to which the default Cache-Control applies.

        The bound is the next entry of the schedule, because an overdue one affects more responses.
        """
        due = self._next_effect(upcoming, now, upcoming.complete_until - now)
        due = min(each for each in (due, upcoming.complete_until, self.changes_at) if each is not None)
        following = min((instant for instant in upcoming.due_times() if instant > now), default=due)
        return max(now, min(due - self.terms.max_age_s * SECOND_US, following))

    def _next_effect(self, upcoming: ScheduleSnapshot, now: int, within: int) -> int | None:
        return upcoming.next_effect(self.dependency, now=now, within=within, recorded=self.recorded)
