"""Canonical language tags by UTS 35, and their likely scripts."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from app.domain.cldr.records import load_supplement

_REMEMBERED_TAGS: Final = 256
_SCRIPT: Final = re.compile("[a-z]{4}")
_REGION: Final = re.compile("[a-z]{2}|[0-9]{3}")
_EXTENDED_LANGUAGE: Final = re.compile("[a-z]{3}")
_KEY: Final = 2


class LanguageTag(NamedTuple):
    """Subtags of a canonical tag; a script or region that the tag does not name is None."""

    language: str
    script: str | None
    region: str | None
    variants: tuple[str, ...]

    @property
    def likely_script(self) -> str:
        """Return the script, else the one that the language is likely written in."""
        return self.script or find_likely_script(self.language, self.region)

    def locale_names(self) -> Iterator[str]:
        """Yield the names of CLDR's locales for the tag, the nearest first.

        A locale of another script is the last: `uz-AF`, which is written in Arabic, is `uz-Arab` rather than `uz`.
        """
        language, script, region = self.language, self.likely_script, self.region
        for variant in self.variants:
            yield "-".join(filter(None, (language, self.script, region, variant)))
        if region is not None:
            yield f"{language}-{script}-{region}"
            if script == find_likely_script(language, region):
                yield f"{language}-{region}"
        yield f"{language}-{script}"
        yield language


@lru_cache(maxsize=_REMEMBERED_TAGS)
def parse_canonical_tag(tag: str) -> LanguageTag:
    """Return a well-formed tag with deprecated, overlong and extended languages and regions replaced by CLDR's aliases.

    `sh` is `sr-Latn`, `prs` is `fa-AF`, `zh-cmn-Hant` is `zh-Hant`, `i-lux` is `lb`. Extensions are omitted.
    """
    language, *rest = _replace_language(tag.lower().split("-"))
    if len(language) == 1:  # private use, or irregular without an alias
        return LanguageTag("und", None, None, ())
    script = region = None
    variants: list[str] = []
    for subtag in _before_extensions(rest):
        if _SCRIPT.fullmatch(subtag):
            script = subtag.title()  # the last one: what a tag names precedes what its alias stands for
        elif _REGION.fullmatch(subtag):
            region = load_supplement()["regions"].get(subtag.upper(), subtag.upper())
        else:
            variants.append(subtag)
    return LanguageTag(language, script, region, tuple(variants))


def find_likely_script(language: str, region: str | None) -> str:
    """Return the script that a language is likely written in, in a region; Latin where CLDR has no other."""
    scripts = load_supplement()["scripts"]
    return scripts.get(f"{language}-{region}") or scripts.get(language, "Latn")


def _replace_language(subtags: list[str]) -> list[str]:
    """Return the subtags with the longest of their beginnings that is an alias replaced, until none is."""
    aliases = load_supplement()["languages"]
    length = len(subtags)
    while length:
        alias = aliases.get("-".join(subtags[:length]))
        if alias is not None:
            subtags = [*alias.lower().split("-"), *subtags[length:]]
            length = len(subtags)
        elif length == 2 and _EXTENDED_LANGUAGE.fullmatch(subtags[1]):  # noqa: PLR2004 - a prefix and its extension
            subtags = subtags[1:]
            length = len(subtags)
        else:
            length -= 1
    return subtags


def _before_extensions(subtags: list[str]) -> Iterator[str]:
    for subtag in subtags:
        if len(subtag) == 1:
            return
        yield subtag


def find_keywords(tag: str) -> dict[str, str]:
    """Return the first value of each key of the Unicode extension: `{"nu": "latn"}` for `ar-EG-u-nu-latn`."""
    keywords: dict[str, str] = {}
    key = None
    _, _, extension = tag.lower().partition("-x-")[0].partition("-u-")
    for subtag in _before_extensions(extension.split("-")):
        if len(subtag) == _KEY:
            key = subtag
        elif key is not None:
            keywords.setdefault(key, subtag)
    return keywords


def list_ranges(language: str) -> Iterator[str]:
    """Yield the language ranges of RFC 4647 lookup: the tag, then the tag without its last subtags.

    A single character is dropped with its successor.
    """
    subtags = language.split("-")
    while subtags:
        yield "-".join(subtags)
        subtags.pop()
        while subtags and len(subtags[-1]) == 1:
            subtags.pop()
