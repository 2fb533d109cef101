"""The OpenAPI document: valid, complete, and sufficient for client generators."""

import builtins
import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import httpx
import jsonschema
import pytest
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from jsonschema_specifications import REGISTRY as SPECIFICATIONS
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.schemas import schema_v31
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from app.api.http.problem_types import PROBLEM_TYPES
from app.api.router import iter_routes
from app.domain.api_key import ApiKeyScope
from app.domain.html.allowed_elements import ALLOWED_SCHEMES, ALLOWED_TAGS, ID_PREFIX
from app.invalidation.max_age import CONTENT
from app.main import create_app
from app.server.refusals import PROBLEM_TYPE
from app.settings import Settings
from tests.api.contract import Json, contents, operations, validator
from tests.api.newsroom import FOREIGN
from tests.conftest import app_of

PURGED_AT = "https://cdn.example/purge"
KEYLESS = {"get_preview"}
"""Editorial operations whose URL contains the secret."""
STREAM = "stream_changes"
"""Stream without end, which is not cached."""
PASSING = {STREAM: "text/event-stream", "export_articles": "application/jsonl"}
"""Operations whose responses are not cached, and their media types."""
SNAKE = re.compile(r"[a-z]+(?:_[a-z]+)+")
PAGES = {
    "/docs": "for people",
    "/docs/{rest}": "redirects to it",
    "/favicon.ico": "the icon of pages",
    "/assets/scalar.{digest}.js": "its script",
    "/openapi.json": "the document itself",
    "/openapi.md": "the same in Markdown",
    "/problems": "for people",
    "/problems/{code}": "for people",
    "/": "for people, else the service document",
    "/assets/{name}": "what pages are made of",
    "/guides": "for people",
    "/guides/search.json": "what their search finds",
    "/guides/{name}": "for people",
    "/llms.txt": "for language models",
}


@pytest.fixture
async def document(reader: httpx.AsyncClient) -> Json:
    """Return the document as it is served."""
    found: Json = (await reader.get("/openapi.json")).json()
    return found


def walk(node: Any) -> list[Json]:
    """Yield every object inside, examples left out."""
    if isinstance(node, list):
        return [inner for each in node for inner in walk(each)]
    if not isinstance(node, dict):
        return []
    return [
        node,
        *(inner for name, each in node.items() if name not in {"example", "examples"} for inner in walk(each)),
    ]


def addresses(contexts: Iterable[RouteContext]) -> set[tuple[str, str]]:
    """Return the methods and paths of routes; HEAD follows from GET."""
    return {
        (method.lower(), str(context.path_format))
        for context in contexts
        for method in context.methods or ()
        if method != "HEAD"
    }


def without_examples(node: Any) -> Any:
    """Return the document with empty examples: the validator spends two thirds of its time on untyped values."""
    if isinstance(node, list):
        return [without_examples(each) for each in node]
    if not isinstance(node, dict):
        return node
    hollow: Json = {name: [] if name == "examples" else None for name in ("example", "examples") if name in node}
    return {name: without_examples(each) for name, each in node.items()} | hollow


def validator_of_documents() -> type[OpenAPIV31SpecValidator]:
    """Return the validator with the anchors of its schemas, which it otherwise searches for at each reference."""
    schema = dict(schema_v31)
    own = Registry[Any]().with_resource(schema["$id"], DRAFT202012.create_resource(schema))
    known = jsonschema.Draft202012Validator(schema, registry=SPECIFICATIONS.combine(own).crawl())
    return type("KnownAnchors", (OpenAPIV31SpecValidator,), {"schema_validator": known})


async def test_document_is_valid_openapi_3_1(document: Json) -> None:
    assert document["openapi"].startswith("3.1.")
    validate, hollow = validator_of_documents(), without_examples(document)
    assert list(validate(hollow).iter_errors()) == []
    assert not validate({**hollow, "info": {**hollow["info"], "bogus": 1}}).is_valid()


@pytest.mark.soak
async def test_long_document_is_valid_openapi_3_1_with_examples(document: Json) -> None:
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


async def test_operations_with_if_match_document_it(document: Json) -> None:
    count = 0
    for each in operations(document):
        fields = [given for given in each.spec.get("parameters", []) if given["name"] == "If-Match"]
        has_412, has_428 = "412" in each.spec["responses"], "428" in each.spec["responses"]
        assert [(given["in"], given["required"]) for given in fields] == [("header", has_428)] * has_412, each.path
        count += has_412
    assert count >= 13


