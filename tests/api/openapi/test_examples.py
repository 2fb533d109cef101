"""Examples of the OpenAPI document work on the shipped sample, and responses have the documented members."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from tests.api.contract import Json, Operation, operations
from tests.api.openapi.installation import APP, Installation, serving
from tests.api.shapes import answer_of, differences, document_differences
from tests.conftest import api_document, app_of
from tests.stream_client import listening

STREAM = "stream_changes"
CATALOGUE = ("edition", "section", "tag", "author", "label")
CREATED = {"prefix": "keys", "webhook_id": "webhooks"}
"""Path parameters with values that the server generates: those of the entry that the documented POST creates."""


@pytest.fixture(autouse=True)
def unresolved_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolve the host of the examples' webhook to no address."""

    def getaddrinfo(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def examples_of(described: Json) -> list[Any]:
    """Return the examples of a parameter or a body, all of them."""
    named = [each["value"] for each in described.get("examples", {}).values()]
    schema = described.get("schema", {})
    alone = [described["example"]] if "example" in described else schema.get("examples", [])
    return [*named, *alone]


def parameters(operation: Operation, place: str) -> dict[str, Any]:
    """Return the path, query or header parameters of an operation that have an example, by name."""
    listed = [each for each in operation.spec.get("parameters", []) if each["in"] == place]
    return {each["name"]: found[0] for each in listed if (found := examples_of(each))}


def required_query(operation: Operation) -> dict[str, Any]:
    """Return the query parameters without which an operation is refused."""
    required = {each["name"] for each in operation.spec.get("parameters", []) if each.get("required")}
    return {name: value for name, value in parameters(operation, "query").items() if name in required}


def bodies(operation: Operation) -> Iterator[Json | None]:
    """Return each documented body of an operation; None alone where it takes none."""
    content = operation.spec.get("requestBody", {}).get("content", {})
    yield from (each for body in content.values() for each in examples_of(body)) if content else (None,)


async def path_of(client: httpx.AsyncClient, operation: Operation, posts: dict[str, Json]) -> str:
    """Return the documented address of an operation."""
    values = parameters(operation, "path")
    for name in CREATED.keys() & values.keys():
        made = await client.post(f"/v1/editorial/{CREATED[name]}", json=posts[CREATED[name]])
        assert made.is_success, made.text
        values[name] = made.json()["href"].rpartition("/")[2]
    if operation.name in posts and operation.name.startswith("delete_"):  # of an entry that nothing names
        kind = operation.name.removeprefix("delete_")
        given = posts[operation.name]
        made = await client.post(f"/v1/editorial/{kind}s", json=given)
        assert made.is_success or made.status_code == 409, made.text
        values["name"] = given.get("code", given.get("slug"))
    if "{token}" in operation.path:
        shown = await client.get(posts["preview"]["path"])
        return str(shown.json()["href"])
    return operation.path.format(**values)


def posts_of(document: Json) -> dict[str, Json]:
    """Return the documented bodies that create what installations name, and the path of a preview."""
    by_name = {each.name: each for each in operations(document)}
    preview = by_name["get_preview_link"]
    bodies_of = {"keys": by_name["create_api_key"], "webhooks": by_name["create_webhook"]}
    bodies_of |= {f"delete_{kind}": by_name[f"create_{kind}"] for kind in CATALOGUE}
    made: dict[str, Json] = {kind: next(filter(None, bodies(each))) for kind, each in bodies_of.items()}
    return {**made, "preview": {"path": preview.path.format(**parameters(preview, "path"))}}


def errors_of(operation: Operation, received: httpx.Response) -> Iterator[str]:
    """Return the differences of the response to an example from the document."""
    if not received.is_success:
        yield f"{received.status_code} {received.text[:300]}"
        return
    declared = operation.spec["responses"].get(str(received.status_code))
    if declared is None:
        yield f"{received.status_code} is not documented"
        return
    for kind, content in declared.get("content", {}).items():
        example = orjson.loads(orjson.dumps(content["example"]))
        if isinstance(example, str):
            yield from document_differences(example, received.content)
        else:
            yield from differences(example, answer_of(kind, received.content))


async def request(client: httpx.AsyncClient, operation: Operation, posts: dict[str, Json]) -> list[str]:
    """Send the documented requests of an operation; return the differences of the responses."""
    found: list[str] = []
    for body in bodies(operation):
        path = await path_of(client, operation, posts)
        headers = {name: str(value) for name, value in parameters(operation, "header").items()}
        if "If-Match" in headers:
            headers.pop("If-None-Match", None)  # the one replaces, the other creates
        query = required_query(operation)
        received = await client.request(operation.method, path, params=query, headers=headers, json=body)
        found += [f"{operation.name} {path}: {error}" for error in errors_of(operation, received)]
    return found


async def query_errors(client: httpx.AsyncClient, operation: Operation, posts: dict[str, Json]) -> list[str]:
    """Send the example of each query parameter by itself; return those that are refused."""
    found: list[str] = []
    path = await path_of(client, operation, posts)
    for name, value in parameters(operation, "query").items():
        text = str(value).lower() if isinstance(value, bool) else value
        body, query = next(iter(bodies(operation)), None), {**required_query(operation), name: text}
        if name == "heading_language":
            query |= {"edition": "*", "tz": "UTC"}
        headers = {"if-match": "*"} if operation.method == "patch" else {}
        received = await client.request(operation.method, path, params=query, json=body, headers=headers)
        is_foreign = name == "cursor" and received.status_code == 400 and "cursor-mismatch" in received.text
        if not (received.is_success or is_foreign):
            found.append(f"{operation.name} {path} {name}={value}: {received.text[:200]}")
    return found


@pytest.fixture(scope="module")
def document() -> Json:
    """Return the OpenAPI document of the app."""
    return api_document()


async def test_every_reading_example_works(installation: Installation, tmp_path: Path, document: Json) -> None:
    posts, found = posts_of(document), []
    async with serving(installation, tmp_path) as client:
        for operation in operations(document):
            if operation.method == "get" and operation.name != STREAM:
                found += await request(client, operation, posts)
    assert not found, "\n".join(found)


async def test_every_query_example_works(installation: Installation, tmp_path: Path, document: Json) -> None:
    posts, found = posts_of(document), []
    async with serving(installation, tmp_path) as client:
        for operation in operations(document):
            if operation.name != STREAM:
                found += await query_errors(client, operation, posts)
    assert not found, "\n".join(found)


async def test_every_writing_example_works(installation: Installation, tmp_path: Path, document: Json) -> None:
    posts, found = posts_of(document), []
    for operation in operations(document):
        if operation.method != "get":
            async with serving(installation, tmp_path) as client:
                found += await request(client, operation, posts)
    assert not found, "\n".join(found)


async def test_stream_example_works(installation: Installation, tmp_path: Path, document: Json) -> None:
    [operation] = [each for each in operations(document) if each.name == STREAM]
    headers = {name: str(value) for name, value in parameters(operation, "header").items()}
    assert list(headers) == ["Last-Event-ID"]
    example = operation.spec["responses"]["200"]["content"]["text/event-stream"]["example"]
    async with serving(installation, tmp_path):
        app, _ = app_of(APP)
        async with listening(app, operation.path, **headers) as stream:
            await stream.until(1)
            event = next(block for block in stream.blocks if block.is_event)
    assert event.fields.keys() == example.keys()


async def test_every_path_parameter_has_an_example(document: Json) -> None:
    for operation in operations(document):
        needed = {each["name"] for each in operation.spec.get("parameters", []) if each["in"] == "path"}
        assert needed - {"token"} <= parameters(operation, "path").keys(), operation.name


async def test_every_body_has_an_example(document: Json) -> None:
    for operation in operations(document):
        if "requestBody" in operation.spec:
            assert None not in list(bodies(operation)), operation.name
            assert list(bodies(operation)), operation.name
