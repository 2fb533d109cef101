"""Slugs: derived from headlines, or given and validated.

Ukrainian is romanised by resolution 55 of the Cabinet of Ministers of Ukraine (27 January 2010), every other script by
anyascii. A text counts as Ukrainian if all its Cyrillic letters are Ukrainian, or if it has one of ґ є і ї and no
letter beyond the Ukrainian and Russian alphabets: a quoted Russian word changes nothing, while Belarusian, Serbian and
Kazakh are left to anyascii. A Russian text without ё ъ ы э is indistinguishable, and is read as Ukrainian.

A text with Han characters has no ASCII slug: their reading depends on the language and the context (Chinese, Cantonese,
Japanese), and anyascii would give the Mandarin one. Editions may have Unicode slugs instead.
"""
# ruff: noqa: RUF001, RUF002 - Cyrillic letters and all kinds of apostrophes are the subject here

import re
import unicodedata
from enum import StrEnum
from itertools import dropwhile
from typing import Final
from urllib.parse import unquote_to_bytes

from anyascii import anyascii

from app.domain.tsid import is_id
from app.errors import InvalidValueError

MAX_GENERATED_SLUG: Final = 80
MAX_GIVEN_SLUG: Final = 120
LONGEST_CODE: Final = 80

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PERCENT_ENCODED: Final = re.compile(r"(?:[A-Za-z0-9-]|%[0-9A-Fa-f]{2})+")
_CODE: Final = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_NOT_A_WORD: Final = re.compile(r"[^a-z0-9]+")
_NOT_A_LETTER: Final = re.compile(r"[^a-z0-9\s]+")
_WORDLESS: Final = "article"

_CYRILLIC: Final = re.compile(r"[\u0400-\u052f]")
_UKRAINIAN_NOT_RUSSIAN: Final = frozenset("ґєії")
_RUSSIAN_NOT_UKRAINIAN: Final = frozenset("ёъыэ")
# Apostrophes, accents and invisible characters: they neither separate words nor hide a first letter.
_UNSEEN: Final = {"Cf", "Me"}
_JOINERS: Final = dict.fromkeys([*map(ord, "'`´ʹʻʼ‘’‛′＇"), *range(0x300, 0x370)])
_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")

_ROMANISATION: Final = (
    "а:a б:b в:v г:h ґ:g д:d е:e є:ie ж:zh з:z и:y і:i ї:i й:i к:k л:l м:m н:n о:o п:p р:r с:s т:t "
    "у:u ф:f х:kh ц:ts ч:ch ш:sh щ:shch ь: ю:iu я:ia"
)
_ROMAN: Final = dict(pair.split(":") for pair in _ROMANISATION.split(" "))
_UKRAINIAN: Final = frozenset(_ROMAN)
_ROMAN_WORD_INITIAL: Final = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_WORD_INITIAL: Final = re.compile(r"(?<![^\W_])[єїйюя]")


class SlugStyle(StrEnum):
    """Letters and digits of slugs, made from headlines or given: a-z and 0-9, or those of any script."""

    ASCII = "ascii"
    UNICODE = "unicode"


def slugify(text: str, style: SlugStyle = SlugStyle.ASCII) -> str:
    """Return lower-case words joined by single hyphens, at most 80 characters, '' for a text without words.

    The slug is cut between words unless the first alone is longer. Apostrophes join ("don't" gives "dont"), symbols and
    emoji are dropped. An ASCII slug is '' for a text with Han characters. A single word of 13 characters can look like
    an id, which `validate_slug` refuses.
    """
    if text.isascii():
        plain = text.lower().translate(_JOINERS)
        return _shorten(_NOT_A_WORD.sub("-", plain).strip("-"), MAX_GENERATED_SLUG)
    plain = unicodedata.normalize("NFC", text).lower().translate(_JOINERS)
    plain = "".join(char for char in plain if unicodedata.category(char) not in _UNSEEN)
    if style is SlugStyle.UNICODE:
        words = "".join(char if _is_of_word(char) else "-" for char in unicodedata.normalize("NFC", plain)).split("-")
        return _shorten("-".join(filter(None, map(_without_leading_marks, words))), MAX_GENERATED_SLUG)
    if _HAN.search(plain):
        return ""
    if _is_ukrainian(plain):
        plain = _romanise(plain)
    return _shorten(_NOT_A_WORD.sub("-", "".join(map(_to_ascii, plain))).strip("-"), MAX_GENERATED_SLUG)


