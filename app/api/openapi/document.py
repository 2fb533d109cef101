"""OpenAPI 3.1 document: parameters, bodies, responses, problems and scopes of the operations."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from http import HTTPStatus
from threading import Lock
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, TypeAdapter

from app.api.http.problem_types import PROBLEM_TYPES
from app.api.http.route import OrdinaryRoute
from app.api.openapi.base_path import add_base_path
from app.api.openapi.completion import SCHEMAS, complete_schemas, simplify_parameters
from app.api.openapi.introduction import INTRODUCTION
from app.api.openapi.operations import OperationExtras, OperationTypes, add_schemas, iter_operations
from app.api.openapi.problem_descriptions import PROBLEMS, describe_problems
from app.api.openapi.request_bodies import hoist_request_bodies
from app.api.openapi.response_fields import add_response_fields
from app.api.openapi.schema_examples import add_schema_examples
from app.api.openapi.shared_components import share_components
from app.api.openapi.shared_problems import add_shared_problems
from app.api.openapi.signatures import SCHEME, describe_signature
from app.api.openapi.webhook_messages import add_webhooks
from app.api.router import iter_routes
from app.schemas.problem import Problem
from app.schemas.types import MAX_COUNT, MAX_SEQ
from app.server.refusals import PROBLEM_TYPE

NOT_MODIFIED = "Not modified: `If-None-Match` has the current `ETag`. No body."
MOVED = (
    "A former slug; `Location` is the present address, with the same query. No body. Caches store it as long as the "
    "response at that address, not for ever, since another article may take the slug."
)
CONTACT = {"name": "The newsroom that runs this installation", "url": "v1"}
"""The URL is relative to that of the document, so that it is right below a base path too."""
TAGS = [
    {"name": "Timeline", "description": "Articles by local day, newest first."},
    {"name": "Articles", "description": "Lists of articles, and articles with everything their page shows."},
    {"name": "Changes", "description": "Changes in order, for copies that stay up to date."},
    {"name": "Feeds", "description": "Feeds and sitemaps for feed readers, news systems and search engines."},
    {"name": "Catalogue", "description": "Authors, sections, tags and labels."},
    {"name": "Editions", "description": "Publications with their own language, time zone and interface strings."},
    {"name": "Newsroom", "description": "The editorial API: articles and the catalogue."},
    {"name": "Previews", "description": "Drafts and scheduled articles as they would look."},
    {"name": "Webhooks", "description": "Webhook endpoints and their deliveries."},
    {"name": "Keys", "description": "API keys, their scopes and expiry."},
    {"name": "Health", "description": "Health checks for operators."},
]


def operation(
    query: type[BaseModel] | None,
    response: Any,
    example: Mapping[str, Any] | None,
    *,
    errors: tuple[int, ...] = (404, 422),
    redirects: bool = False,
    cacheable: bool = True,
    media_type: str = "application/json",
    headers: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return arguments for a public read that parses its query string itself: types, an example, and its problems.

    `redirects` is for addresses with former slugs; `cacheable` ones have an entity tag. If a `media_type` has many
    lines, the response is one of them. `headers` are its fields as the document has them.
    """
    responses: dict[int | str, dict[str, Any]] = {200: _success(200, example, media_type, headers)}
    if cacheable:
        responses[304] = {"description": NOT_MODIFIED}
    if redirects:
        responses[308] = {"description": MOVED}
    return {
        "response_model": None,
        "status_code": 200,
        "responses": responses | _problems(errors),
        "openapi_extra": OperationExtras(OperationTypes(query, response, None, None)),
    }


