"""Control characters of incoming texts: C1 characters are repaired to those of Windows-1252, others are refused.

Text in Windows-1252 that was read as Latin-1 has U+0092 where an apostrophe was written. No newsroom writes a C1
character, so its meaning is certain (the HTML Standard reads `&#146;` alike).
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from app.errors import FieldError, InvalidInputError, InvalidValueError

MAX_ERRORS: Final = 20

_WINDOWS_1252: Final = {
    code: character
    for code in range(0x80, 0xA0)
    if (character := bytes([code]).decode("cp1252", errors="ignore"))  # five have no meaning
}
_REPAIRABLE: Final = re.compile(f"[{''.join(map(chr, _WINDOWS_1252))}]")
_C0: Final = "\x00-\x08\x0b\x0c\x0e-\x1f"  # tab, line feed and carriage return excepted
_REFUSED: Final = re.compile(f"[{_C0}\x7f\x81\x8d\x8f\x90\x9d]")
_REFUSED_IN_NAMES: Final = re.compile(f"[{_C0}\x7f-\x9f]")
_REFUSED_BY_REFERENCE: Final = re.compile(f"[{_C0}\x7f\x81\x8d\x8f\x90\x9d\ufffe\uffff]")
_FIRST_SURROGATE: Final = 0xD800
_LAST_SURROGATE: Final = 0xDFFF
_LAST_CHARACTER: Final = 0x10FFFF
_REFERENCE: Final = re.compile("&#(?:[xX]([0-9A-Fa-f]+)|([0-9]+));?")
_LONGEST_CODE: Final = 7  # digits of U+10FFFF, in decimal
_SUSPECT: Final = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\\[bf]|\\u00(?:[0189]|7[Ff])")
"""Octets of a JSON text without which its strings have no control character: a test before the strings are read."""
_SUSPECT_ASCII: Final = (b"\x7f", b"\\b", b"\\f", b"\\u00")
"""Octets without which _SUSPECT finds nothing in ASCII; they are found in a tenth of the time."""


class TextRepair(NamedTuple):
    """Repaired text: its path, and how often each C1 character was replaced."""

    path: str
    replaced: Counter[str]

    def __str__(self) -> str:
        times = f" ({self.replaced.total()} times)" if self.replaced.total() > 1 else ""
        pairs = ", ".join(f"{_code(each)} by {_WINDOWS_1252[ord(each)]}" for each in self.replaced)
        return f"Control characters were replaced by those of Windows-1252{times}: {pairs}"


def repair_texts(value: dict[str, Any], raw: bytes, *, repairs_c1: bool = True) -> list[TextRepair]:
    """Repair the strings of a parsed JSON object in place, and return the repairs; `raw` is its text.

    InvalidInputError for other control characters than tab and line ends in a string, and for any in a name; without
    `repairs_c1` also for those that would be repaired.
    """
    if raw.isascii() and not any(each in raw for each in _SUSPECT_ASCII):
        return []
    if _SUSPECT.search(raw) is None:
        return []
    refused = _REFUSED if repairs_c1 else _REFUSED_IN_NAMES
    repairs: list[TextRepair] = []
    errors: list[FieldError] = []
    for path, holder, key, member in _walk(value):
        if isinstance(key, str) and (found := _REFUSED_IN_NAMES.search(key)):
            errors.append(FieldError(path.rpartition(".")[0], _sentence("The name of a member", found)))
        elif not isinstance(member, str):
            continue
        elif found := refused.search(member):
            errors.append(FieldError(path, _sentence("Text", found)))
        elif replaced := _REPAIRABLE.findall(member):
            repairs.append(TextRepair(path, Counter(replaced)))
            holder[key] = member.translate(_WINDOWS_1252)
    if errors:
        raise InvalidInputError(*errors[:MAX_ERRORS])
    return repairs


def check_references(html: str) -> None:
    """Raise InvalidValueError for a numeric character reference in HTML to what a text may not contain.

    That is a control character which is refused in texts, or no character: parsers make U+FFFD of `&#0;`.
    """
    if "&#" not in html:
        return
    for source, character in _references(html):
        if character is None or _REFUSED_BY_REFERENCE.fullmatch(character):
            raise InvalidValueError(
                "HTML must not contain references to control characters other than tab and line ends, nor to what is "
                f"no character: {source[:20]}."
            )


def find_repaired_references(html: str) -> Iterator[tuple[str, str, str]]:
    """Yield each numeric reference to a C1 character with its code, and the character that parsers read it as."""
    if "&#" in html:
        for source, character in _references(html):
            if character is not None and ord(character) in _WINDOWS_1252:
                yield source, _code(character), _WINDOWS_1252[ord(character)]


def _references(html: str) -> Iterator[tuple[str, str | None]]:
    """Yield the numeric character references with their characters; None for what is no character."""
    for found in _REFERENCE.finditer(html):
        digits, base = (found[1], 16) if found[1] else (found[2], 10)
        digits = digits.lstrip("0")
        code = int(digits or "0", base) if len(digits) <= _LONGEST_CODE else _LAST_CHARACTER + 1
        is_character = 0 < code <= _LAST_CHARACTER and not _FIRST_SURROGATE <= code <= _LAST_SURROGATE
        yield found[0], chr(code) if is_character else None


def _walk(value: dict[str, Any]) -> Iterator[tuple[str, Any, str | int, Any]]:
    """Yield each member with its path, its object or array, and its key, without recursion: JSON may be deep."""
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        prefix, holder = waiting.pop()
        members = list(holder.items() if isinstance(holder, dict) else enumerate(holder))
        for key, member in members:
            yield f"{prefix}{key}", holder, key, member
        nested = [(f"{prefix}{key}.", member) for key, member in members if isinstance(member, dict | list)]
        waiting += reversed(nested)


def _sentence(subject: str, found: re.Match[str]) -> str:
    place = f"{_code(found[0])} at character {found.start() + 1}"
    return f"{subject} must not contain control characters other than tab and line ends: {place}."


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"
