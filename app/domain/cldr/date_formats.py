"""Date formats of a language: patterns of its locale with the digits and the clock that its tag names."""

from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

from app.domain.cldr.date_pattern import DatePattern, replace_fields
from app.domain.cldr.language_tag import find_keywords, list_ranges, parse_canonical_tag
from app.domain.cldr.records import FoundLocale, LocaleRecord, find_record, load_supplement

_REMEMBERED_LANGUAGES: Final = 256
_REMEMBERED_FORMATS: Final = 256
_FALLBACK: Final = "en"
_CLOCKS: Final[dict[str, tuple[bool, dict[str, str]]]] = {
    "h11": (True, {"h": "K", "B": "a"}),
    "h12": (True, {"K": "h", "B": "a"}),
    "h23": (False, {}),
    "h24": (False, {"H": "k"}),
}
"""Values of `-u-hc-`: whether the clock has twelve hours, and the fields that take the place of the locale's."""


class DateFormats(NamedTuple):
    """Compiled patterns of a language."""

    year: DatePattern
    weekday: DatePattern
    day: DatePattern
    before_time: DatePattern
    """The full date and what joins it to a time, as far as they precede the time; it has no field of the clock."""
    time: DatePattern
    after_time: DatePattern
    """The rest of them."""


@lru_cache(maxsize=_REMEMBERED_LANGUAGES)
def get_date_formats(language: str) -> DateFormats:
    """Return the formats of the nearest locale by RFC 4647 lookup, of English if CLDR has none of its ranges.

    `-u-nu-` selects a numbering system with ten digits, `-u-hc-` the clock: `h12` or `h23`, as `h11` and `h24`.
    """
    record = find_locale(language).record
    keywords = find_keywords(language)
    system, clock = keywords.get("nu", ""), keywords.get("hc", "")
    if system not in load_supplement()["digits"]:
        system = record["digits"]
    return _compile(record["locale"], system, clock if clock in _CLOCKS else None)


def find_locale(language: str) -> FoundLocale:
    """Return the nearest locale; each range of the tag is read with CLDR's aliases and likely scripts."""
    names = (name for candidate in list_ranges(language) for name in parse_canonical_tag(candidate).locale_names())
    found = find_record(chain(names, [_FALLBACK]))
    if found is None:
        raise LookupError(_FALLBACK)
    return found


@lru_cache(maxsize=_REMEMBERED_FORMATS)
def _compile(locale: str, system: str, clock: str | None) -> DateFormats:
    """Return compiled patterns, shared by all tags that lead to them."""
    record = find_locale(locale).record
    digits = None if system == "latn" else load_supplement()["digits"][system]
    before_time, _, after_time = record["date_time"].replace("{1}", record["date"]).partition("{0}")
    patterns = (record["year"], record["weekday"], record["day"], before_time, _time(record, clock), after_time)
    return DateFormats(*(DatePattern(pattern, record["names"], digits) for pattern in patterns))


def _time(record: LocaleRecord, clock: str | None) -> str:
    """Return the pattern of the short time."""
    if clock is None:
        return record["time"]
    has_twelve_hours, letters = _CLOCKS[clock]
    return replace_fields(record["time_12" if has_twelve_hours else "time_24"], letters)
