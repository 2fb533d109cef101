"""Components that operations share: equal header fields, responses and parameters stand once, behind a `$ref`.

Every operation has the same dozen parameters and problems. Written out in each of them they are half of the document,
and generators make a type of each copy.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final, NamedTuple

import orjson

from app.server.refusals import PROBLEM_TYPE

Spec = Mapping[str, Any]

_OF_OPERATION: Final = frozenset({"200", "201"})
"""Statuses whose responses stay in their operation, where readers expect what it returns."""


class _Part(NamedTuple):
    """A part of an operation that a reference can replace: where it stands, its name, and the operation's."""

    holder: Any
    key: Any
    name: str
    operation_id: str


def share_components(document: dict[str, Any]) -> None:
    """Move parts that occur in several operations among the components.

    A component has the name of its field, problem or parameter. Where that name has several meanings, those after the
    first add the operation that has it first: `limit.list_articles`.
    """
    specs = [spec for item in document["paths"].values() for spec in item.values()]
    for kind, find_parts in _KINDS.items():
        shared = _share(find_parts(specs), f"#/components/{kind}/")
        document["components"][kind] = {**document["components"].get(kind, {}), **shared}


def _share(parts: Iterable[_Part], reference: str) -> dict[str, Any]:
    equal: dict[bytes, list[_Part]] = defaultdict(list)
    for part in parts:
        equal[orjson.dumps(part.holder[part.key], option=orjson.OPT_SORT_KEYS)].append(part)
    components: dict[str, Any] = {}
    for first, *others in (group for group in equal.values() if len(group) > 1):
        name = f"{first.name}.{first.operation_id}" if first.name in components else first.name
        components[name] = first.holder[first.key]
        for part in (first, *others):
            part.holder[part.key] = {"$ref": reference + name}
    return dict(sorted(components.items()))


def _header_fields(specs: Iterable[Spec]) -> Iterator[_Part]:
    for spec in specs:
        for response in spec["responses"].values():
            fields = response.get("headers", {})
            yield from (_Part(fields, name, name, spec["operationId"]) for name in fields)


def _responses(specs: Iterable[Spec]) -> Iterator[_Part]:
    for spec in specs:
        for status, response in spec["responses"].items():
            if status not in _OF_OPERATION:
                yield _Part(spec["responses"], status, _response_name(status, response), spec["operationId"])


def _response_name(status: str, response: Spec) -> str:
    problem = response.get("content", {}).get(PROBLEM_TYPE)
    name = HTTPStatus(int(status)).phrase if problem is None else problem["example"]["type"].rpartition("/")[2]
    return name.title().replace("-", "").replace(" ", "")


def _parameters(specs: Iterable[Spec]) -> Iterator[_Part]:
    for spec in specs:
        parameters = spec.get("parameters", [])
        yield from (
            _Part(parameters, position, each["name"], spec["operationId"]) for position, each in enumerate(parameters)
        )


_KINDS: Final[Mapping[str, Callable[[Iterable[Spec]], Iterator[_Part]]]] = {
    "headers": _header_fields,
    "responses": _responses,
    "parameters": _parameters,
}
"""The kinds of components, those inside of others first."""
