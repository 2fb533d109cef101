"""Absolute links in stored blocks: only those inside inline HTML may be relative, other members hold absolute URLs."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

from app.domain.html.links import absolute_links


def resolve_links(blocks: Iterable[Any], base: str) -> Any:
    """Return the blocks with the links of their inline HTML resolved against a URL; they are changed in place.

    Links within the body (`#…`) stay, because their targets are in the body as well.
    """
    resolve = partial(absolute_links, base=base, leaves_fragments=True)
    for block in blocks:
        if block["type"] in _RESOLVERS:
            _RESOLVERS[block["type"]](block, resolve)
    return blocks


Resolve = Callable[[str], str]


def _resolve_prose(block: Any, resolve: Resolve) -> None:
    if block["html"]:
        block["html"] = resolve(block["html"])


def _resolve_list(block: Any, resolve: Resolve) -> None:
    block["items"] = [_resolved_item(item, resolve) for item in block["items"]]


def _resolved_item(item: Any, resolve: Resolve) -> Any:
    if isinstance(item, str):
        return resolve(item)
    _resolve_list(item["list"], resolve)
    return {**item, "html": resolve(item["html"])}


def _resolve_table(block: Any, resolve: Resolve) -> None:
    block["head"] = [resolve(cell) for cell in block["head"]]
    block["rows"] = [[resolve(cell) for cell in row] for row in block["rows"]]


def _resolve_quote(block: Any, resolve: Resolve) -> None:
    for quoted in block["blocks"]:
        if quoted["type"] in _RESOLVERS:
            _RESOLVERS[quoted["type"]](quoted, resolve)


_RESOLVERS: Final[Mapping[str, Callable[[Any, Resolve], None]]] = {
    "paragraph": _resolve_prose,
    "heading": _resolve_prose,
    "embed": _resolve_prose,
    "list": _resolve_list,
    "table": _resolve_table,
    "quote": _resolve_quote,
}
