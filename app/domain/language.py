"""Language tags, lookup of translations, and dates in words by CLDR.

Functions import Babel when they need it: loading it takes some 80 ms, which every command would pay at start.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from typing_extensions import TypedDict

from app.domain.digits import is_numbering_system, write_digits
from app.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from babel import Locale

T = TypeVar("T")
Direction = Literal["ltr", "rtl"]

_LONGEST_TAG: Final = 64
_REMEMBERED_LANGUAGES: Final = 256
_REMEMBERED_LOCALES: Final = 256
_REMEMBERED_DAYS: Final = 4096
_FALLBACK: Final = "en"
_ANY_YEAR: Final = 2000
_ANY_MONDAY: Final = date(2001, 1, 1)

# RFC 5646 section 2.1. Languages of four to eight letters are refused on purpose: none has ever
# been registered, and "ukrainian" is a mistake that would give the edition an unintended language.
_TAG: Final = re.compile(
    r"""
    (?: [a-z]{2,3} (?:-[a-z]{3}){0,3}                        # language and extended language
        (?:-[a-z]{4})?                                       # script
        (?:-(?:[a-z]{2}|[0-9]{3}))?                          # region
        (?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)
        (?P<extensions>(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*)
        (?:-x(?:-[a-z0-9]{1,8})+)?                           # private use
    |   x(?:-[a-z0-9]{1,8})+
    )""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_SINGLETON: Final = re.compile(r"-([0-9a-z])(?=-)", re.ASCII)
_IRREGULAR: Final = frozenset(
    {
        *("en-gb-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux", "i-mingo"),
        *("i-navajo", "i-pwn", "i-tao", "i-tay", "i-tsu", "sgn-be-fr", "sgn-be-nl", "sgn-ch-de"),
    }
)

_RIGHT_TO_LEFT: Final = frozenset(
    {
        *("Adlm", "Arab", "Aran", "Armi", "Avst", "Chrs", "Cprt", "Elym", "Gara", "Hatr", "Hebr", "Hung", "Khar"),
        *("Lydi", "Mand", "Mani", "Mend", "Merc", "Mero", "Narb", "Nbat", "Nkoo", "Orkh", "Ougr", "Palm", "Phli"),
        *("Phlp", "Phnx", "Prti", "Rohg", "Samr", "Sarb", "Sidt", "Sogd", "Sogo", "Syrc", "Syre", "Syrj", "Syrn"),
        *("Thaa", "Todr", "Yezi"),
    }
)
"""Scripts whose letters have the bidirectional class R or AL (Unicode 17), by ISO 15924."""
_SCRIPT: Final = re.compile(r"[a-z]{2,3}(?:-[a-z]{3}){0,3}-([a-z]{4})(?=-|$)", re.IGNORECASE | re.ASCII)

_NUMBERING_SYSTEM: Final = re.compile(r"-u(?:-[a-z0-9]{2,8})*?-nu-([a-z0-9]{3,8})(?=-|$)", re.IGNORECASE | re.ASCII)

# CLDR's "atTime" patterns for the shipped languages. Babel has only the standard ones ("{1}, {0}"), which
# serve every other language.
_AT_TIME: Final = {"en": "{1} at {0}", "uk": "{1} о {0}"}  # noqa: RUF001 - a Ukrainian word


def validate_language(tag: str) -> str:
    """Return the tag if it is well-formed by BCP 47 (RFC 5646); InvalidValueError otherwise.

    Subtags are not looked up in the registry, so `xx` passes; a repeated variant or extension letter and a tag of more
    than 64 characters do not.
    """
    if not _is_well_formed(tag):
        raise InvalidValueError("A language is a BCP 47 tag such as 'en-GB', 'uk' or 'zh-Hant'.")
    return tag


def lookup_translation(available: Mapping[str, T], language: str) -> T | None:
    """Return the value for the language by RFC 4647 section 3.4, None if none of its ranges is available.

    `en-GB` finds `en-GB`, else `en`, in any letter case; the caller supplies a default.
    """
    if language in available:
        return available[language]
    by_tag = {tag.lower(): value for tag, value in available.items()}
    for candidate in _ranges(language.lower()):
        if candidate in by_tag:
            return by_tag[candidate]
    return None


@lru_cache(maxsize=_REMEMBERED_LANGUAGES)
def get_locale(language: str) -> Locale:
    """Return the CLDR locale of a language by RFC 4647 lookup, English if CLDR has none of its ranges.

    Each range is read with CLDR's aliases and likely subtags: `zh-TW` is Traditional Chinese, `iw` Hebrew.
    """
    from babel import UnknownLocaleError  # noqa: PLC0415 - see the module's docstring

    from app.domain.locales import IsolatedLocale  # noqa: PLC0415 - same

    for candidate in _ranges(language):
        try:
            return _shared(IsolatedLocale.parse(candidate, sep="-"))
        except (UnknownLocaleError, ValueError):  # ValueError: not an identifier by CLDR's grammar
            continue
    return _shared(IsolatedLocale.parse(_FALLBACK))


@lru_cache(maxsize=_REMEMBERED_LOCALES)
def _shared(locale: Locale) -> Locale:
    """Return the first of equal locales: the data of each takes 1.7 MB, and any number of tags lead to one locale."""
    return locale


@lru_cache(maxsize=_REMEMBERED_LANGUAGES)
def direction_of(language: str) -> Direction:
    """Return the direction in which text in a language runs, for the `dir` attribute of HTML.

    The script decides: the one that the tag names, else the likely one of the language (`ar`, `ks`, `pa-PK` are
    right-to-left, `ks-Deva` is not). Languages without a likely script are left-to-right.
    """
    named = _SCRIPT.match(language)
    script = _likely_script(language) if named is None else named[1].title()
    return "rtl" if script in _RIGHT_TO_LEFT else "ltr"


def _likely_script(language: str) -> str | None:
    """Return the script that CLDR has for the first range of the language with likely subtags; None without any."""
    from babel.core import get_global  # noqa: PLC0415 - see the module's docstring

    likely, aliases = get_global("likely_subtags"), get_global("language_aliases")
    for candidate in _ranges(language):
        subtags = candidate.split("-")
        subtags[0] = str(aliases.get(subtags[0].lower(), subtags[0].lower())).split("_")[0]
        region = [subtag.upper() for subtag in subtags[1:2]]
        maximal = likely.get("_".join([subtags[0], *region]))
        if maximal is not None:
            return str(maximal).split("_")[1]
    return None


@lru_cache(maxsize=_REMEMBERED_LANGUAGES)
def find_numbering_system(language: str) -> str:
    """Return the CLDR name of the language's default numbering system, or of the one that its tag names (`-u-nu-`)."""
    named = _NUMBERING_SYSTEM.search(language.partition("-x-")[0])
    if named is not None and is_numbering_system(named[1].lower()):
        return named[1].lower()
    return get_locale(language).default_numbering_system


def day_heading(day: date, language: str) -> LocalizedDay:
    """Return the parts of a day's heading in the language, a new dictionary each time; years 1000 to 9999.

    Digits are those of the language's default numbering system in CLDR.
    """
    year, weekday, day_and_month = _heading_texts(day, language)
    return {"year": year, "weekday": weekday, "day": day_and_month}


@lru_cache(maxsize=_REMEMBERED_DAYS)
def long_datetime(day: date, time: str, language: str) -> str:
    """Format a date and time for readers: `Saturday, 2 November 2024 at 17:21` in `en-GB`.

    `time` is the wall clock as `HH:MM`; the date is CLDR's full one. Digits are those of the language, as in
    `day_heading`.
    """
    locale = get_locale(language)
    # Locales in another script than the language's own, such as Shavian English, write "at" differently.
    at_time = lookup_translation(_AT_TIME, locale.language) if locale.script is None else None
    glue = at_time or str(locale.datetime_formats["full"]).replace("'", "")
    full = str(locale.date_formats["full"].pattern)
    text = glue.replace("{1}", _write(full, day, language)).replace("{0}", time)
    return write_digits(text, find_numbering_system(language))


def _is_well_formed(tag: str) -> bool:
    if len(tag) > _LONGEST_TAG:
        return False
    if tag.lower() in _IRREGULAR:
        return True
    match = _TAG.fullmatch(tag.lower())
    if match is None:
        return False
    variants = (match["variants"] or "").split("-")[1:]
    singletons = _SINGLETON.findall(match["extensions"] or "")
    return all(len(subtags) == len(set(subtags)) for subtags in (variants, singletons))


def _ranges(language: str) -> Iterator[str]:
    """Yield the tag, then the tag without its last subtags; a single character is dropped with its successor."""
    subtags = language.split("-")
    while subtags:
        yield "-".join(subtags)
        subtags.pop()
        while subtags and len(subtags[-1]) == 1:
            subtags.pop()


@lru_cache(maxsize=_REMEMBERED_DAYS)
def _heading_texts(day: date, language: str) -> tuple[str, str, str]:
    """Return year, weekday and day by the CLDR skeletons `y`, `EEEE` and `MMMMd`."""
    patterns = get_locale(language).datetime_skeletons
    # Every locale has `y`, `E` and `MMMMd`. `EEEE` is derived from `E` by widening its field (UTS 35, "Matching
    # Skeletons"): `ccc` or `E` is the short name, four letters are the full one.
    weekday = re.sub(r"c+", "cccc", re.sub(r"E+", "EEEE", str(patterns["E"])))
    system = find_numbering_system(language)
    return (
        write_digits(_write(str(patterns["y"]), day, language), system),
        _write(weekday, day, language),
        write_digits(_write(str(patterns["MMMMd"]), day, language), system),
    )


def _write(pattern: str, day: date, language: str) -> str:
    """Format a date by a CLDR pattern. Writing its few fields costs little more than a cache lookup."""
    from babel.dates import parse_pattern  # noqa: PLC0415 - see the module's docstring

    return str(parse_pattern(pattern).format) % _Fields(day, language)


class _Fields:
    """Fields of a date by their CLDR names."""

    def __init__(self, day: date, language: str) -> None:
        self._day = day
        self._language = language

    def __getitem__(self, name: str) -> str:
        day = self._day
        match name[0]:
            case "y":
                day = day.replace(month=1, day=1)
            case "M" | "L":
                day = day.replace(year=_ANY_YEAR, day=1)
            case "d":
                day = day.replace(year=_ANY_YEAR, month=1)
            case "E" | "c":
                day = _ANY_MONDAY + timedelta(day.weekday())
        return _field(name, day, self._language)


@lru_cache(maxsize=_REMEMBERED_DAYS)
def _field(name: str, day: date, language: str) -> str:
    from babel.dates import DateTimeFormat  # noqa: PLC0415 - same

    return str(DateTimeFormat(day, get_locale(language))[name])


class LocalizedDay(TypedDict):
    """Heading of a day in the timeline: `2024`, `Saturday`, `2 November`."""

    year: str
    weekday: str
    day: str
