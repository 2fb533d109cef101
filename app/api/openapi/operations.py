"""The types of operations in the OpenAPI document, whose schemas are built when the document is first requested.

An `OrdinaryRoute` has them in its signature. The public reads under /v1 are the exception: they parse their query
strings themselves and declare their types beside their signature (`operation`), because FastAPI's query models cost
100 µs a request (decision 24). A test compares their declarations, their parsers and the document.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Literal, NamedTuple

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, TypeAdapter

from app.api.http.route import OrdinaryRoute
from app.api.openapi.completion import SCHEMAS
from app.api.openapi.request_bodies import request_body
from app.api.router import iter_routes
from app.schemas.params import ArticleFilterParams


class OperationTypes(NamedTuple):
    """Types of an operation: of its query, its successful response, and its body with an example."""

    query: type[BaseModel] | None
    response: Any
    body: type[BaseModel] | None
    body_example: Mapping[str, Any] | None


class OperationExtras(dict[str, Any]):
    """The types of an operation, as the members that FastAPI adds to it: none."""

    def __init__(self, types: OperationTypes) -> None:
        super().__init__()
        self.types = types


class Operation(NamedTuple):
    """An operation of the document, with its route and the types of the route."""

    spec: dict[str, Any]
    route: APIRoute
    types: OperationTypes


def iter_operations(document: Mapping[str, Any], app: FastAPI) -> Iterator[Operation]:
    """Yield every operation of the document whose route has types."""
    for context in iter_route_contexts(list(iter_routes(app))):
        route, operation = context.original_route, document["paths"].get(context.path_format, {})
        types = types_of(route)
        if types is None or not isinstance(route, APIRoute):
            continue
        for method in sorted(operation.keys() & {name.lower() for name in context.methods or ()}):
            yield Operation(operation[method], route, types)


def types_of(route: object) -> OperationTypes | None:
    """Return the types of a route: those of its signature, or those that it declares; None where it has neither."""
    if isinstance(route, OrdinaryRoute):
        query, body, body_example, response = route.types
        return OperationTypes(query, response, body, body_example)
    if isinstance(route, APIRoute) and isinstance(route.openapi_extra, OperationExtras):
        return route.openapi_extra.types
    return None


def add_schemas(document: dict[str, Any], app: FastAPI) -> None:
    """Add parameters, bodies and responses to the operations, and the models of responses to the schemas."""
    operations = list(iter_operations(document, app))
    for operation, _, types in operations:
        if types.query is not None and types.query.model_fields:
            in_path = operation.get("parameters", [])
            named = {each["name"] for each in in_path}
            operation["parameters"] = [
                *in_path,
                *(each for each in query_parameters(types.query) if each["name"] not in named),
            ]
        if types.body is not None:
            operation["requestBody"] = request_body(types.body, types.body_example)
    _add_responses(document, [each for each in operations if each.types.response is not None])


def _add_responses(document: dict[str, Any], operations: list[Operation]) -> None:
    inputs: list[tuple[str, Literal["serialization"], TypeAdapter[Any]]] = [
        (str(number), "serialization", TypeAdapter(each.types.response)) for number, each in enumerate(operations)
    ]
    answers, models = TypeAdapter.json_schemas(inputs, ref_template=SCHEMAS + "{model}")
    for number, (operation, route, _) in enumerate(operations):
        success, status = operation["responses"][str(route.status_code)], route.status_code or HTTPStatus.OK
        kinds = route.responses[status].get("content", success["content"])  # without FastAPI's own additions
        success["content"] = {
            kind: {**success["content"].get(kind, {}), "schema": answers[str(number), "serialization"]}
            for kind in kinds
        }
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas |= dict(sorted(models.get("$defs", {}).items()))


def query_parameters(params: type[BaseModel]) -> list[dict[str, Any]]:
    """Return the query parameters of a model, as OpenAPI writes them."""
    schema = params.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})
    members = {name: _inline(member, definitions) for name, member in schema["properties"].items()}
    if issubclass(params, ArticleFilterParams):
        if "body" in params.model_fields:
            members["fields"]["description"] += " The body comes only if `body` is named here and as a parameter."
        members["fields"]["items"] = {"type": "string", "enum": sorted(params.members)}
    required = schema.get("required", [])
    return [_parameter(name, member, is_required=name in required) for name, member in members.items()]


def _parameter(name: str, schema: dict[str, Any], *, is_required: bool) -> dict[str, Any]:
    schema = {key: value for key, value in schema.items() if key != "title"}
    parameter = {"name": name, "in": "query", "required": is_required}
    if "description" in schema:
        parameter["description"] = schema.pop("description")
    options = [each for each in schema.pop("anyOf", []) if each.get("type") != "null"]
    for option in options:
        schema |= option
    if schema.get("default", 0) is None:
        del schema["default"]
    return {**parameter, "schema": schema}


def _inline(node: Any, definitions: dict[str, Any]) -> Any:
    """Return a schema with its references replaced by what they refer to, at any depth."""
    if isinstance(node, list):
        return [_inline(each, definitions) for each in node]
    if not isinstance(node, dict):
        return node
    own = {name: _inline(value, definitions) for name, value in node.items() if name != "$ref"}
    reference = node.get("$ref")
    return own if reference is None else {**_inline(definitions[reference.rsplit("/", 1)[-1]], definitions), **own}
