"""Digits of the decimal numbering systems of CLDR."""

from functools import cache
from typing import Final

_ZEROS: Final = {
    "adlm": 0x1E950,
    "arab": 0x0660,
    "arabext": 0x06F0,
    "beng": 0x09E6,
    "cakm": 0x11136,
    "deva": 0x0966,
    "fullwide": 0xFF10,
    "gujr": 0x0AE6,
    "guru": 0x0A66,
    "hmnp": 0x1E140,
    "khmr": 0x17E0,
    "knda": 0x0CE6,
    "laoo": 0x0ED0,
    "latn": 0x0030,
    "mlym": 0x0D66,
    "mong": 0x1810,
    "mtei": 0xABF0,
    "mymr": 0x1040,
    "nkoo": 0x07C0,
    "olck": 0x1C50,
    "orya": 0x0B66,
    "tamldec": 0x0BE6,
    "telu": 0x0C66,
    "thai": 0x0E50,
    "tibt": 0x0F20,
}
"""The digit zero of each system by its CLDR name; the other nine follow it in Unicode."""


def is_numbering_system(name: str) -> bool:
    """Return whether the digits of this system are known here."""
    return name in _ZEROS


def write_digits(text: str, numbering_system: str) -> str:
    """Return the text with its ASCII digits in a numbering system; unchanged where the system is not known here."""
    return text if numbering_system == "latn" else text.translate(_table(numbering_system))


@cache
def _table(numbering_system: str) -> dict[int, str]:
    zero = _ZEROS.get(numbering_system, ord("0"))
    return {ord("0") + digit: chr(zero + digit) for digit in range(10)}
