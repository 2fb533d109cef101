"""The OpenAPI 3.1 document: how routes describe their questions, answers and problems."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from app.api.problems import PROBLEM_TYPE
from app.schemas import examples
from app.schemas.problem import Problem
from app.schemas.question import ArticleFilters, Question

PROBLEMS = {
    400: "The cursor is damaged or belongs to another list.",
    404: "Nothing public has this address.",
    410: "The article has been withdrawn.",
    422: "A parameter cannot be used.",
    503: "The service is not ready.",
}
DESCRIPTION = """Dayline answers with news: a timeline grouped by local day, to any depth; articles with everything
their page shows; authors, sections, tags, labels and editions.

Lists answer `items` and `next`; follow `next.href` until it is null. Every public answer carries a strong `ETag`.
Errors are problem details (RFC 9457). A parameter that an address does not know is refused with 422.
"""
TAGS = [
    {"name": "Timeline", "description": "News by local day, newest first."},
    {"name": "Articles", "description": "Lists of articles, and the whole page of one."},
    {"name": "Catalogue", "description": "Authors, sections, tags and labels."},
    {"name": "Editions", "description": "Publications with their own language, zone and interface strings."},
    {"name": "Health", "description": "For operators."},
]


def documented(
    question: type[Question] | None,
    answer: Any,
    example: Mapping[str, Any],
    *,
    problems: tuple[int, ...] = (404, 422),
    moves: bool = False,
    cached: bool = True,
) -> dict[str, Any]:
    """Arguments for a route: its parameters from the question, its typed answer with an example, its problems.

    `moves` is for addresses that redirect from old names; `cached` ones have an entity tag.
    """
    responses: dict[int | str, dict[str, Any]] = {
        200: {"description": "The answer.", "content": {"application/json": {"example": example}}},
    }
    if cached:
        responses[304] = {"description": "The client has the current answer already."}
    if moves:
        responses[308] = {"description": "An old slug; `Location` is the address now, with the same query."}
    for status in problems:
        responses[status] = {"description": PROBLEMS[status], "model": Problem}
    extra = {"parameters": parameters_of(question)} if question is not None else {}
    return {"response_model": answer, "responses": responses, "openapi_extra": extra}


def parameters_of(question: type[Question]) -> list[dict[str, Any]]:
    """The query parameters of a question, as OpenAPI writes them."""
    schema = question.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})
    members = {name: _inline(member, definitions) for name, member in schema["properties"].items()}
    if question.spans_editions:
        members["edition"]["description"] += " `*` spans all of them."
    if issubclass(question, ArticleFilters):
        members["fields"]["items"] = {"type": "string", "enum": sorted(question.members)}
    return [_parameter(name, member) for name, member in members.items()]


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    schema = {key: value for key, value in schema.items() if key != "title"}
    parameter = {"name": name, "in": "query", "required": False}
    if "description" in schema:
        parameter["description"] = schema.pop("description")
    options = [each for each in schema.pop("anyOf", []) if each.get("type") != "null"]
    for option in options:
        schema |= option
    if schema.get("default", 0) is None:
        del schema["default"]
    return {**parameter, "schema": schema}


def _inline(member: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    reference = member.get("$ref")
    if reference is None:
        return dict(member)
    found = definitions[reference.rsplit("/", 1)[-1]]
    return {**found, **{key: value for key, value in member.items() if key != "$ref"}}


def operation_id(route: APIRoute) -> str:
    """A route's operation id: the name of its function."""
    return route.name


def install_openapi(app: FastAPI) -> None:
    """Make the document once, when it is first asked for."""

    def make() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                openapi_version="3.1.0",
                description=DESCRIPTION,
                routes=app.routes,
                tags=TAGS,
                license_info={"name": "MIT", "identifier": "MIT"},
            )
            document["servers"] = [{"url": "/", "description": "This installation"}]
            _say_problems(document)
            _restore_examples(document, app)
            app.openapi_schema = _plain(document)
        return app.openapi_schema

    app.openapi = make  # type: ignore[method-assign]


def _say_problems(document: dict[str, Any]) -> None:
    """Give error answers the media type that they have, and an example of their own."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status >= "400" and "content" in response:
                    described = response["content"].pop("application/json")
                    response["content"] = {PROBLEM_TYPE: {**described, "example": examples.PROBLEMS[int(status)]}}


def _restore_examples(document: dict[str, Any], app: FastAPI) -> None:
    """Put the nulls of the examples back, which the document's making leaves out."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        operations = document["paths"].get(context.path_format, {})
        told = route.responses.get(HTTPStatus.OK, {}) if isinstance(route, APIRoute) else {}
        for kind, content in told.get("content", {}).items():
            for method in operations.keys() & {name.lower() for name in context.methods or ()}:
                operations[method]["responses"]["200"]["content"][kind] |= content


def _plain(node: Any) -> Any:
    """The document without the titles made from names, and with whole numbers written as such."""
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if isinstance(node, float) and node.is_integer():
        return int(node)
    if not isinstance(node, dict):
        return node
    is_schema = "title" in node and not {"type", "anyOf", "$ref", "oneOf", "allOf"}.isdisjoint(node)
    return {
        name: value if name in {"example", "examples"} else _plain(value)
        for name, value in node.items()
        if not (is_schema and name == "title" and isinstance(value, str))
    }
