"""Header fields of responses in the document: caching, origins, validators, links, locations, those of problems."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from app.api.http.private_responses import is_editorial_path
from app.api.http.responses import link_target
from app.api.openapi.completion import SCHEMAS, path_examples
from app.schemas.types import MAX_HREF

_REVISED = {"revision", "modified_at"}
"""Members of resources whose revision is their entity tag."""


class _Field(NamedTuple):
    """A header field of a response, with its description, an example, and the schema of its values."""

    name: str
    description: str
    example: str | int
    schema: Mapping[str, Any]


_SECONDS = {"type": "integer", "format": "int32", "minimum": 1, "maximum": 86_400}
_URLS = {"type": "string", "maxLength": MAX_HREF}
_TAG = {"type": "string", "pattern": '^"[!#-~]+"$', "maxLength": 64}
_CHALLENGE = {"type": "string", "pattern": "^Bearer", "maxLength": 300}
_DIRECTIVES = {"type": "string", "pattern": "^[a-z]", "maxLength": 200}
_STRUCTURED = {"type": "string", "pattern": '^"', "maxLength": 200}

_OF_PROBLEM = {
    "401": (
        _Field("WWW-Authenticate", "`Bearer`, with `invalid_token` for a key that is not valid.", "Bearer", _CHALLENGE),
    ),
    "429": (_Field("Retry-After", "Seconds after which to repeat the request.", 12, _SECONDS),),
    "503": (_Field("Retry-After", "Seconds after which to repeat the request.", 1, _SECONDS),),
}
_WHERE_LIMITED = (
    "Present where a setting limits requests: on responses of `/v1/editorial`, on all others where a setting requires "
    "a key for reading, and on 429."
)
_LIMITS = (
    _Field(
        "RateLimit",
        f"The remaining quota, and the seconds until it is renewed. {_WHERE_LIMITED}",
        '"key";r=0;t=12',
        _STRUCTURED,
    ),
    _Field(
        "RateLimit-Policy", f"The quota, and its window in seconds. {_WHERE_LIMITED}", '"key";q=600;w=60', _STRUCTURED
    ),
)
"""The quota of the client, which no response that caches share may contain."""
_ORIGIN = _Field(
    "Access-Control-Allow-Origin",
    "`*`: scripts of any origin may read the response. If a setting lists origins: that of the request if it is "
    "listed, with `Access-Control-Allow-Credentials` and `Vary: Origin`; absent for others.",
    "*",
    {"type": "string", "pattern": "^([*]|https?://[^/]+)$", "maxLength": 300},
)
_STORED = _Field(
    "Cache-Control",
    "How long caches may store the response. `max-age` counts down to a scheduled publication that changes it, then "
    "without `stale-while-revalidate`. `private` in place of `public` where a setting requires a key for reading.",
    "public, max-age=30, stale-while-revalidate=60, stale-if-error=600",
    _DIRECTIVES,
)
_REVALIDATED = _Field(
    "Cache-Control",
    "`no-cache`: caches revalidate the response before each use, so that published and restored articles show at once.",
    "no-cache",
    _DIRECTIVES,
)
_UNSTORED = _Field("Cache-Control", "`no-store`: no cache stores the response.", "no-store", _DIRECTIVES)
_IN_PROGRESS = _Field(
    "Retry-After", "With `request-in-progress`: seconds after which to repeat the request.", 1, _SECONDS
)
_VALIDATOR = _Field(
    "ETag",
    "Strong validator for `If-None-Match`, another for each content coding.",
    '"8d5f0c2a9b714e36a0d1c7e52b9f4438"',
    _TAG,
)
_REVISION = _Field("ETag", "The revision, for `If-Match`.", '"2"', _TAG)
_INSUFFICIENT = _Field(
    "WWW-Authenticate",
    "`insufficient_scope`, with the scopes of which one suffices; without them if the key is bound to other editions.",
    'Bearer error="insufficient_scope"',
    _CHALLENGE,
)
_NEXT = _Field(
    "Link",
    'The URL of `next` with `rel="next"`; absent on the last page.',
    '<{path}?cursor=AZk2…>; rel="next"',
    _URLS,
)
_BESIDE = _Field(
    "Link",
    'The URLs of `newer_page` with `rel="prev"` and of `next` with `rel="next"`; absent without either.',
    '<{path}?cursor=BCk7…>; rel="prev", <{path}?cursor=AZk2…>; rel="next"',
    _URLS,
)
_MODIFIED = _Field(
    "Last-Modified",
    "When the resource last changed, for `If-Modified-Since`.",
    "Fri, 20 Nov 2026 08:15:00 GMT",
    {"type": "string", "pattern": "^[A-Z][a-z]{2}, .+ GMT$", "maxLength": 29},
)
_ALTERNATES = _Field("Link", "The URLs of `alternates` with their relation and media type.", "", _URLS)
_MOVED = _Field("Location", "The current URL, with the same query.", "/v1/articles/budget-passes-by-one-vote", _URLS)
_CREATED = _Field("Location", "The URL of what was created, its `href`.", "/v1/editorial/tags/night-buses", _URLS)
_REPLAYED = _Field(
    "Idempotent-Replayed",
    "`true` where it repeats the response of an earlier request; absent otherwise.",
    "true",
    {"type": "string", "enum": ["true"]},
)


def entry_fields(example: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the header fields of a single edition, author, section or tag whose response is like the example."""
    links = (link_target(each["href"], each["rel"], each["type"]) for each in example["alternates"])
    fields = (_MODIFIED, _ALTERNATES._replace(example=", ".join(links)))
    return {field.name: _header(field, "") for field in fields}


def add_response_fields(document: dict[str, Any]) -> None:
    """Add the header fields that clients need to the responses of each operation."""
    schemas = document["components"]["schemas"]
    for path, item in document["paths"].items():
        for spec in item.values():
            address = path.format(**path_examples(spec))
            for status, response in spec["responses"].items():
                fields = [
                    *_shared_fields(path, spec, status),
                    *_OF_PROBLEM.get(status, ()),
                    *_fields(spec, status, response, schemas),
                ]
                if fields:
                    own = response.get("headers", {})
                    response["headers"] = own | {field.name: _header(field, address) for field in fields}


def _shared_fields(path: str, spec: Mapping[str, Any], status: str) -> Iterator[_Field]:
    """Yield what browsers and caches do with the response, and the quota."""
    if not path.startswith("/health"):
        yield _ORIGIN
        if not status.startswith("5"):
            yield from _LIMITS
    if _is_cacheable(spec) and status in {"200", "304", "308"}:
        yield _STORED
    elif status.startswith("2"):
        yield _UNSTORED
    elif status in {"404", "410"} and not is_editorial_path(path):
        yield _REVALIDATED


def _is_cacheable(spec: Mapping[str, Any]) -> bool:
    return str(int(HTTPStatus.NOT_MODIFIED)) in spec["responses"]


def _fields(
    spec: Mapping[str, Any], status: str, response: Mapping[str, Any], schemas: Mapping[str, Any]
) -> Iterator[_Field]:
    names = {each["name"] for each in spec.get("parameters", [])}
    is_cacheable = _is_cacheable(spec)
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
    example = field.example.replace("{path}", path) if isinstance(field.example, str) else field.example
    return {"description": field.description, "schema": dict(field.schema), "example": example}
