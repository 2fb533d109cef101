"""Problem details (RFC 9457): their form, their pages, and that they reveal no internals."""

import asyncio
import json
import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_only

from app.api.http.problem_types import PROBLEM_TYPES
from app.db import engine
from app.db.database import Database
from app.domain.api_key import ApiKeyScope
from app.main import create_app
from app.server.refusals import REFUSALS
from app.settings import Settings
from tests.api.conftest import MakeKey, as_key
from tests.api.newsroom import ADDRESSES, NOTICE, WITHDRAWN
from tests.conftest import Store, app_of, running
from tests.records import article

INSIDE = re.compile(
    r"select|sqlite|postgres|asyncpg|sqlalchemy|traceback|\.py|/app/|/tmp|\bno such (table|column)|relation|line \d+|"
    r"exception|psycopg|constraint|articles\.",
    re.IGNORECASE,
)
CAUSES: dict[str, tuple[str, str]] = {
    "invalid-input": ("GET", "/v1/timeline?limit=201"),
    "cursor-invalid": ("GET", "/v1/timeline?cursor=torn"),
    "not-found": ("GET", "/v1/articles/nothing-here"),
    "no-such-day": ("GET", "/v1/timeline/2011-12-30?tz=Pacific/Apia"),
    "article-withdrawn": ("GET", WITHDRAWN),
    "method-not-allowed": ("POST", "/v1/timeline"),
    "unauthenticated": ("GET", "/v1/editorial/keys"),
}
CAUSED_ELSEWHERE = {
    "embargoed": "tests/api/editorial/test_embargoes.py",
    "cursor-mismatch": "needs a cursor of another list: below",
    "unavailable": "needs a database that is busy or gone: below",
    "internal-error": "needs a broken database: below",
    "forbidden": "needs a key: test_keys.py",
    "conflict": "needs a key that was revoked: test_keys.py",
    "precondition-failed": "needs a key and an article to edit: tests of editing",
    "precondition-required": "the same",
    "content-too-large": "needs a key: test_keys.py",
    "unsupported-media-type": "needs a key: test_keys.py",
    "rate-limited": "needs a limit: test_rate_limits.py",
    "too-many-streams": "needs streams: test_stream.py",
    "busy": "needs exports under way: test_export_sending.py",
    "not-ready": "needs a database that is gone: test_health.py",
    "request-in-progress": "needs two requests at once: test_idempotency.py",
    "idempotency-key-reused": "needs a request before: test_idempotency.py",
    "article-gone": "needs an article that was erased: test_erased_retries.py",
    "preview-expired": "needs a preview and another day: test_previews.py",
}
TERMINATE_WAITING = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
OPERATIONAL = {refusal.code: "returned before the application: tests/server" for refusal in REFUSALS}


@pytest.fixture(scope="session")
def problem_schema(shared_folder: Path) -> dict[str, Any]:
    """Return the JSON Schema of problem details."""
    path = shared_folder / "standards" / "rfc9457-problem.schema.json"
    if not path.is_file():
        pytest.skip(f"the schema is not here: {path}")
    schema: dict[str, Any] = json.loads(path.read_text())
    return schema


def check_problem(response: httpx.Response, code: str) -> dict[str, Any]:
    """Check the members of a well-formed problem of this type."""
    kind = PROBLEM_TYPES[code]
    body: dict[str, Any] = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    is_editorial = body["instance"].startswith("/v1/editorial")
    assert response.headers["cache-control"] == ("private, no-store" if is_editorial else "no-cache")
    assert response.headers["access-control-allow-origin"] == "*"
    assert "Retry-After, RateLimit, RateLimit-Policy" in response.headers["access-control-expose-headers"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.status_code == body["status"] == kind.status
    assert body["type"] == f"/problems/{code}"
    assert body["title"] == kind.title
    assert body["detail"].strip()
    assert body["instance"].startswith("/")
    return body


@pytest.mark.parametrize("code", CAUSES)
async def test_problem_has_every_member_and_its_type_resolves(reader: httpx.AsyncClient, code: str) -> None:
    method, address = CAUSES[code]
    body = check_problem(await reader.request(method, address), code)
    assert body["instance"] == address.partition("?")[0]
    page = await reader.get(body["type"])
    assert page.status_code == 200
    assert PROBLEM_TYPES[code].title in page.text


@pytest.mark.parametrize("code", CAUSES)
async def test_problem_follows_the_published_schema(
    reader: httpx.AsyncClient, code: str, problem_schema: dict[str, Any]
) -> None:
    method, address = CAUSES[code]
    checker = jsonschema.FormatChecker()
    jsonschema.validate((await reader.request(method, address)).json(), problem_schema, format_checker=checker)


def test_every_problem_type_is_tested_or_excused() -> None:
    assert PROBLEM_TYPES.keys() == CAUSES.keys() | CAUSED_ELSEWHERE.keys() | OPERATIONAL.keys()


@pytest.mark.parametrize("code", PROBLEM_TYPES)
async def test_every_problem_type_has_a_page_and_is_listed(reader: httpx.AsyncClient, code: str) -> None:
    page = await reader.get(f"/problems/{code}")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert f"/problems/{code}" in (await reader.get("/problems")).text


async def test_cursor_of_another_list_is_a_mismatch(reader: httpx.AsyncClient) -> None:
    cursor = (await reader.get("/v1/timeline?limit=1")).json()["next"]["cursor"]
    for other in ("/v1/timeline?tag=trams", "/v1/timeline?tz=UTC", "/v1/timeline?edition=ua", "/v1/tags"):
        check_problem(
            await reader.get(other, params={**httpx.QueryParams(other.partition("?")[2]), "cursor": cursor}),
            "cursor-mismatch",
        )


async def test_410_has_the_notice_and_never_the_reason(reader: httpx.AsyncClient) -> None:
    for address in (WITHDRAWN, f"{WITHDRAWN}/related"):
        response = await reader.get(address)
        body = check_problem(response, "article-withdrawn")
        assert body["notice"] == NOTICE
        assert "secret" not in response.text
        assert "Text nobody reads" not in response.text
        by_id = await reader.get(f"/v1/articles/{body['id']}")
        assert by_id.json() == {**body, "instance": f"/v1/articles/{body['id']}"}


async def test_problem_instance_is_a_uri_reference(reader: httpx.AsyncClient) -> None:
    body = (await reader.get("/v1/articles/%D0%BB%D1%96%D0%B4%20%22x%22")).json()
    assert body["instance"] == "/v1/articles/%D0%BB%D1%96%D0%B4%20%22x%22"


def rename(table: str, name: str) -> Callable[[Connection], None]:
    """Return an action that renames a table."""

    def run(connection: Connection) -> None:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))

    return run


