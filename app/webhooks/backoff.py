"""Retry delays of a failed delivery, and the limit after which an endpoint is disabled. Pure code."""

DAY_US = 86_400_000_000

RETRY_DELAYS_S = (5, 30, 2 * 60, 10 * 60, 30 * 60, 60 * 60, 3 * 60 * 60)
"""Delays after the first failure, the second …; the last one also after all that follow. Each varies by up to a third
in both directions, so that simultaneous failures are not retried simultaneously: the last is two to four hours.
"""

MAX_RETRY_AFTER_S = 4 * 60 * 60
"""Maximum Retry-After that is honoured: no longer than the longest delay of our own."""

DISABLED_AFTER_DAYS = 5


def retry_delay(attempts: int, chance: float, *, retry_after_s: int | None = None) -> float:
    """Return the seconds until the next attempt, after `attempts` (1 or more) consecutive failures.

    `chance` is from [0, 1). `retry_after_s` is the receiver's Retry-After: a minimum, up to four hours.
    """
    delay = RETRY_DELAYS_S[min(max(attempts, 1), len(RETRY_DELAYS_S)) - 1] * (2 + 2 * chance) / 3
    return max(delay, float(min(retry_after_s or 0, MAX_RETRY_AFTER_S)))


def should_disable(*, failing_since: int, now: int) -> bool:
    """Return whether an endpoint has failed for so long that it is disabled; instants in microseconds.

    `failing_since` is the first failure after its last success: times without messages do not count.
    """
    return now - failing_since >= DISABLED_AFTER_DAYS * DAY_US
