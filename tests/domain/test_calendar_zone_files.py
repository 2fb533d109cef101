"""The calendar of every zone agrees with the transitions in the zone files, which these tests parse independently."""

import re
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.calendar import date_at, day_at, find_zone, start_of_day
from app.domain.instant import MIN_DAYS_BETWEEN_TRANSITIONS, SECOND_US, utc_offset, wall_time

DAY_S = 86_400
EPOCH_DAY = date(1970, 1, 1)
LAST_RULE_YEAR = 2_060
NAMES = sorted(set(files("tzdata").joinpath("zones").read_text(encoding="ascii").split()) - {"Factory"})
RULE = re.compile(r"M(\d+)\.(\d+)\.(\d+)(?:/(-?\d+)(?::(\d+))?)?")
FOOTER = re.compile(r"(?:<[^>]+>|[A-Za-z]+)(-?\d+)(?::(\d+))?(?:<[^>]+>|[A-Za-z]+)([^,]*),([^,]+),([^,]+)")


class Change(NamedTuple):
    """Transition to another offset, in seconds."""

    at: int
    before: int
    after: int


@cache
def offset_changes(name: str) -> tuple[int, tuple[Change, ...]]:
    """Return the offset before the first transition, and the transitions up to LAST_RULE_YEAR, from TZif (RFC 8536)."""
    content = files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    _, is_ut, is_std, leaps, times, types, chars = struct.unpack_from(">4s16x6l", content)
    at = 44 + times * 5 + types * 6 + chars + leaps * 8 + is_std + is_ut
    _, is_ut, is_std, leaps, times, types, chars = struct.unpack_from(">4s16x6l", content, at)
    moments = struct.unpack_from(f">{times}q", content, at + 44)
    kinds = content[at + 44 + times * 8 : at + 44 + times * 9]
    at += 44 + times * 9
    offsets = [struct.unpack_from(">l", content, at + 6 * kind)[0] for kind in range(types)]
    footer = content[at + types * 6 + chars + leaps * 12 + is_std + is_ut :].decode().strip()
    dated = [(moment, offsets[kind]) for moment, kind in zip(moments, kinds, strict=True)]
    dated += [(moment, offset) for moment, offset in rule_changes(footer) if not dated or moment > dated[-1][0]]
    dated.sort()
    before = [offsets[0], *(offset for _, offset in dated)]
    changes = (Change(moment, old, new) for (moment, new), old in zip(dated, before, strict=False))
    return offsets[0], tuple(change for change in changes if change.before != change.after)


def rule_changes(footer: str) -> Iterator[tuple[int, int]]:
    """Yield the transitions that a POSIX TZ rule makes each year, as (moment, offset from then on)."""
    match = FOOTER.fullmatch(footer)
    if match is None:
        return
    hours, minutes, summer_text, begins, ends = match.groups()
    minutes_west = int(minutes or 0) * (-1 if hours.startswith("-") else 1)
    winter = -(int(hours) * 3_600 + minutes_west * 60)
    summer = -int(summer_text) * 3_600 if summer_text else winter + 3_600
    for year in range(1990, LAST_RULE_YEAR):
        yield rule_moment(begins, year) - winter, summer
        yield rule_moment(ends, year) - summer, winter


def rule_moment(rule: str, year: int) -> int:
    match = RULE.fullmatch(rule)
    assert match is not None, rule
    month, week, weekday = (int(part) for part in match.group(1, 2, 3))
    days = [
        found
        for found in (date(year, month, 1) + timedelta(days=number) for number in range(31))
        if found.month == month and found.isoweekday() % 7 == weekday
    ]
    found = days[-1] if week == 5 else days[week - 1]
    hours, minutes = int(match.group(4) or 2), int(match.group(5) or 0)
    return (found - EPOCH_DAY).days * DAY_S + hours * 3_600 + minutes * 60


