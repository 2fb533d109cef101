"""Language tags, lookup of translations, direction of text, and dates in words."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from typing_extensions import TypedDict

from app.domain.cldr.date_formats import find_locale, get_date_formats
from app.domain.cldr.date_pattern import Moment
from app.domain.cldr.language_tag import list_ranges, parse_canonical_tag
from app.domain.cldr.records import load_supplement
from app.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Collection

Direction = Literal["ltr", "rtl"]

_LONGEST_TAG: Final = 64
_REMEMBERED_LANGUAGES: Final = 256
_REMEMBERED_DAYS: Final = 4096
_REMEMBERED_TIMES: Final = 4096

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
_PLAIN_TAG: Final = re.compile("[a-z]{2,3}(-[a-z]{3})?(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?", re.IGNORECASE | re.ASCII)
"""A tag without variants and extensions."""
_SINGLETON: Final = re.compile(r"-([0-9a-z])(?=-)", re.ASCII)
_IRREGULAR: Final = frozenset(
    {
        *("en-gb-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux", "i-mingo"),
        *("i-navajo", "i-pwn", "i-tao", "i-tay", "i-tsu", "sgn-be-fr", "sgn-be-nl", "sgn-ch-de"),
    }
)


def validate_language(tag: str) -> str:
    """Return the tag if it is well-formed by BCP 47 (RFC 5646); InvalidValueError otherwise.

    Subtags are not looked up in the registry, so `xx` passes; a repeated variant or extension letter and a tag of more
    than 64 characters do not.
    """
    if not _is_well_formed(tag):
        raise InvalidValueError("A language is a BCP 47 tag such as 'en-GB', 'uk' or 'zh-Hant'.")
    return tag


def lookup_language(available: Collection[str], language: str) -> str | None:
    """Return the tag of the translation for the language by RFC 4647 section 3.4, None if none of its ranges is one.

    `en-GB` finds `en-GB`, else `en`, in any letter case; the caller supplies a default. Where that finds nothing in the
    script of the language, tags are compared in canonical form: `iw` finds `he`, `zh-TW` finds `zh-Hant`. A translation
    in another script is the last resort: `sr-Latn` finds `sr`.
    """
    if language in available:
        return language
    by_range = {tag.lower(): tag for tag in available}
    nearest = next((by_range[each] for each in list_ranges(language.lower()) if each in by_range), None)
    if nearest is not None and is_same_language(nearest, language):
        return nearest
    own = parse_canonical_tag(language)
    by_subtags = {_subtags_of(tag): tag for tag in available if _PLAIN_TAG.fullmatch(tag)}
    for subtags in (_subtags_of(language), (own.language, own.likely_script, None)):
        if subtags in by_subtags:
            return by_subtags[subtags]
    return nearest


def drop_extensions(tag: str) -> str:
    """Return a tag without extensions and private use, which `hreflang` and feeds have no use for.

    `ar-EG-u-nu-latn` is `ar-EG`: its digits are those of dates in words, not of the text. A tag that is nothing else is
    unchanged.
    """
    subtags = tag.split("-")
    first = next((number for number, subtag in enumerate(subtags) if len(subtag) == 1), 0)
    return "-".join(subtags[:first]) or tag


def get_plural_categories(language: str) -> tuple[str, ...]:
    """Return the plural categories that numbers have in the language, in CLDR's order; `other` is always the last."""
    tag, plurals = parse_canonical_tag(language), load_supplement()["plurals"]
    return tuple((plurals.get(f"{tag.language}-{tag.region}") or plurals.get(tag.language, "other")).split())


def _subtags_of(tag: str) -> tuple[str, str, str | None]:
    """Return the canonical language, its likely script and its region."""
    parsed = parse_canonical_tag(tag)
    return parsed.language, parsed.likely_script, parsed.region


@lru_cache(maxsize=_REMEMBERED_LANGUAGES)
def is_same_language(one: str, other: str) -> bool:
    """Return whether two tags name one language in one script; regions and variants may differ."""
    first, second = parse_canonical_tag(one), parse_canonical_tag(other)
    return (first.language, first.likely_script) == (second.language, second.likely_script)


@lru_cache(maxsize=_REMEMBERED_LANGUAGES)
def direction_of(language: str) -> Direction:
    """Return the direction in which text in a language runs, for the `dir` attribute of HTML.

    The script decides: the one that the tag names, else the likely one of the language (`ar`, `ks`, `pa-PK` are
    right-to-left, `ks-Deva` is not).
    """
    script = parse_canonical_tag(language).likely_script
    return "rtl" if script in load_supplement()["right_to_left"] else "ltr"


@lru_cache(maxsize=_REMEMBERED_LANGUAGES)
def find_date_language(language: str) -> str | None:
    """Return the language of dates in words where CLDR has none in the language and its script; None where it has.

    The record of a locale has names of its own even where another locale's are equal: `zh-HK` shares that of
    `zh-Hans-HK`.
    """
    found = find_locale(language).language
    return None if is_same_language(found, language) else found


def day_heading(day: date, language: str) -> LocalizedDay:
    """Return the parts of a day's heading in the language, a new dictionary each time; years 1000 to 9999.

    They follow the skeletons `y`, `EEEE` and `MMMMd` of CLDR, with the digits of the language.
    """
    year, weekday, day_and_month, _, _ = _day_texts(day, language)
    return {"year": year, "weekday": weekday, "day": day_and_month}


def describe_time(day: date, time: str, language: str) -> LocalizedTime:
    """Return a date and time for readers, a new dictionary each time; `text` in `en-GB` is as below.

    `Saturday, 2 November 2024 at 17:21`: the full date and the short time of CLDR are joined by its pattern of a date
    at a time, with the digits and the clock of the language: `Saturday, November 2, 2024 at 5:21 PM` in `en-US`.
    `time` is the wall clock as `HH:MM`.
    """
    year, weekday, day_and_month, before_time, after_time = _day_texts(day, language)
    return {
        "date": day.isoformat(),
        "time": time,
        "year": year,
        "weekday": weekday,
        "day": day_and_month,
        "text": f"{before_time}{_time_text(time, language)}{after_time}",
    }


@lru_cache(maxsize=_REMEMBERED_DAYS)
def _day_texts(day: date, language: str) -> tuple[str, str, str, str, str]:
    """Return the parts of a day's heading, and what is before and after the time in a long date and time.

    Articles share days and times of day, but seldom both: so the two are remembered apart.
    """
    formats, moment = get_date_formats(language), Moment(day)
    patterns = (formats.year, formats.weekday, formats.day, formats.before_time, formats.after_time)
    year, weekday, day_and_month, before_time, after_time = (pattern.write(moment) for pattern in patterns)
    return year, weekday, day_and_month, before_time, after_time


@lru_cache(maxsize=_REMEMBERED_TIMES)
def _time_text(time: str, language: str) -> str:
    return get_date_formats(language).time.write(Moment(date.min, int(time[:2]), int(time[3:])))


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


class LocalizedDay(TypedDict):
    """Heading of a day in the timeline: `2024`, `Saturday`, `2 November`."""

    year: str
    weekday: str
    day: str


class LocalizedTime(LocalizedDay):
    """Date and time in the numbers of machines, and in words: `Saturday, 2 November 2024 at 17:21`."""

    date: str
    time: str
    text: str
