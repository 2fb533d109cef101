"""Weeks by ISO 8601 in UTC, from Monday on, as instants and as names such as `2026-W47`."""

from datetime import date, timedelta
from typing import Final

from app.domain.instant import DAY_US
from app.errors import InvalidValueError

WEEK_US: Final = 7 * DAY_US
MONDAY_US: Final = 60_000 * WEEK_US - 4 * DAY_US
"""Offset from the epoch, a Thursday, to a Monday (UTC) before all instants."""

_EPOCH: Final = date(1970, 1, 1)


def start_of_week(instant: int) -> int:
    """Return the first instant (µs) of the week of an instant."""
    return instant - (instant + MONDAY_US) % WEEK_US


def format_week(start: int) -> str:
    """Return the name of the week that begins at this instant."""
    return _name(_EPOCH + timedelta(microseconds=start))


def parse_week(text: str) -> int:
    """Return the first instant (µs) of a week by its name; InvalidValueError."""
    try:
        year, _, week = text.partition("-W")
        monday = date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        monday = None
    if monday is None or _name(monday) != text:
        raise InvalidValueError("A week is written as in 2026-W47.")
    return (monday - _EPOCH).days * DAY_US


def _name(monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year:04}-W{week:02}"
