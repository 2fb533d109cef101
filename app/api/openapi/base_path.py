"""The OpenAPI document below a base path: its server, the links in its examples, and the pattern of problem types."""

import re
from collections.abc import Mapping
from typing import Any, Final

from app.net.base_path import OWN_SEGMENTS

_LINK: Final = re.compile(
    rf'(?:^|(?<=<)|(?<="href":"))/(?=(?:{"|".join(map(re.escape, sorted(OWN_SEGMENTS)))})(?:[/?]|$))'
)
"""The start of a path of this API: an example itself, in a Link field, or in an event of the stream."""
_EXAMPLES: Final = frozenset({"example", "examples"})
_PROBLEM_TYPE: Final = "^/problems/"


def add_base_path(document: Mapping[str, Any], base_path: str) -> dict[str, Any]:
    """Return the document of an installation whose public URL has this path."""
    moved: dict[str, Any] = _move(document, base_path)
    moved["servers"] = [{**moved["servers"][0], "url": base_path}]
    return moved


def _move(node: Any, base_path: str) -> Any:
    if isinstance(node, list):
        return [_move(each, base_path) for each in node]
    if not isinstance(node, Mapping):
        return node
    moved: dict[str, Any] = {}
    for name, value in node.items():
        if name in _EXAMPLES:
            moved[name] = _move_links(value, base_path)
        elif name == "pattern" and isinstance(value, str) and value.startswith(_PROBLEM_TYPE):
            moved[name] = f"^{base_path.replace('.', '[.]')}{value.removeprefix('^')}"
        else:
            moved[name] = _move(value, base_path)
    return moved


def _move_links(example: Any, base_path: str) -> Any:
    """Return an example whose links have the base path."""
    if isinstance(example, str):
        return _LINK.sub(f"{base_path}/", example)
    if isinstance(example, list):
        return [_move_links(each, base_path) for each in example]
    if isinstance(example, Mapping):
        return {name: _move_links(value, base_path) for name, value in example.items()}
    return example
