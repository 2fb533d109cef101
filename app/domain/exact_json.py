"""The member `extra` of articles: any JSON object, stored as text in its order and with its numbers as written.

Numbers of Python would lose digits: 18446744073709551617 becomes a float, and 1.10 becomes 1.1.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import orjson

from app.errors import InvalidValueError

MAX_EXTRA_BYTES: Final = 16 * 1024
MAX_EXTRA_DEPTH: Final = 8
_LINE_ENDS: Final = re.compile("[\x85\u2028\u2029]")
"""Characters that are valid in JSON and that many readers of lines treat as ends."""


class JsonNumber(str):
    """Number as it was written."""

    __slots__ = ()


def load_extra(text: str) -> Any:
    """Parse a stored `extra`; its numbers are `JsonNumber`."""
    return json.loads(text, parse_int=JsonNumber, parse_float=JsonNumber)


def dump_extra(value: object) -> str:
    """Return the text of an `extra`, in the order and with the numbers of the value.

    InvalidValueError for anything but an object, for more than MAX_EXTRA_DEPTH levels, and beyond MAX_EXTRA_BYTES.
    """
    if not isinstance(value, dict):
        raise InvalidValueError("Must be a JSON object.")
    written = _LINE_ENDS.sub(lambda end: f"\\u{ord(end[0]):04x}", _dump(value, MAX_EXTRA_DEPTH))
    if len(written.encode()) > MAX_EXTRA_BYTES:
        raise InvalidValueError(f"Must have at most {MAX_EXTRA_BYTES // 1024} KiB as JSON in UTF-8.")
    return written


def _dump(value: Any, depth: int) -> str:
    if not isinstance(value, dict | list):
        return value if isinstance(value, JsonNumber) else orjson.dumps(value).decode()
    if not depth:
        raise InvalidValueError(f"Must have at most {MAX_EXTRA_DEPTH} levels of objects and arrays.")
    if isinstance(value, list):
        return f"[{','.join([_dump(each, depth - 1) for each in value])}]"
    members = (f"{orjson.dumps(name).decode()}:{_dump(each, depth - 1)}" for name, each in value.items())
    return f"{{{','.join(members)}}}"


def _holders_of_extra(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects whose `extra` is the article's: an article, and the contents of its revisions."""
    if isinstance(value, dict):
        yield value
        revisions = value.get("revisions")
        for revision in revisions if isinstance(revisions, list) else ():
            if isinstance(revision, dict) and isinstance(revision.get("content"), dict):
                yield revision["content"]


def restore_numbers(value: Any, raw: bytes) -> None:
    """Replace the numbers of each `extra` in a parsed record by `JsonNumber`; `raw` is its JSON text in UTF-8.

    InvalidValueError for a text nested so deeply that it cannot be parsed again.
    """
    if not any("extra" in holder for holder in _holders_of_extra(value)):
        return
    try:
        written = load_extra(raw.decode())
    except RecursionError:
        raise InvalidValueError("nested too deeply") from None
    for holder, exact in zip(_holders_of_extra(value), _holders_of_extra(written), strict=True):
        if "extra" in holder:
            holder["extra"] = exact["extra"]