def validate_slug(value: str) -> str:
    """Return the slug, in NFC and not percent-encoded, if an article may have it; InvalidValueError otherwise.

    WordPress stores slugs beyond ASCII percent-encoded.
    """
    slug = _decode(value) if "%" in value and _PERCENT_ENCODED.fullmatch(value) else value
    if not slug.isascii():
        slug = unicodedata.normalize("NFC", slug)
    if len(slug) > MAX_GIVEN_SLUG or not (_SLUG.fullmatch(slug) if slug.isascii() else _is_unicode_slug(slug)):
        raise InvalidValueError("A slug is 1 to 120 lower-case letters and digits, with single hyphens between them.")
    if is_id(slug):
        raise InvalidValueError("A slug must not have the form of an article id; add a hyphen or another word to it.")
    return slug


def _decode(value: str) -> str:
    try:
        return unquote_to_bytes(value).decode()
    except UnicodeDecodeError:
        raise InvalidValueError("The slug is percent-encoded, but not text in UTF-8; it may have been cut.") from None


def _is_unicode_slug(slug: str) -> bool:
    words = slug.split("-")
    is_made_of_words = all(word and not _is_mark(word[0]) for word in words)
    return is_made_of_words and slug == slug.lower() and all(map(_is_of_word, slug.replace("-", "")))


def _without_leading_marks(word: str) -> str:
    """Return the word without the marks at its beginning, which are on no letter."""
    return "".join(dropwhile(_is_mark, word))


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("M")


def _is_of_word(char: str) -> bool:
    """Return whether a character is a letter, a mark on one, or a digit."""
    category = unicodedata.category(char)
    return category[0] in "LM" or category == "Nd"


def is_code(value: str) -> bool:
    """Return whether the text has the form of a code, as `validate_code` requires it."""
    return len(value) <= LONGEST_CODE and _CODE.fullmatch(value) is not None


def validate_code(value: str) -> str:
    """Return the slug of a section, tag, author or edition, or code of a label, unchanged; else InvalidValueError."""
    if not is_code(value):
        slug = slugify(value[:MAX_GIVEN_SLUG])
        example = f", such as '{slug}'" if slug else ""
        raise InvalidValueError(
            f"Expected a slug or code{example}, not a display name: 1 to 80 lower-case letters a-z and digits, single "
            "hyphens, underscores or dots inside."
        )
    return value


def with_suffix(slug: str, suffix: str) -> str:
    """Return `slug-suffix` of at most 80 characters, the slug cut between words; `article-suffix` for an empty slug.

    `suffix` is a slug of at most 72 characters.
    """
    room = MAX_GENERATED_SLUG - len(suffix) - 1
    return f"{_shorten(slug, room) or _WORDLESS}-{suffix}"


def _is_ukrainian(text: str) -> bool:
    letters = set(_CYRILLIC.findall(text))
    if not letters:
        return False
    foreign = letters - _UKRAINIAN
    return not foreign or (foreign <= _RUSSIAN_NOT_UKRAINIAN and bool(letters & _UKRAINIAN_NOT_RUSSIAN))


def _romanise(text: str) -> str:
    """Return the text with lower-case Ukrainian letters in Latin; letters of other alphabets are unchanged."""
    text = _WORD_INITIAL.sub(lambda match: _ROMAN_WORD_INITIAL[match[0]], text)
    text = text.replace("зг", "zgh")  # otherwise it would read as ж, "zh"
    return "".join(_ROMAN.get(char, char) for char in text)


def _to_ascii(char: str) -> str:
    """Return a character as lower-case ASCII: a blank for a symbol, letters and digits for a letter."""
    if char.isascii():
        return char
    category = unicodedata.category(char)
    if category.startswith("S"):
        return " "  # "€5" is treated as "$5", and emoji are not spelt out
    latin = anyascii(char).lower()
    # anyascii writes the Arabic ayn and the Russian soft sign as quotes, which must not separate a word.
    return _NOT_A_LETTER.sub("", latin) if category[0] in "LM" else latin or " "


def _shorten(slug: str, longest: int) -> str:
    """Return as many words of the slug as fit; the beginning of the first if even that does not."""
    if len(slug) <= longest:
        return slug
    whole_words = slug[: longest + 1].rpartition("-")[0]
    return whole_words or slug[:longest]
