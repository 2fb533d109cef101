"""How far the networks' caches were told of what changed, and whose turn it is to tell them.

Every change is purged twice: as soon as it is known, and again when whatever was under way then has arrived. A cache
may put in after a purge what it was sent before it, and another machine may go on for a moment with what it kept.

Progress.seq ──── up to this change everything was purged once …
Progress.again ── … and up to this one twice; EVERYTHING when even what nobody changed is to be purged a second time
"""

from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, ValidationError

EVERYTHING = -1
MAX_BEHIND = 2_000  # beyond it, everything is purged
NAME = "cdn_purged"
"""Under which the installation keeps it."""


class PurgeProgress(BaseModel):
    """As above; `all_at` is when everything was last purged, and `holder` has the turn up to `until` (both µs)."""

    model_config = ConfigDict(frozen=True)

    seq: int = 0
    again: int = 0
    all_at: int = 0
    holder: str = ""
    until: int = 0

    def is_done(self, latest: int) -> bool:
        """Whether nothing is left to be purged while the log ends there."""
        return self.seq == self.again == latest

    def is_leased(self, holder: str, now: int) -> bool:
        """Whether it is somebody else's turn."""
        return self.until > now and self.holder not in {"", holder}

    def needs_full_purge(self, latest: int, *, since: int) -> bool:
        """Whether all is to be purged: nobody did since then, the log is another one, or too far ahead."""
        return self.all_at < since or not self.seq <= latest <= self.seq + MAX_BEHIND

    def with_lease(self, holder: str, until: int) -> "PurgeProgress":
        """The same in somebody's hands."""
        return self.model_copy(update={"holder": holder, "until": until})


def dump_progress(progress: PurgeProgress) -> bytes:
    """The bytes that the installation keeps."""
    return progress.model_dump_json().encode()


def parse_progress(kept: bytes | None) -> PurgeProgress:
    """What these bytes say; the beginning where there are none, or others."""
    try:
        return PurgeProgress() if kept is None else PurgeProgress.model_validate_json(kept)
    except ValidationError:
        return PurgeProgress()


@dataclass(frozen=True, slots=True)
class SecondPass:
    """A second purge that is due at an instant of the loop's clock (s): up to this change, or of everything."""

    due_at: float
    seq: int
    is_of_all: bool = False


class SecondPassQueue:
    """The second purges that are owed, the next one first."""

    def __init__(self) -> None:
        self._owed: list[SecondPass] = []

    def schedule(self, echo: SecondPass) -> None:
        """Owe one more, due after those that are owed already."""
        self._owed.append(echo)

    def pop_due(self, now: float) -> SecondPass | None:
        """All that are due, as one."""
        ready = [echo for echo in self._owed if echo.due_at <= now]
        return replace(ready[-1], is_of_all=any(echo.is_of_all for echo in ready)) if ready else None

    def complete(self, now: float) -> None:
        """Owe what was due then no more."""
        self._owed = [echo for echo in self._owed if echo.due_at > now]

    def next_at(self) -> float | None:
        """When the next one is due."""
        return self._owed[0].due_at if self._owed else None

    def clear(self) -> None:
        """Owe nothing: it is somebody else's turn."""
        self._owed.clear()
