"""How long an answer may be kept by others: its usual time, or up to the scheduled publication that will change it."""

from dataclasses import dataclass

from app.domain.instant import SECOND_US
from app.invalidation.schedule_snapshot import ScheduleDependency, ScheduleSnapshot

STALE_IF_ERROR_S = 600


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """The usual time (max-age) and how long a stale answer may be shown while a new one is fetched; in seconds."""

    max_age_s: int
    revalidate_s: int

    @property
    def directives(self) -> str:
        """Cache-Control for an answer that nothing is about to change."""
        return f"public, max-age={self.max_age_s}, stale-while-revalidate={self.revalidate_s}, {_IF_ERROR}"


_IF_ERROR = f"stale-if-error={STALE_IF_ERROR_S}"
CONTENT = CachePolicy(30, 60)
"""Everything that shows news."""
CHANGES = CachePolicy(1, 5)
"""The change feed."""


@dataclass(frozen=True, slots=True)
class ResponseFreshness:
    """The terms of an answer, and which scheduled publications change it."""

    terms: CachePolicy
    interest: ScheduleDependency

    def cache_control(self, now: int, *known: ScheduleSnapshot) -> str:
        """Cache-Control for an answer that is sent now, by what is known to be scheduled.

        Up to the publication that will change it, in whole seconds, when that is no further than max-age away;
        nothing stale is then to be shown while somebody asks again.
        """
        within = self.terms.max_age_s * SECOND_US
        found = [upcoming.next_effect(self.interest, now=now, within=within) for upcoming in known]
        due = min((instant for instant in found if instant is not None), default=None)
        if due is None:
            return self.terms.directives
        return f"public, max-age={max(0, due - now) // SECOND_US}, {_IF_ERROR}"

    def next_change_at(self, now: int, upcoming: ScheduleSnapshot) -> int | None:
        """When the next publication that this picture shows will change the answer; None where it shows none."""
        return upcoming.next_effect(self.interest, now=now, within=upcoming.complete_until - now - 1)

    def default_until(self, now: int, upcoming: ScheduleSnapshot) -> int:
        """Up to which instant (µs) its directives are the usual ones, as far as this picture tells; now if never.

        No further than the next publication, whatever it concerns: one that is overdue concerns more.
        """
        due = upcoming.next_effect(self.interest, now=now, within=upcoming.complete_until - now)
        due = upcoming.complete_until if due is None else due
        following = next((each.published_at for each in upcoming.entries if each.published_at > now), due)
        return max(now, min(due - self.terms.max_age_s * SECOND_US, following))
