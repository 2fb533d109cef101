"""Comparison of an example's members with those of a response."""

import json
from collections.abc import Iterator
from typing import Any

from tests.syndication.standards import read_xml

MAPS = frozenset({"strings", "plurals", "texts", "disclaimers", "content"})
"""Members that map names to values: an example holds a few of them."""


def differences(example: Any, response: Any, where: str = "") -> Iterator[str]:
    """Return the paths at which members of an example differ from the response; null matches any value.

    An item of a list is compared with the first of the other list of its `type`, `rel` and `role`.
    """
    if isinstance(example, dict) and isinstance(response, dict):
        only = example.keys() ^ response.keys()
        if only and where.rpartition(".")[2] not in MAPS:
            yield f"{where}: {sorted(only)} only in one of the two"
        for name in example.keys() & response.keys():
            yield from differences(example[name], response[name], f"{where}.{name}")
    elif isinstance(example, list) and isinstance(response, list):
        for number, item in enumerate(example):
            other = next((each for each in response if _kind(each) == _kind(item)), None)
            if other is not None:
                yield from differences(item, other, f"{where}.{number}")
    elif example is not None and response is not None and _basis(example) is not _basis(response):
        yield f"{where}: {example!r} is not of the type of {response!r}"


def document_differences(example: str, response: bytes) -> Iterator[str]:
    """Return differences of an XML example from the response: its root, and unknown elements or attributes."""
    one, other = read_xml(example.encode()), read_xml(response)
    if one.tag != other.tag or one.nsmap != other.nsmap:
        yield f"<{one.tag} {one.nsmap}> is not <{other.tag} {other.nsmap}>"
    invented = set(_names(one)) - set(_names(other))
    if invented:
        yield f"{sorted(invented)} only in the example"


def answer_of(kind: str, content: bytes) -> Any:
    """Return the comparable part of a response: JSON, or the first line of several."""
    return json.loads(content.splitlines()[0] if kind == "application/jsonl" else content)


def _names(root: Any) -> Iterator[str]:
    for element in root.iter("{*}*"):
        yield f"<{element.tag}>"
        yield from (f"{element.tag} {name}" for name in element.attrib)


def _kind(item: Any) -> Any:
    return (item.get("type"), item.get("rel"), item.get("role")) if isinstance(item, dict) else type(item)


def _basis(value: Any) -> type:
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)
