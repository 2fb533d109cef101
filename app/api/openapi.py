"""The OpenAPI 3.1 document: how routes describe their questions, answers and problems."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from app.api.problems import PROBLEM_TYPE
from app.schemas.problem import Problem
from app.schemas.question import Question

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
) -> dict[str, Any]:
    """Arguments for a route: its parameters from the question, its typed answer with an example, its problems."""
    responses: dict[int | str, dict[str, Any]] = {
        200: {"description": "The answer.", "content": {"application/json": {"example": example}}},
        304: {"description": "The client has the current answer already."},
    }
    for status in problems:
        responses[status] = {"description": PROBLEMS[status], "model": Problem}
    extra = {"parameters": parameters_of(question)} if question is not None else {}
    return {"response_model": answer, "responses": responses, "openapi_extra": extra}


def parameters_of(question: type[Question]) -> list[dict[str, Any]]:
    """The query parameters of a question, as OpenAPI writes them."""
    schema = question.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})
    return [_parameter(name, _inline(member, definitions)) for name, member in schema["properties"].items()]


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
            document["servers"] = [{"url": "/", "description": "This installation."}]
            _say_problems(document)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = make  # type: ignore[method-assign]


def _say_problems(document: dict[str, Any]) -> None:
    """Give error answers the media type that they have."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status >= "400" and "content" in response:
                    response["content"] = {PROBLEM_TYPE: response["content"].pop("application/json")}
