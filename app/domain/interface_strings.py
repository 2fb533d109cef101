"""Interface strings of an edition: the texts of a front end around the news, complete in each language.

A language has its file in `strings/`, read when an edition first needs it.
"""

from __future__ import annotations

import json
import pkgutil
import re
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Final

from typing_extensions import TypedDict

from app.domain.language import get_plural_categories, is_same_language, lookup_language

if TYPE_CHECKING:
    from collections.abc import Mapping

PluralForms = dict[str, str]
"""Forms of a string by plural category of CLDR; `{count}` stands for the number."""

LANGUAGES: Final = ("ar", "de", "en", "es", "fa", "fr", "it", "ja", "pl", "pt", "uk")
"""Languages with all strings; `pt` is Brazilian."""
CATEGORIES: Final = frozenset({"zero", "one", "two", "few", "many", "other"})


class ShippedStrings(TypedDict):
    """Strings of a language, whether a native speaker has proof-read them, and strings with plural forms."""

    proofread: bool
    plurals: dict[str, PluralForms]
    strings: dict[str, str]


_FALLBACK: Final = "en"
_MAX_COMPARED: Final = 40  # characters of a name
_SIMILARITY: Final = 0.8  # of a misspelt name and the one that was meant
_PATH_SEPARATORS: Final = re.compile(r"[/.]")
# Any snake_case word in place of a sentence; a string of the edition's own may contain one (an account name).
_SNAKE_KEY: Final = re.compile(r"[a-z0-9./-]*[a-z0-9]_[a-z0-9_./-]*", re.IGNORECASE | re.ASCII)
_BETWEEN_WORDS: Final = re.compile(r"[\W_]+")


@cache
def load_strings(language: str) -> ShippedStrings:
    """Return the shipped strings of one of LANGUAGES."""
    content = pkgutil.get_data("app.domain", f"strings/{language}.json")
    if content is None:
        raise FileNotFoundError(language)
    shipped: ShippedStrings = json.loads(content)
    return shipped


def complete_strings(language: str, overrides: Mapping[str, str]) -> dict[str, str]:
    """Return every interface string in the language, sorted by key; the edition's own texts override the shipped ones.

    The language is found by RFC 4647 lookup; missing strings are in English. An override that is blank or an interface
    key (`read_also`, `client/title.list_title`) counts as missing: a shipped key has its shipped text, a key of the
    edition's own is written as words (`live_now` gives "Live now"), or omitted without letters. So no value is blank
    or its own key. Overrides of plural forms are in `complete_plurals`.
    """
    texts = dict(_find_shipped(language)["strings"])
    for key, text in overrides.items():
        if _is_plural_form(key):
            continue
        if _is_own_text(key, text):
            texts[key] = text
        elif key not in texts and _is_readable(key, words := _in_words(key)):
            texts[key] = words
    return dict(sorted(texts.items()))


def complete_plurals(language: str, overrides: Mapping[str, str]) -> dict[str, PluralForms]:
    """Return every string with plural forms, with all plural categories of the language.

    An override has the category behind the key: `new_stories.one`. A category without a text has that of `other`: the
    edition's own, else the shipped one.
    """
    return {
        key: {category: text for category, (text, _) in _find_forms(key, language, overrides).items()}
        for key in load_strings(_FALLBACK)["plurals"]
    }


def find_string_languages(language: str, overrides: Mapping[str, str]) -> dict[str, str]:
    """Return the language of each interface string and plural form that is not in the edition's, by key.

    It is that of the shipped strings: English, or the edition's language in another script (`ar` for `ar-Latn`). Keys
    that are written as words are English.
    """
    shipped, english = _find_language(language), load_strings(_FALLBACK)
    own = {key for key, text in overrides.items() if _is_own_text(key, text)}
    languages = {
        key: shipped if key in english["strings"] else _FALLBACK
        for key in complete_strings(language, overrides)
        if key not in own
    }
    for key in english["plurals"]:
        forms = _find_forms(key, language, overrides)
        languages |= {f"{key}.{category}": shipped for category, (_, is_own) in forms.items() if not is_own}
    return {key: each for key, each in sorted(languages.items()) if not is_same_language(each, language)}


def find_likely_mistake(key: str, language: str) -> str | None:
    """Return why an override is likely a mistake: it resembles a shipped name, or is a form that no number has."""
    english, categories = load_strings(_FALLBACK), get_plural_categories(language)
    if _is_plural_form(key):
        name, _, category = key.rpartition(".")
        is_form = category in categories
        return (
            None if is_form else f"It is never shown: the forms of {name} in '{language}' are {', '.join(categories)}."
        )
    if key in english["strings"] or len(key) > _MAX_COMPARED:
        return None
    names = [*english["strings"], *(f"{name}.{each}" for name in english["plurals"] for each in categories)]
    nearest = get_close_matches(key, names, n=1, cutoff=_SIMILARITY)
    return f"It is a string of the edition's own; {nearest[0]} is a shipped one." if nearest else None


def is_proofread(language: str) -> bool:
    """Return whether a native speaker has proof-read the shipped strings that an edition in the language has."""
    return _find_shipped(language)["proofread"]


def _find_forms(key: str, language: str, overrides: Mapping[str, str]) -> dict[str, tuple[str, bool]]:
    """Return the text of each plural category, and whether it is the edition's own."""
    shipped = _find_shipped(language)["plurals"][key]
    own = {
        category: text
        for category in CATEGORIES
        if _is_own_text(name := f"{key}.{category}", text := overrides.get(name, ""))
    }
    forms: dict[str, tuple[str, bool]] = {}
    for category in get_plural_categories(language):
        given = own.get(category, own.get("other"))
        forms[category] = (shipped.get(category, shipped["other"]), False) if given is None else (given, True)
    return forms


def _find_language(language: str) -> str:
    return lookup_language(LANGUAGES, language) or _FALLBACK


def _find_shipped(language: str) -> ShippedStrings:
    return load_strings(_find_language(language))


def _is_plural_form(key: str) -> bool:
    name, _, category = key.rpartition(".")
    return category in CATEGORIES and name in load_strings(_FALLBACK)["plurals"]


def _is_own_text(key: str, text: str) -> bool:
    """Return whether an override is a text: no blank, and no interface key in its place."""
    return _is_readable(key, text) and not (
        key in load_strings(_FALLBACK)["strings"] and _SNAKE_KEY.fullmatch(text.strip())
    )


def _is_readable(key: str, text: str) -> bool:
    """Return False for a blank and for the trace of a lost translation: the key, alone or at the end of a path."""
    bare = text.strip()
    return bare not in {"", key} and _PATH_SEPARATORS.split(bare)[-1] != key


def _in_words(key: str) -> str:
    words = _BETWEEN_WORDS.sub(" ", key).strip()
    return words[:1].upper() + words[1:]
