"""Instants: integer microseconds since 1970-01-01T00:00:00Z, their parsers and formats."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from app.errors import InvalidValueError

SECOND_US: Final = 1_000_000
MINUTE_US: Final = 60 * SECOND_US
HOUR_US: Final = 60 * MINUTE_US
DAY_US: Final = 24 * HOUR_US

EARLIEST: Final = -30_610_224_000 * SECOND_US
"""1000-01-01T00:00:00Z, the minimum of an instant."""
LATEST: Final = 253_370_764_800 * SECOND_US - 1
"""9998-12-31T23:59:59.999999Z, the maximum of an instant."""

MIN_DAYS_BETWEEN_TRANSITIONS: Final = 4
"""No zone changes its offset twice within this number of days."""

EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
CLOCK: Final = tuple(f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in range(60))
"""Each minute of a wall clock as HH:MM."""

_SECONDS: Final = tuple(f":{second:02d}" for second in range(60))
_MILLISECONDS: Final = tuple(f".{number:03d}" for number in range(1_000))
_MICROSECONDS: Final = tuple(f"{number:03d}" for number in range(1_000))
_ZERO_FRACTION: Final = ".000000"
_IN_UTC: Final = "Z"
_WrittenDay = tuple[int, str, str, str]
"""Parts for writing instants up to a day later: start of the date, date, next date, suffix."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]|24:00:00)"
    r"(?:(\.[0-9]{1,6})0*)?"
    r"(?:([Zz])|([+ -](?:[01][0-9]|2[0-3])):?([0-5][0-9]))"
)
_END_OF_DAY: Final = "24:00:00"
_TO_THE_MINUTE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}"
_COMMON_SLIPS: Final = (
    (
        re.compile(_TO_THE_MINUTE + r":60.*"),
        "Leap seconds (:60) are not accepted; give the second before or after.",
    ),
    (
        re.compile(_TO_THE_MINUTE + r":[0-9]{2}\.[0-9]{7,}.*"),
        "An instant has at most six digits after the second (microseconds).",
    ),
    (
        re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]24:.*"),
        "The hour 24 is only the end of a day, 24:00:00; a minute later is 00:01:00 of the next date.",
    ),
    (
        re.compile(r"[0-9]{8}[Tt][0-9]{4}.*"),
        "An instant needs its hyphens and colons, such as 2024-11-02T19:30:00+02:00.",
    ),
    (
        re.compile(_TO_THE_MINUTE + r":[0-9]{2}(?:\.[0-9]+)?[+ -][0-9]{2}"),
        "The offset from UTC needs its minutes, such as +02:00.",
    ),
    (
        re.compile(_TO_THE_MINUTE + r"(?:(?::[0-9]{2}(?:\.[0-9]+)?)?|(?:[Zz]|[+ -][0-9]{2}:?[0-9]{2}))"),
        "An instant needs seconds and its offset from UTC, such as 2024-11-02T19:30:00+02:00.",
    ),
)


