"""When a message that was not taken is sent again, and when an endpoint is given up: pure arithmetic."""

DAY_US = 86_400_000_000

RETRY_DELAYS_S = (5, 30, 2 * 60, 10 * 60, 30 * 60, 60 * 60, 3 * 60 * 60)
"""After the first failure, the second …; the last one also after all that follow. Each is made up to a third shorter
or longer, so that what failed together does not come back together: the last means every two to four hours."""

MAX_RETRY_AFTER_S = 4 * 60 * 60
"""As long as a receiver may put us off: no longer than the longest delay of our own."""

DISABLED_AFTER_DAYS = 5


def retry_delay(attempts: int, chance: float, *, retry_after_s: int | None = None) -> float:
    """Seconds until the next attempt, after `attempts` (1 or more) that failed in a row.

    `chance` is from [0, 1). `retry_after_s` is what the receiver asked for: never sooner, unless that is beyond four
    hours.
    """
    delay = RETRY_DELAYS_S[min(max(attempts, 1), len(RETRY_DELAYS_S)) - 1] * (2 + 2 * chance) / 3
    return max(delay, float(min(retry_after_s or 0, MAX_RETRY_AFTER_S)))


def should_disable(*, failing_since: int, now: int) -> bool:
    """Whether an endpoint has failed for so long that it is disabled; instants in microseconds.

    `failing_since` is the first failure after its last success: silence while there was nothing to tell counts for
    nothing.
    """
    return now - failing_since >= DISABLED_AFTER_DAYS * DAY_US
