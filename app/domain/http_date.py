"""Dates of HTTP header fields (RFC 9110, section 5.6.7), in the current format and the two obsolete ones.

Sun, 06 Nov 1994 08:49:37 GMT      IMF-fixdate
Sunday, 06-Nov-94 08:49:37 GMT     RFC 850
Sun Nov  6 08:49:37 1994           asctime
"""

import re
from datetime import UTC, datetime
from typing import Final

from app.domain.instant import SECOND_US

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH: Final = f"(?P<month>{'|'.join(_MONTHS)})"
_TIME: Final = "(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
_FORMS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        f"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?P<day>[0-9]{{2}}) {_MONTH} (?P<year>[0-9]{{4}}) {_TIME} GMT",
        f"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?P<day>[0-9]{{2}})-{_MONTH}-(?P<year>[0-9]{{2}}) {_TIME} GMT",
        f"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) {_MONTH} (?P<day>[0-9 ][0-9]) {_TIME} (?P<year>[0-9]{{4}})",
    )
)
_CENTURY: Final = 100
_YEARS_AHEAD: Final = 50
_LEAP_SECOND: Final = 60


def parse_http_date(text: str, *, now: int) -> int | None:
    """Parse an HTTP-date into seconds since 1970; None where it has none of the three forms or no such time exists.

    A year of two digits lies at most 50 years after `now` (an instant), as RFC 9110 requires. The day's name is not
    compared with the date.
    """
    match = next((found for form in _FORMS if (found := form.fullmatch(text))), None)
    if match is None:
        return None
    year, second = int(match["year"]), int(match["second"])
    if len(match["year"]) == len("94"):
        year = _full_year(year, now)
    if second > _LEAP_SECOND:
        return None
    month = _MONTHS.index(match["month"]) + 1
    try:
        minute = datetime(year, month, int(match["day"]), int(match["hour"]), int(match["minute"]), tzinfo=UTC)
    except ValueError:
        return None
    return int(minute.timestamp()) + second


def _full_year(year: int, now: int) -> int:
    latest = datetime.fromtimestamp(now // SECOND_US, UTC).year + _YEARS_AHEAD
    return latest - (latest - year) % _CENTURY
