"""No content, name, key, secret or query string is in any log line: a marker in every member is found in none."""

import logging
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.api.middleware.access_log import AccessLog
from app.api.middleware.request_context import ObservedFastAPI
from app.db.database import Database
from app.domain.api_key import ApiKeyScope
from app.logging.rendering import make_formatter
from tests.api.conftest import MakeKey, as_key
from tests.api.contract import Json, Operation, operations

MARK = "Xyzzyfog"
SLUG = "slug-of-the-path"
"""Slug, which is logged as part of a path."""
PREVIEWS = "/v1/editorial/previews/"
FIELDS = (
    *("authorization", "cookie", "user-agent", "referer", "forwarded", "x-forwarded-for", "idempotency-key"),
    *("if-match", "if-none-match", "if-modified-since", "last-event-id", "accept", "accept-language", "origin"),
)
ARTICLE: Json = {
    "headline": f"{MARK} in the harbour",
    "lead": MARK,
    "dateline": MARK,
    "slug": SLUG,
    "tags": [f"{MARK}-tag".lower()],
    "source": {"name": MARK, "url": f"https://example.org/{MARK}?{MARK}"},
    "rights": {"holder": MARK, "notice": MARK},
    "body": [
        {"type": "paragraph", "html": f"<strong>{MARK}</strong>"},
        {"type": "pull_quote", "text": MARK, "attribution": MARK},
    ],
    "image": {"url": f"https://example.org/{MARK}.jpg", "alt": MARK, "caption": MARK, "credit": MARK},
}


class Lines(logging.Handler):
    """Log handler that collects the lines of all loggers in both forms."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._formatters = make_formatter(), make_formatter(json=True)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += [line for form in self._formatters for line in form.format(record).split("\n")]

    def check(self) -> None:
        """Fail where the marker is in any line."""
        assert self.lines
        assert [line for line in self.lines if MARK.lower() in line.lower()] == []


@pytest.fixture
def written(client: httpx.AsyncClient) -> Iterator[Lines]:
    """Collect every line that a server with an access log at level `debug` would write."""
    handler, access_log, app = Lines(), AccessLog(), application(client)
    loggers = {name: logging.getLogger(name) for name in ("", "app", "app.access", "uvicorn")}
    before = {name: each.level for name, each in loggers.items()}
    for name, each in loggers.items():
        each.setLevel(logging.DEBUG if name else logging.WARNING)
    loggers[""].addHandler(handler)
    app.observers.append(access_log.on_request)
    yield handler
    app.observers.remove(access_log.on_request)
    loggers[""].removeHandler(handler)
    for name, each in loggers.items():
        each.setLevel(before[name])


def application(client: httpx.AsyncClient) -> ObservedFastAPI:
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    assert isinstance(transport.app, ObservedFastAPI)
    return transport.app


def path_of(operation: Operation) -> str:
    parts = [SLUG if part.startswith("{") else part for part in operation.path.split("/")]
    return "/".join(parts).replace(f"{PREVIEWS}{SLUG}", f"{PREVIEWS}{MARK}")


def marked(schema: Any, document: Json) -> Any:
    """Return a value of about this schema with the marker in each of its strings."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for members in (schema.get("anyOf"), schema.get("oneOf"), schema.get("allOf")):
        if members:
            return marked(members[0], document)
    if schema.get("properties"):
        return {name: marked(member, document) for name, member in schema["properties"].items()}
    return [marked(schema.get("items", {}), document)] if schema.get("type") == "array" else MARK


def body_of(operation: Operation, document: Json) -> bytes | None:
    content = operation.spec.get("requestBody", {}).get("content", {})
    for each in content.values():
        return orjson.dumps(marked(each.get("schema", {}), document))
    return None


async def request_everything(client: httpx.AsyncClient, app: FastAPI, headers: dict[str, str]) -> set[int]:
    """Send each operation with the marker wherever a request can have it; return the statuses."""
    document, statuses = app.openapi(), set()
    for operation in operations(document):
        if operation.path == "/v1/stream":
            continue  # ends with its client
        query = dict.fromkeys((*operation.query, "unknown", "token"), MARK)
        for params in ({}, query):
            response = await client.request(
                operation.method.upper(),
                path_of(operation),
                params=params,
                headers=headers,
                content=body_of(operation, document),
            )
            statuses.add(response.status_code)
    return statuses


async def test_requests_with_the_marker_everywhere_are_logged_without_it(
    client: httpx.AsyncClient, edition_kyiv: None, make_key: MakeKey, written: Lines
) -> None:
    assert edition_kyiv is None
    app = application(client)
    everything = dict.fromkeys(FIELDS, MARK) | {"x-request-id": f"{MARK} {MARK}"}
    refused = await request_everything(client, app, everything)
    assert {401, 404, 422} <= refused
    key = as_key(await make_key(*ApiKeyScope, name=MARK))
    allowed = await request_everything(client, app, everything | key | {"content-type": "application/json"})
    assert 500 not in refused | allowed
    assert any(f" app.access: GET /v1/articles/{SLUG} status=404 " in line for line in written.lines)
    assert any(f"{PREVIEWS}… " in line for line in written.lines)
    written.check()


async def test_content_that_is_stored_is_never_logged(
    client: httpx.AsyncClient, edition_kyiv: None, make_key: MakeKey, database: Database, written: Lines
) -> None:
    assert edition_kyiv is None
    token = await make_key(*ApiKeyScope, name=MARK)
    key = as_key(token)
    created = await client.post("/v1/editorial/articles", json=ARTICLE, headers=key | {"idempotency-key": MARK})
    assert created.status_code == 201, created.text
    address = created.headers["location"]
    assert (await client.put(f"{address}/publication", json={}, headers=key)).status_code == 200
    made = [
        await client.post("/v1/editorial/keys", json={"name": MARK, "scopes": ["content:read"]}, headers=key),
        await client.post(
            "/v1/editorial/webhooks",
            json={"description": MARK, "url": f"https://partner.example/{MARK}?a={MARK}"},
            headers=key,
        ),
        await client.post("/v1/editorial/authors", json={"slug": SLUG, "name": MARK, "bio": MARK}, headers=key),
    ]
    assert [each.status_code for each in made] == [201, 201, 201]
    secrets = [token, made[0].json()["token"], made[1].json()["secret"]]
    preview = (await client.get(f"{address}/preview", headers=key)).json()["href"]
    for path in ("/v1/timeline", f"/v1/articles/{SLUG}?edition=global", preview, f"/v1/articles/{SLUG}/history"):
        assert (await client.get(path)).status_code == 200, path
    await database.write(corrupt)
    fault = await client.get(f"/v1/articles/{SLUG}?edition=global&body=html")
    assert fault.status_code == 500
    assert fault.headers["x-request-id"] == "test"
    assert any("Traceback" in line for line in written.lines)
    written.check()
    secrets.append(preview.rpartition("/")[2])
    assert [line for line in written.lines if any(secret in line for secret in secrets)] == []


def corrupt(connection: Any) -> None:
    """Store a body of another shape, as no request can: rendering it fails."""
    connection.execute(
        text("UPDATE article_bodies SET blocks = :blocks"), {"blocks": f'[{{"type": "heading", "html": "{MARK}"}}]'}
    )
