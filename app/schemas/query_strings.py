"""Query strings of the links in responses: equal sets of parameters make equal URLs."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote_plus

SETS = frozenset({"section", "tag", "author", "label", "format", "language", "access", "exclude", "fields"})
"""Parameters whose values are a set: URLs have them sorted, each once."""

_PLAIN = re.compile(r"[A-Za-z0-9_.~-]*")
"""Characters that need no escape in a query string, which include every parameter name."""


def build_address(path: str, parameters: Iterable[tuple[str, Any]]) -> str:
    """Return the path with the parameters that have a value: equal sets of values make equal URLs."""
    pairs: list[str] = []
    for name, value in parameters:
        if isinstance(value, list):
            values = sorted(set(value)) if name in SETS else value
            pairs += [f"{name}={_text(each)}" for each in values]
        elif value is not None:
            pairs.append(f"{name}={_text(value)}")
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def _text(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if _PLAIN.fullmatch(text) else quote_plus(text)
