"""Calendar of a time zone: its days, their start and length, and its wall clock.

Let start(D) be the first instant whose wall-clock date is D or later. Day D is [start(D), start(D + 1)):
mostly 24 hours, sometimes 23 or 25, and none at all where the zone skipped the date. The day of an instant
can therefore differ from its wall-clock date: a clock set back across midnight shows the previous date again,
while the instants still belong to the day that has begun.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.instant import (
    DAY_US,
    EPOCH_ORDINAL,
    SECOND_US,
    constant_offset,
    format_instant,
    parse_instant,
    utc_offset,
)
from app.errors import InvalidValueError

FIRST_DAY: Final = date(1000, 1, 1)
LAST_DAY: Final = date(9998, 12, 31)

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ONE_DAY: Final = timedelta(days=1)


def find_zone(name: str) -> ZoneInfo:
    """Return the zone of that exact name in the tzdata package, aliases included, with `key == name`.

    The data is the package's, never the system's; equal names return the same object. InvalidValueError for other
    names.
    """
    if name not in _zone_names():
        raise InvalidValueError("Must be the IANA name of a time zone, such as Europe/Kyiv.")
    return _load_zone(name)


def parse_day(text: str) -> date:
    """Parse a date YYYY-MM-DD; InvalidValueError for other formats and outside FIRST_DAY..LAST_DAY."""
    if not _DAY.fullmatch(text):
        raise InvalidValueError("A date must have the form YYYY-MM-DD.")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidValueError("The calendar has no such date.") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InvalidValueError(f"A date must lie between {FIRST_DAY} and {LAST_DAY}.")
    return day


def parse_date_or_instant(text: str, zone: ZoneInfo) -> int:
    """Parse an RFC 3339 instant, or a local date as its start in the zone."""
    if _DAY.fullmatch(text):
        return start_of_day(parse_day(text), zone)
    if len(text) > len("2024-11-02"):
        return parse_instant(text)
    raise InvalidValueError("Must be a date such as 2024-11-02 or an instant such as 2024-11-02T19:30:00+02:00.")


def start_of_day(day: date, zone: ZoneInfo) -> int:
    """Return the first instant whose wall-clock date in the zone is `day` or later."""
    return _start(day.toordinal() - EPOCH_ORDINAL, zone)


def has_day(day: date, zone: ZoneInfo) -> bool:
    """Return whether the date exists in the zone; Pacific/Apia went from 2011-12-29 straight to 2011-12-31."""
    number = day.toordinal() - EPOCH_ORDINAL
    return _start(number, zone) != _start(number + 1, zone)


def date_at(instant: int, zone: ZoneInfo) -> date:
    """Return the date of the day that contains the instant."""
    return day_at(instant, zone).date


def day_at(instant: int, zone: ZoneInfo) -> "Day":
    """Return the day that contains the instant."""
    number = (instant + utc_offset(instant, zone)) // DAY_US
    day = _day(number, zone)
    while day.ends_at <= instant:  # a clock set back across midnight shows a date whose day has ended
        number += 1
        day = _day(number, zone)
    return day


def next_day(day: date, zone: ZoneInfo) -> date:
    """Return the next date that exists in the zone."""
    day += _ONE_DAY
    while not has_day(day, zone):
        day += _ONE_DAY
    return day


def previous_day(day: date, zone: ZoneInfo) -> date:
    """Return the previous date that exists in the zone."""
    day -= _ONE_DAY
    while not has_day(day, zone):
        day -= _ONE_DAY
    return day


def days_between(first: date, last: date, zone: ZoneInfo) -> "list[Day]":
    """Return the days that exist in the zone from `first` to `last`, both included, oldest first."""
    numbers = range(first.toordinal() - EPOCH_ORDINAL, last.toordinal() - EPOCH_ORDINAL + 1)
    days = (_day(number, zone) for number in numbers)
    return [day for day in days if day.starts_at < day.ends_at]


def format_utc(instant: int | None) -> str | None:
    """Format an instant as RFC 3339 in UTC, None as None: for resources outside of any edition."""
    return None if instant is None else format_instant(instant, UTC)


@dataclass(frozen=True, slots=True)
class Day:
    """Local day: the instants from `starts_at` up to, but excluding, `ends_at`."""

    date: date
    starts_at: int
    ends_at: int


@lru_cache(maxsize=16_384)
def _day(number: int, zone: ZoneInfo) -> Day:
    return Day(date.fromordinal(EPOCH_ORDINAL + number), _start(number, zone), _start(number + 1, zone))


@lru_cache(maxsize=16_384)
def _start(number: int, zone: ZoneInfo) -> int:
    """Return the start of the day that is `number` days after 1970-01-01.

    Offsets are less than a day, so the start lies within a day of UTC midnight, and in those 48 hours the offset
    changes at most once (see `constant_offset`).
    """
    midnight = number * DAY_US
    before = constant_offset(number - 1, zone)
    if before is not None and before == constant_offset(number, zone):
        return midnight - before
    before = utc_offset(midnight - DAY_US, zone)
    after = utc_offset(midnight + DAY_US - SECOND_US, zone)
    change = _find_change(midnight - DAY_US, midnight + DAY_US - SECOND_US, zone)
    return midnight - before if midnight - before < change else max(change, midnight - after)


def _find_change(low: int, high: int, zone: ZoneInfo) -> int:
    """Return the instant at which the offset at `low` changes to the one at `high`; all three in whole seconds."""
    old = utc_offset(low, zone)
    while high - low > SECOND_US:
        middle = low + (high - low) // (2 * SECOND_US) * SECOND_US
        if utc_offset(middle, zone) == old:
            low = middle
        else:
            high = middle
    return high


@cache
def _zone_names() -> frozenset[str]:
    names = files("tzdata").joinpath("zones").read_text(encoding="ascii").split()
    return frozenset(names) - {"Factory"}  # "Factory" stands for a system whose zone has not been set


@cache
def _load_zone(name: str) -> ZoneInfo:
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as content:
        return ZoneInfo.from_file(content, key=name)


UTC: Final = find_zone("UTC")
"""Time zone of instants that belong to no edition."""
