"""Sort keys of names by the Unicode Collation Algorithm (UTS 10) with CLDR's rules for each language.

A key has the primary weights (letters), then the secondary ones (accents), then the tertiary ones (case, variants), so
that comparing bytes compares names. The tables are those of ICU, packed by `tools/pack_collations.py`.
"""

import json
import pkgutil
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from typing_extensions import TypedDict

from app.domain.cldr.language_tag import parse_canonical_tag

COLLATION_VERSION: Final = "48.1"
"""Version of CLDR and of the form of keys. Keys of two versions are not comparable: a migration renews stored ones."""
MAX_NAME_KEY_BYTES: Final = 160

_FILE: Final = "collations.jsonl"
_ROOT: Final = "root"
_REMEMBERED_LANGUAGES: Final = 256
_REMEMBERED_COLLATIONS: Final = 16
_REMEMBERED_TEXTS: Final = 4096
_COMMON: Final = b"\x05"
_END: Final = b"\x00"
_LEVEL: Final = b"\x01"
_UNKNOWN: Final = b"\xff"
_NONE: Final = b"\x00"
_FIRST_UNSHIFTED: Final = b"\x0b"
"""The first primary after those of blanks and punctuation."""
_FIRST_LETTER: Final = b"\x2b"
"""The first primary of a script, after those of blanks, punctuation, symbols and digits, which do not move."""
_CASE: Final = 0xC0
_HAN_DIGITS: Final = 250


class CollationRecord(TypedDict, total=False):
    """Differences of a collation from the root, or the root itself.

    `elements` has the collation elements of characters and contractions: `primary/secondary/tertiary` in hexadecimal,
    of which common weights are left out; a secondary of 00 is none. `han` is the order of ideographs, whose primaries
    begin with `han_lead`. `scripts` are ranges of primaries and the prefix that moves each; `others` is that of scripts
    in no range. Capitals are first with `upper_first`, the last accent decides with `backwards`, blanks and punctuation
    count for nothing with `shifted`, and weights may be below the common one with `below_common`.
    """

    collation: str
    same: str
    elements: dict[str, str]
    han: str
    han_lead: str
    scripts: list[tuple[str, str, str]]
    others: str
    upper_first: bool
    backwards: bool
    shifted: bool
    below_common: bool


class Weights(NamedTuple):
    """Weights of a character or a contraction on each level: none on a level that ignores it."""

    primary: bytes
    secondary: tuple[bytes, ...]
    tertiary: tuple[bytes, ...]


