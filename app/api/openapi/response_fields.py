"""Header fields of responses in the document: validators, links, locations, and those of problems."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from app.api.openapi.completion import SCHEMAS, path_examples

_REVISED = {"revision", "modified_at"}
"""Members of resources whose revision is their entity tag."""


class _Field(NamedTuple):
    """A header field of a response, with its description and an example."""

    name: str
    description: str
    example: str


_OF_PROBLEM = {
    "401": _Field("WWW-Authenticate", "`Bearer`, with `invalid_token` for a key that is not valid.", "Bearer"),
    "429": _Field("Retry-After", "Seconds after which to repeat the request.", "12"),
    "503": _Field("Retry-After", "Seconds after which to repeat the request.", "1"),
}
_IN_PROGRESS = _Field("Retry-After", "With `request-in-progress`: seconds after which to repeat the request.", "1")
_VALIDATOR = _Field(
    "ETag",
    "Strong validator for `If-None-Match`, another for each content coding.",
    '"8d5f0c2a9b714e36a0d1c7e52b9f4438"',
)
_REVISION = _Field("ETag", "The revision, for `If-Match`.", '"2"')
_INSUFFICIENT = _Field(
    "WWW-Authenticate",
    "`insufficient_scope`, with the scopes of which one suffices; without them if the key is bound to other editions.",
    'Bearer error="insufficient_scope"',
)
_NEXT = _Field(
    "Link", 'The URL of `next` with `rel="next"`; absent on the last page.', '<{path}?cursor=AZk2…>; rel="next"'
)
_BESIDE = _Field(
    "Link",
    'The URLs of `newer_page` with `rel="prev"` and of `next` with `rel="next"`; absent without either.',
    '<{path}?cursor=BCk7…>; rel="prev", <{path}?cursor=AZk2…>; rel="next"',
)
_MOVED = _Field("Location", "The current URL, with the same query.", "/v1/articles/budget-passes-by-one-vote")
_CREATED = _Field("Location", "The URL of what was created, its `href`.", "/v1/editorial/tags/night-buses")
_REPLAYED = _Field("Idempotent-Replayed", "`true` where it repeats the response of an earlier request.", "true")


def add_response_fields(document: dict[str, Any]) -> None:
    """Add the header fields that clients need to the responses of each operation."""
    schemas = document["components"]["schemas"]
    for path, item in document["paths"].items():
        for spec in item.values():
            address = path.format(**path_examples(spec))
            for status, response in spec["responses"].items():
                fields = {field.name: _header(field, address) for field in _fields(spec, status, response, schemas)}
                if fields:
                    response["headers"] = response.get("headers", {}) | fields


def _fields(
    spec: Mapping[str, Any], status: str, response: Mapping[str, Any], schemas: Mapping[str, Any]
) -> Iterator[_Field]:
    names = {each["name"] for each in spec.get("parameters", [])}
    is_cacheable = str(int(HTTPStatus.NOT_MODIFIED)) in spec["responses"]
    if status in _OF_PROBLEM:
        yield _OF_PROBLEM[status]
    if status == "403":
        scopes = " ".join(scope for way in spec["security"] for names in way.values() for scope in names)
        yield _INSUFFICIENT._replace(example=f'{_INSUFFICIENT.example}, scope="{scopes}"')
    if status == "409" and "Idempotency-Key" in names:
        yield _IN_PROGRESS
    if status in {"200", "304"} and is_cacheable:
        yield _VALIDATOR
    example = _example(response)
    if status in {"200", "201"} and not is_cacheable and _is_revised(response, schemas):
        yield _REVISION._replace(example=f'"{example.get("revision", 2)}"')
    if status == "200" and "cursor" in names:
        yield _BESIDE if "newer_page" in example else _NEXT
    if status == "201":
        yield _CREATED._replace(example=example.get("href", _CREATED.example))
        if "Idempotency-Key" in names:
            yield _REPLAYED
    if status == "308":
        yield _MOVED


def _example(response: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the object that is the example of a response; an empty one where it has none."""
    examples = (each.get("example") for each in response.get("content", {}).values())
    return next((each for each in examples if isinstance(each, dict)), {})


def _is_revised(response: Mapping[str, Any], schemas: Mapping[str, Any]) -> bool:
    contents = response.get("content", {}).values()
    names = [each["schema"].get("$ref", "").removeprefix(SCHEMAS) for each in contents if "schema" in each]
    return any(schemas.get(name, {}).get("properties", {}).keys() >= _REVISED for name in names)


def _header(field: _Field, path: str) -> dict[str, Any]:
    schema = {"type": "string", "maxLength": 65_536}
    return {"description": field.description, "schema": schema, "example": field.example.replace("{path}", path)}
