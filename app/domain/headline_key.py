"""Search key of a headline: equal for headlines that differ in case or in the form of their characters alone."""

from typing import Final
from unicodedata import normalize

MAX_KEY_CHARACTERS: Final = 200
_AFTER_EVERY_CHARACTER: Final = "\U0010ffff"


def headline_key(text: str) -> str:
    """Return the beginning of a headline or of its prefix in compatibility form (NFKC) and without case."""
    return normalize("NFKC", normalize("NFKC", text).casefold())[:MAX_KEY_CHARACTERS]


def end_of_prefix(key: str) -> str:
    """Return a text that is greater than every key with this prefix, compared by code points."""
    return key + _AFTER_EVERY_CHARACTER