class SlowCalendar:
    """Definitions of the calendar, applied literally to a list of transitions; seconds throughout."""

    def __init__(self, name: str) -> None:
        self.first_offset, self.changes = offset_changes(name)
        self.moments = [change.at for change in self.changes]

    def offset(self, second: int) -> int:
        index = bisect_right(self.moments, second)
        return self.changes[index - 1].after if index else self.first_offset

    def start(self, number: int) -> int:
        """Return the earliest instant that shows the date or a later one: some offset's midnight, or a transition."""
        midnight = number * DAY_S
        low, high = midnight - DAY_S, midnight + DAY_S
        near = self.moments[bisect_left(self.moments, low) : bisect_right(self.moments, high)]
        offsets = {self.offset(second) for second in (low, high, *near)}
        candidates = [*near, *(midnight - offset for offset in offsets)]
        return min(second for second in candidates if second + self.offset(second) >= midnight)

    def day(self, second: int) -> int:
        """Return the latest day that has started."""
        around = second // DAY_S
        return max(number for number in range(around - 3, around + 4) if self.start(number) <= second)


def crosses_midnight(change: Change) -> bool:
    return (change.at - 1 + change.before) // DAY_S != (change.at + change.after) // DAY_S


def check_around(change: Change, slow: SlowCalendar, zone: ZoneInfo) -> None:
    """Compare start and day for the dates near a transition, and offsets at its very second."""
    assert utc_offset(change.at * SECOND_US - 1, zone) == change.before * SECOND_US
    assert utc_offset(change.at * SECOND_US, zone) == change.after * SECOND_US
    number = (change.at + change.after) // DAY_S
    for near in range(number - 2, number + 3):
        found = EPOCH_DAY + timedelta(days=near)
        assert start_of_day(found, zone) == slow.start(near) * SECOND_US, (zone.key, found)
    starts = [slow.start(near) for near in range(number - 1, number + 2)]
    for second in {change.at, change.at - 1, change.at + 1_800, *starts, *(start - 1 for start in starts)}:
        expected = EPOCH_DAY + timedelta(days=slow.day(second))
        for instant in (second * SECOND_US, second * SECOND_US + 999_999):
            assert date_at(instant, zone) == expected, (zone.key, second)
        clock = (second + slow.offset(second)) % DAY_S // 60
        assert wall_time(second * SECOND_US, zone) == f"{clock // 60:02d}:{clock % 60:02d}"


@cache
def names_of_different_content() -> tuple[str, ...]:
    """Return one name for each different zone file."""
    root = files("tzdata").joinpath("zoneinfo")
    return tuple({root.joinpath(*name.split("/")).read_bytes(): name for name in NAMES}.values())


def test_no_zone_changes_its_offset_twice_within_a_few_days() -> None:
    for name in names_of_different_content():
        _, changes = offset_changes(name)
        for one, other in pairwise(changes):
            assert other.at - one.at > MIN_DAYS_BETWEEN_TRANSITIONS * DAY_S, (name, one, other)
        assert all(abs(change.before) < DAY_S and abs(change.after) < DAY_S for change in changes)


def test_days_agree_with_the_zone_files_around_changes_near_midnight() -> None:
    checked = 0
    for number, name in enumerate(names_of_different_content()):
        slow, zone = SlowCalendar(name), find_zone(name)
        for index, change in enumerate(slow.changes, number):  # every other one; the soak test has them all
            if (crosses_midnight(change) and change.at < 2 * 10**9 and index % 2 == 0) or index % 80 == 0:
                check_around(change, slow, zone)
                checked += 1
    assert checked > 1_000


@pytest.mark.soak
def test_days_agree_with_the_zone_files_around_every_change_of_every_zone() -> None:
    for name in NAMES:
        slow, zone = SlowCalendar(name), find_zone(name)
        for change in slow.changes:
            check_around(change, slow, zone)


@settings(deadline=None)  # the first example in a zone reads its file
@given(st.integers(-5_000_000_000, 2_700_000_000), st.sampled_from(NAMES))
def test_days_agree_with_the_zone_files_at_any_time(second: int, name: str) -> None:
    slow, zone = SlowCalendar(name), find_zone(name)
    assert utc_offset(second * SECOND_US, zone) == slow.offset(second) * SECOND_US
    found = day_at(second * SECOND_US, zone)
    number = slow.day(second)
    assert found.date == EPOCH_DAY + timedelta(days=number)
    assert found.starts_at == slow.start(number) * SECOND_US
    assert found.ends_at == slow.start(number + 1) * SECOND_US
