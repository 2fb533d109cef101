"""Request rates as operators write them."""

import re

from app.errors import InvalidValueError

_RATE = re.compile(r"([1-9][0-9]{0,8})\s*/\s*(second|minute|hour|day)")


def parse_rate(text: str) -> str | None:
    """Parse a rate such as `600/minute` into its plain form, None for an empty text; else InvalidValueError."""
    if not text.strip():
        return None
    match = _RATE.fullmatch(text.strip())
    if match is None:
        raise InvalidValueError(
            "A rate must be written like 600/minute: a number, a slash, and second, minute, hour or day."
        )
    return f"{match[1]}/{match[2]}"