async def test_operations_that_create_or_replace_document_both_responses(document: Json) -> None:
    both = [each for each in operations(document) if each.method == "put" and "201" in each.spec["responses"]]
    assert {each.name for each in both} == {"push_article", "put_curated_list"}
    for each in both:
        replaced, created = each.spec["responses"]["200"], each.spec["responses"]["201"]
        content = {kind: each["schema"] for kind, each in replaced["content"].items()}
        assert {kind: each["schema"] for kind, each in created["content"].items()} == content
        assert created["headers"].keys() >= {"ETag", "Location"}
        assert created["headers"]["ETag"]["example"] == '"1"'
        assert created["headers"]["Location"]["example"] == created["content"]["application/json"]["example"]["href"]
    upsert = next(each for each in both if each.name == "push_article")
    assert "If-None-Match" in {each["name"] for each in upsert.spec["parameters"]}


async def test_allowed_inline_html_is_documented(document: Json) -> None:
    text = document["info"]["description"]
    assert all(f"`{name}`" in text for name in (*ALLOWED_TAGS, *ALLOWED_SCHEMES, "href", "lang", "datetime", ID_PREFIX))


async def test_introduction_has_headings_and_the_lifetime_of_content(document: Json) -> None:
    text = document["info"]["description"]
    assert text.count("\n## ") > 5
    assert max(len(paragraph) for paragraph in text.split("\n\n")) < 1_000
    assert f"`max-age` is at most {CONTENT.max_age_s} seconds" in text


async def test_every_write_documents_how_to_repeat_it(document: Json) -> None:
    for each in operations(document):
        if each.method == "get" or "503" not in each.spec["responses"]:
            continue
        text = each.spec["responses"]["503"]["description"]
        fields = {given["name"] for given in each.spec.get("parameters", []) if given["in"] == "header"}
        assert ("Idempotency-Key" in text) is ("Idempotency-Key" in fields), each.name
        assert ("If-Match" in text) is ("If-Match" in fields), each.name


async def test_document_has_exactly_the_routes(document: Json) -> None:
    contexts = list(iter_route_contexts(list(iter_routes(app_of(0)[0]))))
    documented = {(each.method, each.path) for each in operations(document)}
    pages = {("get", path) for path in PAGES}
    described = [each for each in contexts if isinstance(each.original_route, APIRoute)]
    assert addresses(described) == documented | pages
    assert len(described) == len(documented) + len(pages)
    others = [each for each in contexts if each not in described]
    assert addresses(others) < documented, "an undescribed route has no path of its own"


async def test_operation_ids_are_unique_function_names(document: Json) -> None:
    names = [each.name for each in operations(document)]
    assert len(set(names)) == len(names)
    assert all(SNAKE.fullmatch(name) for name in names)


async def test_everything_is_described(document: Json) -> None:
    tags = {tag["name"] for tag in document["tags"] if tag["description"]}
    for operation in operations(document):
        assert operation.spec["summary"].strip(), operation.path
        assert not operation.spec["summary"].endswith("."), operation.path
        assert operation.spec["description"].strip().endswith("."), operation.path
        assert set(operation.spec["tags"]) <= tags, operation.path
        for parameter in operation.spec.get("parameters", []):
            assert parameter["description"].strip(), (operation.path, parameter["name"])
        for status, response in operation.spec["responses"].items():
            assert response["description"].strip(), (operation.path, status)
    for name, schema in document["components"]["schemas"].items():
        assert schema["description"].strip(), name


async def test_parameter_bounds_are_documented(document: Json) -> None:
    for operation in operations(document):
        for name, parameter in operation.query.items():
            schema, where = parameter["schema"], (operation.path, name)
            assert "ge" not in schema, where
            if schema["type"] == "integer":
                assert {"minimum", "maximum"} <= schema.keys(), where
                is_plain = name not in {"against", "part"} and operation.name != STREAM
                # else the previous, the whole, or the current state where absent
                assert "default" in schema or not is_plain, where
            if schema["type"] == "array":
                assert "maxItems" in schema or "enum" in schema["items"], where
            if name == "body":
                assert schema["enum"] == ["blocks", "rich", "html", "text", "none"]
            if name == "newest_day":
                assert schema["format"] == "date"
            if name == "id":
                assert re.fullmatch(schema["items"]["pattern"], "0677y7hzc3m1d")


async def test_success_responses_are_typed_and_errors_are_problems(document: Json) -> None:
    for operation in operations(document):
        bodies = list(contents(operation))
        says_nothing = "204" in operation.spec["responses"]
        assert says_nothing or any(status.startswith("2") for status, _, _ in bodies), operation.path
        for status, kind, content in bodies:
            if operation.name in FOREIGN and kind != PROBLEM_TYPE:
                assert "$ref" in content["schema"] or content["schema"]["type"] == "string", operation.path
                continue
            assert "$ref" in content["schema"], (operation.path, status)
            good = PASSING.get(operation.name, "application/json")
            assert kind == (PROBLEM_TYPE if status >= "400" else good), (operation.path, status)
        if operation.query and operation.method == "get":
            is_passing = operation.path.startswith("/v1/editorial") or operation.name in PASSING
            revalidated = set() if is_passing else {"304"}
            assert {"422", *revalidated} <= operation.spec["responses"].keys(), operation.path
        if "cursor" in operation.query:
            assert "400" in operation.spec["responses"], operation.path
        if "{" in operation.path:
            assert "404" in operation.spec["responses"], operation.path


