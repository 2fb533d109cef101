"""Gaps of the change log: positions that another log issued, and where a restored log continues."""

import pytest

from app.domain.instant import DAY_US, SECOND_US, parse_instant
from app.domain.sequence_gap import MIN_JUMP, Gap, dump_gaps, gap_after, parse_gaps, unknown_position_reason

NOW = parse_instant("2026-11-20T12:00:00Z")
MOST_A_SECOND = 10_000
EXACT_IN_JAVASCRIPT = 2**53


@pytest.mark.parametrize("place", [0, 6, 7, 99, 100, 101])
def test_positions_before_and_after_a_gap_are_known(place: int) -> None:
    assert unknown_position_reason(place, latest=101, stored=dump_gaps([Gap(7, 100)])) is None


@pytest.mark.parametrize("place", [8, 9, 98])
def test_positions_inside_a_gap_are_unknown(place: int) -> None:
    reason = unknown_position_reason(place, latest=300, stored=dump_gaps([Gap(7, 100), Gap(120, 200)]))
    assert reason == "No change is between 7 and 100: the position is of another log; begin at 0."


def test_every_gap_and_the_end_bound_known_positions() -> None:
    stored = dump_gaps([Gap(7, 100), Gap(120, 200)])
    unknown = [place for place in range(250) if unknown_position_reason(place, latest=210, stored=stored) is not None]
    assert unknown == [*range(8, 99), *range(121, 199), *range(211, 250)]


def test_end_of_the_log_bounds_known_positions_without_gaps() -> None:
    assert [unknown_position_reason(place, latest=5, stored=None) is None for place in (0, 5, 6)] == [True, True, False]


def test_gaps_round_trip() -> None:
    gaps = (Gap(0, 10), Gap(2**40, 2**41))
    assert parse_gaps(dump_gaps(gaps)) == gaps
    assert parse_gaps(None) == ()


def test_gap_after_a_repeated_restore_exceeds_every_issued_number() -> None:
    first = gap_after(184_213, now=NOW).first
    for later in (SECOND_US, 90 * SECOND_US, 30 * DAY_US):
        written = first + MOST_A_SECOND * (later // SECOND_US)
        assert gap_after(184_213, now=NOW + later).first >= written


def test_gap_of_a_log_ahead_of_the_clock_has_the_minimum_size() -> None:
    ahead = gap_after(10, now=NOW + 365 * DAY_US).first
    assert gap_after(ahead, now=NOW) == Gap(ahead, ahead + MIN_JUMP)


def test_sequence_numbers_are_exact_in_javascript() -> None:
    assert gap_after(0, now=parse_instant("9998-12-31T00:00:00Z")).first < EXACT_IN_JAVASCRIPT