@pytest.mark.usefixtures("newsroom")
async def test_failed_query_leaks_nothing_and_affects_no_later_one(
    client: httpx.AsyncClient, database: Database, store: Store
) -> None:
    before = {address: (await client.get(address)).content for address in ADDRESSES.values()}
    await database.write(rename("editions", "editions_away"))
    app_of(0)[0].state.services.store.clear()  # cached responses read no database
    try:
        for address in ADDRESSES.values():
            response = await client.get(address)
            body = check_problem(response, "internal-error")
            assert body["instance"] == address.partition("?")[0]
            assert INSIDE.search(response.text.replace(body["instance"], "")) is None, response.text
            assert "etag" not in response.headers
    finally:
        await database.write(rename("editions_away", "editions"))
    for address, content in before.items():
        assert (await client.get(address)).content == content
    await store(article("2026-11-20T11:30:00Z", source_id="after"))
    assert (await client.get("/v1/articles?limit=1")).json()["items"][0]["headline"] == "Story after"


async def test_database_error_contains_no_bound_value(database: Database) -> None:
    def fail(connection: Connection) -> None:
        connection.execute(text("INSERT INTO nowhere VALUES (:headline)"), {"headline": "Zubrowka-7731"})

    runs: tuple[Callable[..., Awaitable[None]], ...] = (database.read, database.read_in_thread, database.write)
    for run in runs:
        with pytest.raises(DBAPIError, match="nowhere") as caught:
            await run(fail)
        assert "Zubrowka-7731" not in str(caught.value)


def terminate_while_waiting(
    connection: Connection, send: Callable[[], Coroutine[Any, Any, httpx.Response]]
) -> asyncio.Task[httpx.Response]:
    """Send a write that waits for a lock, end its connection, and return its response."""
    connection.execute(text("LOCK TABLE tags IN ACCESS EXCLUSIVE MODE"))
    request = asyncio.create_task(send())
    while not connection.execute(text(TERMINATE_WAITING)).all():
        await_only(asyncio.sleep(0.01))
        connection.execute(text("SELECT pg_stat_clear_snapshot()"))
    return request


async def test_busy_or_lost_database_is_503_with_retry_after(
    database_address: str,
    database: Database,
    make_key: MakeKey,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    headers = as_key(await make_key(ApiKeyScope.CATALOGUE_WRITE))
    body = {"kind": "tag", "slug": "trams", "name": "Trams"}
    async with running(create_app(Settings(database_url=database_address))) as client:

        async def make(slug: str) -> httpx.Response:
            return await client.post("/v1/editorial/tags", json={**body, "slug": slug}, headers=headers)

        assert (await make("one")).status_code == 201
        if database_address.startswith("sqlite"):
            with closing(sqlite3.connect(database.url.database or "", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                response = await make("two")
        else:
            response = await (await database.write(terminate_while_waiting, lambda: make("two")))
        problem = check_problem(response, "unavailable")
        assert response.headers["retry-after"] == "1"
        assert INSIDE.search(problem["detail"]) is None
        assert (await make("two")).status_code == 201
    log_records = [record for record in caplog.records if record.name == "app.api.http.problems"]
    assert [(record.levelno, record.exc_info) for record in log_records] == [(logging.ERROR, None)]
    assert "\n" not in log_records[0].getMessage()
