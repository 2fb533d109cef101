"""One-line texts (headlines, names, datelines): white space, direction marks, and visible characters."""

import re
import unicodedata
from typing import Final

from app.domain.html.inline_html import clean_text
from app.errors import InvalidValueError

_SPACES: Final = re.compile(r"\s+")
_LINE_BREAKS: Final = frozenset("\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_PADDING: Final = re.compile(r"^[\s\ufeff]+|[\s\ufeff]+$")
# Letters and symbols without a glyph in Unicode: Hangul fillers, the empty Braille pattern, a musical null note.
_BLANKS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
_INVISIBLE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cn", "Cs", "Mc", "Me", "Mn", "Zl", "Zp", "Zs"})
_EMBEDDINGS: Final = frozenset("\u202a\u202b\u202d\u202e")
_ISOLATES: Final = frozenset("\u2066\u2067\u2068")
_END_OF_EMBEDDING: Final = "\u202c"
_END_OF_ISOLATE: Final = "\u2069"
_DIRECTION_MARKS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


def one_line(value: str) -> str:
    """Return the text on one line: no white space at its ends, each run inside as one space, direction marks balanced.

    A single space of another kind (no-break, thin, ideographic) is unchanged. Applied again it changes nothing.
    Raises InvalidValueError as `clean_text` does.
    """
    if value.isprintable() and "  " not in value and value[:1] != " " and value[-1:] != " " and value.isascii():
        return value
    text = clean_text(value)
    if _DIRECTION_MARKS.search(text):
        text = _balanced(text)
    return _PADDING.sub("", _SPACES.sub(_one_space, text))


def visible_line(value: str) -> str:
    """Return the text on one line, as `one_line` does; InvalidValueError for one without visible characters."""
    return check_visible(one_line(value))


def visible_text(value: str) -> str:
    """Return the text as `clean_text` does, line breaks included; InvalidValueError without visible characters."""
    return check_visible(clean_text(value))


def check_visible(value: str) -> str:
    """Return the text itself; InvalidValueError unless it contains a visible character.

    White space, control and format characters (zero-width ones, tags), combining marks alone, variation selectors
    and fillers have none.
    """
    first = value[:1]
    if first.isalnum() and first not in _BLANKS:  # most texts
        return value
    if not value.strip():
        raise InvalidValueError("Must not be empty.")
    if not any(map(_is_visible, value)):
        raise InvalidValueError("Must contain a visible character: it has only white space and invisible characters.")
    return value


def _is_visible(character: str) -> bool:
    return character not in _BLANKS and unicodedata.category(character) not in _INVISIBLE_CATEGORIES


def _one_space(match: re.Match[str]) -> str:
    run = match[0]
    return run[0] if len(set(run)) == 1 and run[0] not in _LINE_BREAKS else " "


def _balanced(line: str) -> str:
    """Return the line with the ends of embeddings and isolates that it lacks, and without those that end nothing.

    So no direction extends beyond the line into the page around it (UAX #9, BD9 and X5 to X7).
    """
    balanced: list[str] = []
    open_ends: list[str] = []
    for character in line:
        if character in _EMBEDDINGS or character in _ISOLATES:
            open_ends.append(_END_OF_EMBEDDING if character in _EMBEDDINGS else _END_OF_ISOLATE)
        elif character == _END_OF_EMBEDDING:
            if not open_ends or open_ends[-1] != _END_OF_EMBEDDING:
                continue
            open_ends.pop()
        elif character == _END_OF_ISOLATE:
            if _END_OF_ISOLATE not in open_ends:
                continue
            while open_ends[-1] != _END_OF_ISOLATE:
                balanced.append(open_ends.pop())
            open_ends.pop()
        balanced.append(character)
    return "".join([*balanced, *reversed(open_ends)])
