"""Parser of incoming JSON texts: UTF-8, and no member of an object twice."""

import json
import re
from typing import Any, Final

import orjson

from app.errors import InvalidValueError

_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)


def load_json(raw: bytes) -> Any:
    """Parse a JSON text; InvalidValueError describes the error, and names a repeated member.

    RFC 8259 leaves the meaning of a repeated member open; parsers use the last one and ignore the others.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InvalidValueError(_explain(raw, error)) from None
    if _STRING.sub(b"", raw).count(b":") != _count_members(value):
        raise InvalidValueError(f"the member '{_repeated_member(raw)}' is repeated in one object")
    return value


def _explain(raw: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        raw.decode()
    except UnicodeDecodeError as flaw:
        octet, column = raw[flaw.start], flaw.start + 1
        return (
            f"not UTF-8: octet 0x{octet:02X} in column {column}; "
            "text in Latin-1 or Windows-1252 has to be converted first"
        )
    return f"not JSON ({error})"


def _count_members(value: Any) -> int:
    """Count the members of the objects in a value, without recursion: JSON may be nested deeply."""
    count = 0
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            count += len(each)
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return count


def _repeated_member(raw: bytes) -> str:
    repeated: list[str] = []

    def find(pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                repeated.append(name)
            seen.add(name)

    try:
        json.loads(raw, object_pairs_hook=find)
    except (ValueError, RecursionError):
        return "?"
    return repeated[0][:80] if repeated else "?"
