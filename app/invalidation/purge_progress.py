"""Progress of CDN purges, and the lease of the process that sends them.

Every change is purged twice: as soon as it is known, and again after responses in transit have arrived. A cache may
store a response after the purge that it was sent before it, and another machine may briefly serve an outdated one.

PurgeProgress.seq ──── every change up to this one has been purged once …
PurgeProgress.again ── … and up to this one twice; EVERYTHING if a full purge needs its second pass
"""

from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, ValidationError

EVERYTHING = -1
MAX_BEHIND = 2_000  # beyond it, everything is purged
NAME = "cdn_purged"
"""Key of the progress in the key-value table."""


class PurgeProgress(BaseModel):
    """Progress; `all_at` is the instant of the last full purge, `holder` owns the lease up to `until` (both µs)."""

    model_config = ConfigDict(frozen=True)

    seq: int = 0
    again: int = 0
    all_at: int = 0
    holder: str = ""
    until: int = 0

    def is_done(self, latest: int) -> bool:
        """Return whether nothing remains to be purged for a log that ends at this change."""
        return self.seq == self.again == latest

    def is_leased(self, holder: str, now: int) -> bool:
        """Return whether another process holds the lease."""
        return self.until > now and self.holder not in {"", holder}

    def needs_full_purge(self, latest: int, *, since: int) -> bool:
        """Return whether a full purge is due: none was sent since then, the log was replaced or is too far ahead."""
        return self.all_at < since or not self.seq <= latest <= self.seq + MAX_BEHIND

    def with_lease(self, holder: str, until: int) -> "PurgeProgress":
        """Return the progress with a lease of this process."""
        return self.model_copy(update={"holder": holder, "until": until})


def dump_progress(progress: PurgeProgress) -> bytes:
    """Serialise the progress for the key-value table."""
    return progress.model_dump_json().encode()


def parse_progress(stored: bytes | None) -> PurgeProgress:
    """Parse the stored progress; the initial one if nothing valid is stored."""
    try:
        return PurgeProgress() if stored is None else PurgeProgress.model_validate_json(stored)
    except ValidationError:
        return PurgeProgress()


@dataclass(frozen=True, slots=True)
class SecondPass:
    """Second pass due at an instant of the event loop's clock (s): up to this change, or of everything."""

    due_at: float
    seq: int
    is_of_all: bool = False


class SecondPassQueue:
    """Queue of second passes in the order of their due times."""

    def __init__(self) -> None:
        self._owed: list[SecondPass] = []

    def schedule(self, echo: SecondPass) -> None:
        """Add a second pass, due no earlier than those in the queue."""
        self._owed.append(echo)

    def pop_due(self, now: float) -> SecondPass | None:
        """Return all second passes that are due, merged into one."""
        ready = [echo for echo in self._owed if echo.due_at <= now]
        return replace(ready[-1], is_of_all=any(echo.is_of_all for echo in ready)) if ready else None

    def complete(self, now: float) -> None:
        """Remove the second passes that were due then."""
        self._owed = [echo for echo in self._owed if echo.due_at > now]

    def next_at(self) -> float | None:
        """Return the due time of the next second pass, None without one."""
        return self._owed[0].due_at if self._owed else None

    def clear(self) -> None:
        """Clear the queue: another process holds the lease."""
        self._owed.clear()
