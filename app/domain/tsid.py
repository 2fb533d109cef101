"""TSIDs as article ids: 63-bit integers, written as 13 characters of Crockford base32 in the same order."""

import re
from random import getrandbits

from app.errors import InvalidValueError

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
EPOCH_MS = 1_577_836_800_000  # 2020-01-01T00:00:00Z
RANDOM_BITS = 22  # 41 bits of milliseconds reach the year 2089, 22 keep processes apart
LENGTH = 13
MAX_ID = 2**63 - 1

ID_PATTERN = rf"[0-7][{ALPHABET}]{{{LENGTH - 1}}}"

_PATTERN = re.compile(ID_PATTERN)
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]


def format_id(number: int) -> str:
    """Return the public form of an id: lower case, fixed width, in the order of the numbers."""
    pairs = _PAIRS
    high, low = number >> 30, number & 0x3FFF_FFFF  # shifts are fast for numbers of up to 30 bits
    high, middle = high >> 20, high & 0xF_FFFF
    return (
        f"{ALPHABET[high >> 10]}{pairs[high & 1023]}{pairs[middle >> 10]}{pairs[middle & 1023]}"
        f"{pairs[low >> 20]}{pairs[low >> 10 & 1023]}{pairs[low & 1023]}"
    )


def parse_id(text: str) -> int:
    """Parse a public id; InvalidValueError for any other text."""
    if not is_id(text):
        raise InvalidValueError(
            f"'{text[:40]}' is not an article id: 13 characters such as 01m8x3c7k2v9q are expected."
        )
    number = 0
    for character in text:
        number = number << 5 | _VALUES[character]
    return number


def is_id(text: str) -> bool:
    """Return whether a text has the format of an id, which no slug may have."""
    return _PATTERN.fullmatch(text) is not None


class TsidGenerator:
    """Generator of ids that increase strictly within one process."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, now: int) -> int:
        """Return a new id for the instant `now` (microseconds)."""
        milliseconds = max(now // 1000 - EPOCH_MS, 0)
        number = milliseconds << RANDOM_BITS | getrandbits(RANDOM_BITS)
        self._last = max(number, self._last + 1)
        return self._last