def parse_instant(text: str) -> int:
    """Parse an RFC 3339 `date-time` exactly.

    The offset is mandatory. `T` may be `t` or a blank, `Z` may be `z`, and a blank in place of the offset's sign is
    read as `+`, because URL decoding turns `+` into a blank. From ISO 8601 come an offset without its colon (`+0000`)
    and `24:00:00`, the end of a day: many systems write them. Digits beyond microseconds must be zeros: nothing is
    rounded or truncated. Raise InvalidValueError for any other text, for leap seconds, and outside EARLIEST..LATEST.
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise InvalidValueError(_explain(text))
    day, clock, fraction, utc, hours, minutes = match.groups("")
    offset = "+00:00" if utc else f"{hours.replace(' ', '+')}:{minutes}"
    is_end_of_day = clock == _END_OF_DAY
    if is_end_of_day and fraction.strip(".0"):
        raise InvalidValueError(_explain(text))
    try:
        value = datetime.fromisoformat(f"{day}T{'00:00:00' if is_end_of_day else clock + fraction}{offset}")
        value += timedelta(days=is_end_of_day)
    except (ValueError, OverflowError):
        raise InvalidValueError("The calendar has no such date or time.") from None
    return from_datetime(value)


def from_datetime(value: datetime) -> int:
    """Convert an aware datetime exactly; InvalidValueError if it is naive or outside EARLIEST..LATEST."""
    if value.utcoffset() is None:
        raise InvalidValueError("An instant must have an offset from UTC.")
    since = value - _EPOCH
    instant = (since.days * 86_400 + since.seconds) * SECOND_US + since.microseconds
    if not EARLIEST <= instant <= LATEST:
        raise InvalidValueError("An instant must lie between 1000-01-01 and 9998-12-31 (UTC).")
    return instant


def to_datetime(instant: int, zone: ZoneInfo) -> datetime:
    """Convert an instant to an aware datetime in the zone, to the microsecond."""
    return (_EPOCH + instant * _MICROSECOND).astimezone(zone)


def format_instant(instant: int, zone: ZoneInfo) -> str:
    """Return the instant as RFC 3339 with six fraction digits and the zone's offset at that time.

    The fixed number of digits keeps microseconds exact and lets decoders be set to one form: several accept a fraction
    either always or never. RFC 3339 has no offsets with seconds (local mean time): such an instant is written in UTC
    with `Z`.
    """
    return format_time_and_instant(instant, zone)[1]


def format_short_instant(instant: int, zone: ZoneInfo) -> str:
    """Return the instant as `format_instant` does, without a fraction that is zero: for files and people."""
    return drop_zero_fraction(format_instant(instant, zone))


def drop_zero_fraction(text: str) -> str:
    """Return the instant without its fraction if that is zero, as XML formats and people write it."""
    return text.replace(_ZERO_FRACTION, "", 1)


def format_time_and_instant(instant: int, zone: ZoneInfo) -> tuple[str, str]:
    """Return the wall-clock time of the zone at the instant (HH:MM), and the instant as `format_instant` does."""
    return instant_formatter(zone)(instant)


@lru_cache(maxsize=1_024)
def instant_formatter(zone: ZoneInfo) -> Callable[[int], tuple[str, str]]:
    """Return `format_time_and_instant` for one zone.

    It stores the parts of the latest UTC day, which the next instant usually shares: a page has twenty instants of one
    or two days.
    """
    latest: tuple[int | None, _WrittenDay] = None, (0, "", "", "")

    def format_both(instant: int) -> tuple[str, str]:
        nonlocal latest
        utc_day = instant // DAY_US
        known, parts = latest  # one object, since threads share it
        if known != utc_day:
            constant = _written_day(utc_day, zone)
            if constant is None:
                parts = _written(instant, *_written_offset(utc_offset(instant, zone)))
            else:
                parts = constant
                latest = utc_day, parts
        midnight, date_text, next_date_text, suffix = parts
        since = instant - midnight
        if since >= DAY_US:
            since -= DAY_US
            date_text = next_date_text
        seconds = since // SECOND_US
        fraction = since - seconds * SECOND_US
        clock, second = CLOCK[seconds // 60], _SECONDS[seconds % 60]
        # Two lookups take half the time of formatting six digits.
        text = f"{date_text}T{clock}{second}{_MILLISECONDS[fraction // 1000]}{_MICROSECONDS[fraction % 1000]}{suffix}"
        return (wall_time(instant, zone) if suffix == _IN_UTC else clock), text

    return format_both


def wall_time(instant: int, zone: ZoneInfo) -> str:
    """Return the wall-clock time in the zone, HH:MM."""
    return CLOCK[(instant + utc_offset(instant, zone)) % DAY_US // MINUTE_US]


@lru_cache(maxsize=16_384)
def _written_day(utc_day: int, zone: ZoneInfo) -> _WrittenDay | None:
    """Return the parts for writing all instants of a UTC day, None if the offset changes on it."""
    offset = constant_offset(utc_day, zone)
    return None if offset is None else _written(utc_day * DAY_US, *_written_offset(offset))


def _written(instant: int, shift: int, suffix: str) -> _WrittenDay:
    """Return the parts for writing instants up to a day later."""
    first = (instant + shift) // DAY_US
    return first * DAY_US - shift, _date_text(first), _date_text(first + 1), suffix


def utc_offset(instant: int, zone: ZoneInfo) -> int:
    """Return the offset of the zone from UTC at the instant, in microseconds (a multiple of one second)."""
    steady = constant_offset(instant // DAY_US, zone)
    return _measure_offset(instant, zone) if steady is None else steady


def constant_offset(utc_day: int, zone: ZoneInfo) -> int | None:
    """Return the zone's offset in microseconds throughout a UTC day (days since 1970-01-01), None if it changes."""
    steady = _steady_throughout(utc_day - utc_day % MIN_DAYS_BETWEEN_TRANSITIONS, MIN_DAYS_BETWEEN_TRANSITIONS, zone)
    return _steady_throughout(utc_day, 1, zone) if steady is None else steady


@lru_cache(maxsize=8_192)
def _steady_throughout(utc_day: int, days: int, zone: ZoneInfo) -> int | None:
    """Return the offset in microseconds throughout several days, None if it changes.

    Equal offsets at both ends mean that it did not change, because no zone has changed its offset twice within so
    short a time: the nearest two changes in the zone data are a week less an hour apart, which a test asserts.
    """
    first = _measure_offset(utc_day * DAY_US, zone)
    last = _measure_offset((utc_day + days) * DAY_US - SECOND_US, zone)
    return first if first == last else None


def _measure_offset(instant: int, zone: ZoneInfo) -> int:
    utc = _EPOCH + instant * _MICROSECOND
    wall = utc.astimezone(zone)
    return (wall.replace(tzinfo=None) - utc.replace(tzinfo=None)) // _MICROSECOND


@lru_cache(maxsize=2_048)
def _written_offset(offset: int) -> tuple[int, str]:
    """Return the shift for writing an instant with this offset, and the offset's text."""
    if offset % MINUTE_US:
        return 0, _IN_UTC
    sign = "-" if offset < 0 else "+"
    return offset, sign + CLOCK[abs(offset) // MINUTE_US]


@lru_cache(maxsize=8_192)
def _date_text(day_number: int) -> str:
    return date.fromordinal(EPOCH_ORDINAL + day_number).isoformat()


def _explain(text: str) -> str:
    for slip, sentence in _COMMON_SLIPS:
        if slip.fullmatch(text):
            return sentence
    return "An instant is written as in RFC 3339, such as 2024-11-02T19:30:00+02:00."