def documented(
    example: Mapping[str, Any] | None,
    *,
    errors: tuple[int, ...] = (404, 422),
    status: int = HTTPStatus.OK,
    media_type: str = "application/json",
    cacheable: bool = False,
    created: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return arguments for a route whose types follow from its signature: an example of its response, and its problems.

    The problems of its guards and of its body are added by the document itself. A PUT that creates what does not
    exist responds with 201 then, in its example `created`.
    """
    responses: dict[int | str, dict[str, Any]] = {int(status): _success(status, example, media_type, None)}
    if cacheable:
        responses[304] = {"description": NOT_MODIFIED}
    if created is not None:
        responses[201] = {**_success(HTTPStatus.CREATED, created, media_type, None), "description": "Created."}
    return {"status_code": int(status), "responses": responses | _problems(errors)}


def _problems(statuses: Iterable[int]) -> dict[int | str, dict[str, Any]]:
    return {
        status: {"description": PROBLEMS[status], "content": {PROBLEM_TYPE: _problem()}} for status in sorted(statuses)
    }


def _success(
    status: int, example: Mapping[str, Any] | None, media_type: str, headers: Mapping[str, Mapping[str, Any]] | None
) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Success." if status != HTTPStatus.NO_CONTENT else "No content."}
    if example is not None:
        success["content"] = {media_type: {"example": example}}
    if headers is not None:
        success["headers"] = dict(headers)
    return success


def with_extra_response(
    operation: dict[str, Any], status: int, model: Any, example: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the same arguments with another response, which is no problem but has the model of another one."""
    schema = {"$ref": f"{SCHEMAS}{model.__name__}"}
    content = {"application/json": {"schema": schema, "example": example}}
    stub = {"description": PROBLEMS[status], "content": content}
    return {**operation, "responses": operation["responses"] | {int(status): stub}}


def install_openapi(app: FastAPI, *, base_path: str = "") -> None:
    """Build the document once, when it is first requested; requests in other threads wait for it.

    The base path is the server's URL, and precedes the links in examples.
    """
    lock = Lock()

    def get_document() -> dict[str, Any]:
        with lock:
            if app.openapi_schema is None:
                document = _build_document(app)
                app.openapi_schema = add_base_path(document, base_path) if base_path else document
            return app.openapi_schema

    app.openapi = get_document  # type: ignore[method-assign]


def _build_document(app: FastAPI) -> dict[str, Any]:
    """Return the document of all routes, those included lazily too."""
    document: dict[str, Any] = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        description=INTRODUCTION,
        routes=list(iter_routes(app)),
        tags=TAGS,
        license_info={"name": "MIT", "identifier": "MIT"},
    )
    document["info"]["contact"] = CONTACT
    document["servers"] = [{"url": "/", "description": "This installation", "x-internal": False}]
    document.setdefault("components", {})["schemas"] = {}  # all schemas are added below, once for every route
    for spec, route, _ in iter_operations(document, app):
        if isinstance(route, OrdinaryRoute):
            describe_signature(spec, route, _problems)
    add_shared_problems(document, _problems)
    add_schemas(document, app)
    hoist_request_bodies(document)
    add_webhooks(document)
    _add_security_schemes(document)
    _add_problem_schema(document)
    _restore_null_examples(document, app)
    _copy_to_created(document)
    document = _normalize(document)
    add_schema_examples(document)
    complete_schemas(document)
    simplify_parameters(document)
    add_response_fields(document)
    describe_problems(document)
    _add_problem_examples(document)
    share_components(document)
    return document


def _add_security_schemes(document: dict[str, Any]) -> None:
    """Describe how an API key is sent; each operation names its scopes, any one of which suffices."""
    document["components"]["securitySchemes"] = {
        SCHEME: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "dl_…",
            "description": "A key with one of the scopes that the operation names.",
        }
    }


def _problem() -> dict[str, Any]:
    """Return the content of a problem: a reference; `add_problem_examples` replaces the empty example."""
    return {"schema": {"$ref": f"{SCHEMAS}Problem"}, "example": {}}


def _add_problem_schema(document: dict[str, Any]) -> None:
    """Add the model of problems to the schemas."""
    schema = TypeAdapter(Problem).json_schema(mode="serialization", ref_template=SCHEMAS + "{model}")
    schema["examples"] = [
        {
            "type": "/problems/invalid-input",
            "title": "Invalid request parameters or body",
            "status": 422,
            "detail": "limit: Must be at most 200.",
            "instance": "/v1/timeline",
            "errors": [{"where": "limit", "message": "Must be at most 200."}],
        }
    ]
    codes = ", ".join(f"`{code}`" for code in sorted(PROBLEM_TYPES))
    schema["properties"]["type"]["description"] += f" Known codes, after `/problems/`: {codes}."
    document["components"]["schemas"] |= {**schema.pop("$defs", {}), "Problem": schema}


def _restore_null_examples(document: dict[str, Any], app: FastAPI) -> None:
    """Restore the nulls of examples, which FastAPI leaves out."""
    for operation, route, _ in iter_operations(document, app):
        for status in (route.status_code or HTTPStatus.OK, HTTPStatus.CREATED):
            for kind, content in route.responses.get(status, {}).get("content", {}).items():
                operation["responses"][str(int(status))]["content"][kind] |= content


def _copy_to_created(document: dict[str, Any]) -> None:
    """Give the 201 of operations that create or replace the schema of their 200."""
    for spec in (each for item in document["paths"].values() for each in item.values()):
        if spec["responses"].keys() >= {"200", "201"}:
            for kind, content in spec["responses"]["200"]["content"].items():
                spec["responses"]["201"]["content"][kind] |= {"schema": deepcopy(content["schema"])}


def _normalize(node: Any) -> Any:
    """Return the document without titles generated from names, and with whole numbers as integers of a format."""
    if isinstance(node, list):
        return [_normalize(each) for each in node]
    if isinstance(node, float) and node.is_integer():
        return int(node)
    if not isinstance(node, dict):
        return node
    is_schema = not {"type", "anyOf", "$ref", "oneOf", "allOf"}.isdisjoint(node) or node.keys() <= {
        "title",
        "description",
        "examples",
    }
    normalized = {
        name: value if name in {"example", "examples"} else _normalize(value)
        for name, value in node.items()
        if not (is_schema and name == "title" and isinstance(value, str))
    }
    if normalized.get("type") == "integer":
        normalized["format"] = "int32" if normalized.get("maximum", MAX_SEQ) <= MAX_COUNT else "int64"
    return normalized


def _add_problem_examples(document: dict[str, Any]) -> None:
    from app.api.openapi.problem_examples import add_problem_examples  # noqa: PLC0415 - loads the schemas of writing

    add_problem_examples(document)
