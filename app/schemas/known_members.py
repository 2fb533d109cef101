"""Known members of a model at the location of an error, for the suggestion of the nearest one."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter

from app.domain.body.list_block import ITEM_TAGS

MAX_NAME_CHARACTERS: Final = 100
"""Names longer than this are compared with none: the comparison takes the square of their length."""

Location = tuple[int | str, ...]


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is spelt most like this one, None if none is near."""
    if len(name) > MAX_NAME_CHARACTERS:
        return None
    by_lower = {each.lower(): each for each in known}
    near = get_close_matches(name.lower().replace("-", "_"), by_lower, 1)
    return by_lower[near[0]] if near else None


def suggest(name: str, known: Iterable[str]) -> str:
    """Return the sentence that names the nearest known name, or nothing."""
    near = nearest_name(name, known)
    return "" if near is None else f" Did you mean '{near}'?"


def members_at(model: Any, location: Location) -> frozenset[str]:
    """Return the names of the members that this model has at a location of pydantic, which includes types of blocks."""
    schema = _schema(model)
    nodes = list(_alternatives(schema, schema))
    for step in location:
        if step in ITEM_TAGS:  # no step of the document, where both forms of an item are alternatives
            continue
        nodes = [option for node in nodes for child in _step(node, step) for option in _alternatives(child, schema)]
    return frozenset(name for node in nodes for name in node.get("properties", ()))


@lru_cache(maxsize=64)
def _schema(model: Any) -> Mapping[str, Any]:
    if isinstance(model, TypeAdapter):
        return model.json_schema(by_alias=True)
    is_model = isinstance(model, type) and issubclass(model, BaseModel)
    return model.model_json_schema(by_alias=True) if is_model else {}


def _alternatives(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the schemas that a value may have here: references resolved, alternatives apart."""
    if "$ref" in node:
        yield from _alternatives(schema["$defs"][node["$ref"].rpartition("/")[2]], schema)
        return
    yield node
    for option in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _alternatives(option, schema)


def _step(node: Mapping[str, Any], step: int | str) -> Iterator[Mapping[str, Any]]:
    if isinstance(step, int):
        yield from [node["items"]] if "items" in node else []
    elif step in node.get("properties", {}):
        yield node["properties"][step]
    elif step in node.get("discriminator", {}).get("mapping", {}):
        yield {"$ref": node["discriminator"]["mapping"][step]}