class Collation:
    """Order of names in one language: that of the root with the language's own differences."""

    def __init__(self, own: CollationRecord, root: CollationRecord) -> None:
        self._own, self._root = own, root
        self._backwards, self._trims = own.get("backwards", False), not own.get("below_common")
        self._trims_case = self._trims and not own.get("upper_first")
        contractions = {text for text in (*root["elements"], *own["elements"]) if len(text) > 1}
        self._contractions: dict[str, list[str]] = {}
        for text in sorted(contractions, key=len, reverse=True):
            self._contractions.setdefault(text[0], []).append(text)
        self._scripts = [tuple(map(bytes.fromhex, each)) for each in own["scripts"]]
        self._others = bytes.fromhex(own["others"])
        self._weights_of = lru_cache(maxsize=_REMEMBERED_TEXTS)(self._find_weights)

    def key_of(self, name: str, slug: str) -> bytes:
        """Return the key of an entry: that of its name, then its slug, so that keys of equal names differ.

        The key of a name is cut at 160 bytes, some 70 letters: longer names with an equal beginning are in the order of
        their slugs.
        """
        return self.name_key(name)[:MAX_NAME_KEY_BYTES] + _END + slug.encode()

    def name_key(self, name: str) -> bytes:
        """Return the key of a name."""
        found = [self._weights_of(part) for part in self._split(unicodedata.normalize("NFC", name))]
        primary = b"".join([each.primary for each in found])
        secondaries = [weight for each in found for weight in each.secondary]
        tertiaries = [weight for each in found for weight in each.tertiary]
        if self._backwards:
            secondaries.reverse()
        if self._trims:
            _trim(secondaries)
        if self._trims_case:
            _trim(tertiaries)
        return _LEVEL.join((primary, b"".join(secondaries), b"".join(tertiaries)))

    def _split(self, text: str) -> Iterable[str]:
        """Return the characters of a text in NFC, and the longest contraction where there is one."""
        contractions = self._contractions
        if contractions.keys().isdisjoint(text):
            return text
        parts: list[str] = []
        start = 0
        while start < len(text):
            part = first = text[start]
            for each in contractions.get(first, ()):
                if text.startswith(each, start):
                    part = each
                    break
            parts.append(part)
            start += len(part)
        return parts

    def _find_weights(self, text: str) -> Weights:
        """Return the weights of a contraction or of one character; of one without an entry, those of its parts."""
        own, root = self._own["elements"], self._root["elements"]
        entry = own.get(text, root.get(text))
        if entry is not None:
            return _joined([self._parse(each) for each in entry.split()])
        for record in (self._own, self._root):
            index = record.get("han", "").find(text)
            if index >= 0:
                primary = bytes([int(record["han_lead"], 16), index // _HAN_DIGITS + 3, index % _HAN_DIGITS + 3])
                return Weights(self._move(primary), (_COMMON,), (_COMMON,))
        parts = unicodedata.normalize("NFKD", text)
        if parts != text:
            return _joined([self._weights_of(each) for each in self._split(parts)])
        return Weights(_UNKNOWN + ord(text).to_bytes(3, "big"), (_COMMON,), (_COMMON,))

    def _parse(self, element: str) -> Weights:
        """Return the weights of one element of an entry."""
        primary, secondary, tertiary = (bytes.fromhex(each) for each in f"{element}//".split("/")[:3])
        if self._own.get("shifted") and b"" < primary < _FIRST_UNSHIFTED:
            return Weights(b"", (), ())
        tertiary = tertiary or _COMMON
        case = tertiary[0] ^ _CASE if self._own.get("upper_first") else tertiary[0] & ~_CASE
        weights = () if secondary == _NONE else (secondary or _COMMON,)
        return Weights(self._move(primary), weights, (bytes([case]) + tertiary[1:],))

    def _move(self, primary: bytes) -> bytes:
        """Return a primary behind the prefix that moves its script to the place that it has in this collation."""
        if primary < _FIRST_LETTER:
            return primary
        for start, end, prefix in self._scripts:
            if start <= primary < end:
                return prefix + primary
        return self._others + primary


def _joined(parts: Sequence[Weights]) -> Weights:
    """Return the weights of consecutive parts."""
    secondaries = tuple(weight for each in parts for weight in each.secondary)
    tertiaries = tuple(weight for each in parts for weight in each.tertiary)
    return Weights(b"".join(each.primary for each in parts), secondaries, tertiaries)


def _trim(weights: list[bytes]) -> None:
    """Remove the common weights at the end, which are the lowest: most names have no others."""
    while weights and weights[-1] == _COMMON:
        weights.pop()


@lru_cache(maxsize=_REMEMBERED_LANGUAGES)
def name_collation(language: str) -> str:
    """Return the name of the order of a language, with the version: `uk/48.1`; `root/48.1` without rules of its own."""
    names = parse_canonical_tag(language).locale_names()
    found = next((record for record in map(_find_record, names) if record is not None), {"collation": _ROOT})
    return f"{found['collation']}/{COLLATION_VERSION}"


@lru_cache(maxsize=_REMEMBERED_COLLATIONS)
def get_collation(name: str) -> Collation:
    """Return the collation of a name; LookupError for an unknown one, or one of another version."""
    locale, _, version = name.partition("/")
    own, root = _find_record(locale), _find_record(_ROOT)
    if own is None or root is None or version != COLLATION_VERSION:
        raise LookupError(name)
    return Collation(own, root)


def _find_record(name: str) -> CollationRecord | None:
    """Return the record of a locale, or of the one that has the same order; a search takes less than a millisecond."""
    content = pkgutil.get_data(__package__, _FILE) or b""
    start = content.find(f'{{"collation":"{name}",'.encode())
    if start < 0:
        return None
    record: CollationRecord = json.loads(content[start : content.index(b"\n", start)])
    return _find_record(record["same"]) if "same" in record else record
