"""Rules for retries: which requests are sent again, and after which pause."""

from dataclasses import dataclass

from dayline_client.errors import DaylineError
from dayline_client.flow import Call

SAFE = frozenset({"GET", "HEAD"})
IDEMPOTENT = SAFE | {"PUT", "DELETE"}
MAX_DOUBLINGS = 20


@dataclass(frozen=True, slots=True)
class Retries:
    """Limits on attempts, and the pauses between them.

    Pauses double from `first_pause_s` to `max_pause_s`, each up to half shorter at random. `Retry-After` takes their
    place; if it is longer than `max_pause_s`, the error is raised instead.
    """

    attempts: int = 4
    first_pause_s: float = 0.5
    max_pause_s: float = 60.0

    def pause_after(self, failure: DaylineError, call: Call, *, failures: int, chance: float) -> float | None:
        """Return the seconds to wait before the request is sent again; None where it is not."""
        if failures >= self.attempts or not failure.is_temporary:
            return None
        if not (failure.was_refused or is_repeatable(call)):
            return None
        if failure.retry_after_s is not None:
            return failure.retry_after_s if failure.retry_after_s <= self.max_pause_s else None
        return self.backoff_s(failures, chance)

    def backoff_s(self, failures: int, chance: float) -> float:
        """Return the pause after so many failures in a row; `chance` is from 0 to 1."""
        pause: float = min(self.max_pause_s, self.first_pause_s * 2.0 ** min(failures - 1, MAX_DOUBLINGS))
        return pause * (1 - chance / 2)


RETRIES = Retries()


def is_repeatable(call: Call) -> bool:
    """Return whether a call is idempotent: sending it twice has the effect of sending it once.

    A write with If-Match is not repeated: if the first one took effect, the second would fail with 412.
    """
    if "Idempotency-Key" in call.headers:
        return True
    return call.method in SAFE or (call.method in IDEMPOTENT and "If-Match" not in call.headers)
