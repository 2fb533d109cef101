"""Header fields (RFC 9110, section 5), checked before a request so that no error contains the value of one."""

import re
from collections.abc import Mapping

NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VALUE = re.compile(r"[!-~]+(?:[ \t]+[!-~]+)*|")
API_KEY = re.compile(r"[!-~]+")


def check_header_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """Return header fields; ValueError for a name or a value that HTTP does not allow, without the value."""
    for name, value in fields.items():
        if not NAME.fullmatch(name):
            raise ValueError(f"Not the name of a header field: {name!r}.")
        if not VALUE.fullmatch(value):
            raise ValueError(
                f"The header field {name} must be ASCII, without control characters and without spaces at its ends."
            )
    return dict(fields)


def make_authorization(api_key: str) -> str:
    """Return the Authorization of an API key; ValueError, without the key, if it is empty or has other characters."""
    if not API_KEY.fullmatch(api_key):
        raise ValueError("api_key must be visible ASCII characters, without spaces and line ends: strip it.")
    return f"Bearer {api_key}"