async def test_bodies_are_named_models_and_their_examples_follow_them(document: Json) -> None:
    for operation in operations(document):
        for content in operation.spec.get("requestBody", {}).get("content", {}).values():
            assert "$ref" in content["schema"], operation.path
            if "example" in content:
                errors = list(validator(document, content["schema"]).iter_errors(content["example"]))
                assert errors == [], operation.path


async def test_editorial_operations_name_their_scopes(document: Json) -> None:
    keyless = {each.name for each in operations(document) if not each.spec["security"] or {} in each.spec["security"]}
    for operation in operations(document):
        if operation.name in keyless:
            assert not operation.path.startswith("/v1/editorial") or operation.name in KEYLESS, operation.path
            continue
        named = [scope for way in operation.spec["security"] for scope in way["key"]]
        assert named, operation.path
        assert set(named) <= set(ApiKeyScope), operation.path
        assert {"401", "403"} <= operation.spec["responses"].keys(), operation.path
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


async def test_every_example_follows_its_schema(document: Json) -> None:
    found = 0
    for operation in operations(document):
        for status, _, content in contents(operation):
            found += 1
            errors = list(validator(document, content["schema"]).iter_errors(content["example"]))
            assert errors == [], (operation.path, status)
    assert found > len(operations(document))


async def test_examples_of_problems_are_of_known_kinds(document: Json) -> None:
    for operation in operations(document):
        for status, kind, content in contents(operation):
            if kind == PROBLEM_TYPE:
                example = content["example"]
                known = PROBLEM_TYPES[example["type"].removeprefix("/problems/")]
                assert (example["title"], example["status"]) == (known.title, known.status)
                assert str(known.status) == status


async def test_examples_of_members_follow_their_schemas(document: Json) -> None:
    for name, schema in document["components"]["schemas"].items():
        for member, spec in schema.get("properties", {}).items():
            for example in spec.get("examples", []):
                assert validator(document, spec).is_valid(example), (name, member)


async def test_schema_names_are_words_and_no_title_repeats_a_name(document: Json) -> None:
    assert all(re.fullmatch(r"(?:[A-Z][a-z]+)+", name) for name in document["components"]["schemas"])
    named = [schema for schema in walk(document["components"]) if isinstance(schema.get("title"), str)]
    assert named == []
    assert "Body_" not in json.dumps(document)


async def test_schema_names_shadow_no_built_in_of_typescript_or_python(document: Json) -> None:
    built_in = {
        *(
            "Array",
            "Audio",
            "Blob",
            "Cache",
            "Comment",
            "Date",
            "Document",
            "Element",
            "Error",
            "Event",
            "File",
            "Function",
        ),
        *("History", "Image", "Iterator", "Location", "Map", "Navigation", "Node", "Notification", "Number", "Object"),
        *(
            "Option",
            "Promise",
            "Proxy",
            "Range",
            "Record",
            "Request",
            "Response",
            "Selection",
            "Set",
            "String",
            "Symbol",
        ),
        *("Function", "Symbol", "Text", "Touch", "Warning"),
    }
    assert document["components"]["schemas"].keys() & {*built_in, *vars(builtins)} == set()


async def test_every_component_is_used(document: Json) -> None:
    text = json.dumps(document)
    for kind in ("schemas", "headers", "responses", "parameters", "requestBodies"):
        for name in document["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text, name


async def test_operations_share_their_equal_parts(document: Json) -> None:
    parts: Counter[str] = Counter()
    for item in document["paths"].values():
        for spec in item.values():
            others = [each for status, each in spec["responses"].items() if status not in {"200", "201"}]
            fields = [field for each in spec["responses"].values() for field in each.get("headers", {}).values()]
            parts.update(json.dumps(each) for each in (*spec.get("parameters", []), *others, *fields))
    assert [part for part, count in parts.items() if count > 1 and "#/components/" not in part] == []


async def test_every_operation_documents_authentication_and_a_problem_of_either_kind(document: Json) -> None:
    for operation in operations(document):
        assert "security" in operation.spec, operation.name
        statuses = operation.spec["responses"].keys()
        assert "500" in statuses, operation.name
        assert any(status.startswith("4") for status in statuses), operation.name


async def test_command_line_document_equals_the_served_one(reader: httpx.AsyncClient, document: Json) -> None:
    for settings in ({}, {"read_access": "api-key", "rate_limit_address": "4/minute", "cdn_purge_url": PURGED_AT}):
        app = create_app(Settings.model_validate(settings))
        assert app.openapi() == document
    assert document["info"]["version"] == (await reader.get("/v1")).json()["version"]
