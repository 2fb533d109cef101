"""The API's own document in tests: operations, schemas, validation."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import jsonschema
from fastapi.routing import iter_route_contexts

from app.api.openapi.operations import OperationTypes, types_of
from app.api.router import iter_routes
from tests.conftest import app_of

Json = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "patch")


def operation_types() -> list[OperationTypes]:
    """Return the types of the query, the body and the response of every route that has any."""
    found = (types_of(each.original_route) for each in iter_route_contexts(list(iter_routes(app_of(0)[0]))))
    return [each for each in found if each is not None]


class Operation(NamedTuple):
    """One operation of the document."""

    method: str
    path: str
    spec: Json

    @property
    def name(self) -> str:
        """Return its operation id."""
        return str(self.spec["operationId"])

    @property
    def query(self) -> dict[str, Json]:
        """Return its query parameters by name."""
        return {each["name"]: each for each in self.spec.get("parameters", []) if each["in"] == "query"}


def operations(document: Json) -> list[Operation]:
    """Return every operation of a document, with the shared parts that it refers to."""
    return [
        Operation(method, path, _resolved(document, spec))
        for path, item in document["paths"].items()
        for method, spec in item.items()
        if method in METHODS
    ]


def _resolved(document: Json, spec: Json) -> Json:
    """Return an operation with its shared parameters, responses and header fields in place of their references."""
    responses = {status: resolve(document, each) for status, each in spec["responses"].items()}
    for status, response in responses.items():
        if "headers" in response:
            headers = {name: resolve(document, each) for name, each in response["headers"].items()}
            responses[status] = {**response, "headers": headers}
    found = {**spec, "responses": responses}
    if "parameters" in spec:
        found["parameters"] = [resolve(document, each) for each in spec["parameters"]]
    return found


def resolve(document: Json, part: Json) -> Json:
    """Return a part of a document; the component if it is a reference to one."""
    if "$ref" not in part:
        return part
    _, _, kind, name = part["$ref"].split("/")
    found: Json = document["components"][kind][name]
    return found


def contents(operation: Operation) -> Iterator[tuple[str, str, Json]]:
    """Return the bodies of an operation's responses: status, media type, and their description in the document."""
    for status, response in operation.spec["responses"].items():
        for kind, content in response.get("content", {}).items():
            yield status, kind, content


_latest: tuple[Json, jsonschema.Draft202012Validator] | None = None
"""The validator of the latest document: closing its components takes longer than most validations."""


def validator(document: Json, schema: Json) -> jsonschema.Draft202012Validator:
    """Return a validator for a schema of the document that refuses members which the document does not have."""
    global _latest  # noqa: PLW0603 - a cache of one entry
    if _latest is None or _latest[0] is not document:
        whole = {"components": _closed(document["components"])}
        _latest = document, jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())
    return _latest[1].evolve(schema=_closed(schema))


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    closed = {name: _closed(value) for name, value in node.items()}
    if isinstance(node.get("properties"), dict) and "type" in node:
        closed.setdefault("additionalProperties", False)
    return closed
