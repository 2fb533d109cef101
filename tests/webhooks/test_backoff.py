"""Back-off of repeated messages, and the end of retries for an endpoint."""

import pytest

from app.webhooks.backoff import DAY_US, MAX_RETRY_AFTER_S, RETRY_DELAYS_S, retry_delay, should_disable

CHANCES = (0.0, 0.25, 0.5, 0.999999)


def test_retry_delays_without_jitter_are_the_documented_ones() -> None:
    delays = [retry_delay(attempts, 0.5) for attempts in range(1, 9)]
    assert delays == pytest.approx([5, 30, 120, 600, 1800, 3600, 10800, 10800])


@pytest.mark.parametrize("attempts", range(1, 20))
def test_retry_jitter_is_at_most_a_third(attempts: int) -> None:
    usual = RETRY_DELAYS_S[min(attempts, len(RETRY_DELAYS_S)) - 1]
    delays = [retry_delay(attempts, chance) for chance in CHANCES]
    assert delays == sorted(set(delays))
    assert usual * 2 / 3 == pytest.approx(delays[0])
    assert usual * 4 / 3 >= delays[-1]


def test_retries_reach_two_to_four_hours() -> None:
    assert retry_delay(10**6, 0.0) == pytest.approx(2 * 3600)
    assert retry_delay(10**6, 0.999999) == pytest.approx(4 * 3600, rel=1e-5)


def test_retry_after_lengthens_the_delay_only() -> None:
    assert retry_delay(1, 0.5, retry_after_s=60) == pytest.approx(60)
    assert retry_delay(4, 0.5, retry_after_s=1) == pytest.approx(600)


def test_retry_after_is_bounded() -> None:
    assert retry_delay(1, 0.5, retry_after_s=365 * 86400) == MAX_RETRY_AFTER_S


def test_endpoint_is_disabled_after_five_days() -> None:
    since = 1_795_000_000_000_000
    assert not should_disable(failing_since=since, now=since + 5 * DAY_US - 1)
    assert should_disable(failing_since=since, now=since + 5 * DAY_US)
