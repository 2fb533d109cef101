"""Examples of problems: each belongs to its operation, and responses of the sample are what they show."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.http.request_body import MAX_BODY_BYTES
from app.schemas.examples import reading
from app.server.refusals import PROBLEM_TYPE
from tests.api.conftest import as_key
from tests.api.contract import Json, Operation, contents, operations, validator
from tests.api.openapi.installation import Installation, serving
from tests.api.openapi.test_examples import parameters, required_query
from tests.conftest import api_document

CURSORS = (reading.CURSOR, reading.CHANGES_CURSOR)
HUGE = b" " * (MAX_BODY_BYTES + 1)
CATALOGUE = ("edition", "section", "tag", "author", "label")
OTHERS = {
    "edit_article 409": "needs an article that was erased",
    "push_article 409": "same",
    "push_article 412": "its detail says whether the article exists",
    "put_curated_list 404": "needs an unknown edition",
    "get_liveness 400": "needs a malformed request",
    "get_readiness 400": "same",
    "create_article 410": "needs an article that was erased after the request",
    "get_preview 410": "needs a token of another time",
    "get_preview 404": "a damaged token",
    "publish_source_article 409": "needs an article under embargo",
    "rotate_api_key 409": "needs a revoked key",
    **{f"delete_{kind} 409": "names articles of the database" for kind in CATALOGUE},
    "ping_webhook 409": "needs a setting",
    **{f"merge_{kind} 409": "needs many merges under way" for kind in ("tag", "author")},
    "get_preview_link 410": "needs a key of its own",
    "get_resolved_address 410": "needs the address of a withdrawn article",
}
"""Examples that no single request to the sample returns; other tests produce these problems."""
UNPROVOKED = {"429", "500", "503"}
"""Statuses that need a limit or an outage; `tests/api/auth` and `tests/test_database_outages.py` produce them."""
SHARED = {"401", "403", "413", "415", "428", *UNPROVOKED}
"""Statuses that mean the same for all operations, whose example is of one request."""
SETTINGS = {"401", "403"}
"""Statuses that public operations have by a setting; `tests/api/auth` produces them."""
MADE = ("{prefix}", "{webhook_id}", "{token}")
"""Paths of resources that the sample does not have."""


@pytest.fixture(scope="module")
def document() -> Json:
    """Return the OpenAPI document of the app."""
    return api_document()


def body_of(operation: Operation) -> Any:
    """Return the documented body of an operation."""
    for content in operation.spec.get("requestBody", {}).get("content", {}).values():
        return content.get("example") or next(iter(content["schema"].get("examples", [])), None)
    return None


def request_of(operation: Operation, status: str, example: Json, installation: Installation) -> dict[str, Any]:
    """Return the request that has the problem of an example."""
    headers = as_key(installation.reading_token if status == "403" else installation.token)
    url = operation.path.format(**parameters(operation, "path")) if status in SHARED else example["instance"]
    request: dict[str, Any] = {"url": url, "headers": headers, "json": body_of(operation)}
    if "428" in operation.spec["responses"] and status != "428":
        headers["if-match"] = "*"
    if status == "401":
        headers.pop("authorization")
    elif status == "412":
        headers["if-match"] = '"999"'
    elif status in {"413", "415"}:
        request |= {"content": HUGE if status == "413" else b"{}", "json": None}
        headers["content-type"] = "application/json" if status == "413" else "text/plain"
    elif status in {"404", "409", "422"}:
        request |= _changed(operation, status, example, request["json"])
    if "params" in request:
        request["params"] = required_query(operation) | request["params"]
    return {name: value for name, value in request.items() if value is not None}


def _changed(operation: Operation, status: str, example: Json, body: Any) -> dict[str, Any]:
    """Return the members of a request that differ from those of the documented one."""
    if status == "404":
        query = {"tz": "Pacific/Apia"} if operation.name == "get_day" else {"edition": "unknown"}
        return {"params": query} if operation.name == "get_day" or "{" not in operation.path else {}
    if status == "422":
        [error] = example["errors"]
        if body is None:
            return {"params": {error["where"]: "1000000"}}
        return {"json": {} if error["message"] == "Is required." else {error["where"]: 1}}
    if operation.name == "create_article":
        return {"json": {**body, "source_id": "harbour:2026-11-14:fog-watch"}}
    names = re.findall("'(.+)'", example["detail"])
    return {"json": {**body, "code" if "/labels" in operation.path else "slug": names[0]}} if names else {}


async def provoke(client: httpx.AsyncClient, operation: Operation, status: str, request: dict[str, Any]) -> Json:
    """Return the problem that the request has; of a cursor, that of one of several."""
    client.headers.pop("authorization", None)
    response = await client.request(operation.method, **request)
    for cursor in CURSORS if status == "400" else ():
        response = await client.request(operation.method, **request, params={"cursor": cursor})
        if "mismatch" in response.text:
            break
    is_problem = PROBLEM_TYPE in response.headers.get("content-type", "")
    found: Json = response.json() if is_problem else {"status": response.status_code, "detail": response.text[:200]}
    return found


def comparable(problem: Json, status: str) -> Json:
    """Return what an example and a response have in common: numbers and ids in texts may differ."""
    members = ("type", "title", "status", "id", "notice", *(() if status in SHARED else ("instance",)))
    shown = {name: problem.get(name) for name in members}
    shown["where"] = [each["where"] for each in problem.get("errors", [])][:1]
    detail = re.sub(r"[0-9][0-9a-z]{12}|revision [0-9]+|ends at [0-9]+", "…", str(problem["detail"]))
    shown["detail"] = detail.split(";")[0].removesuffix(".") if shown["where"] else detail
    return shown


async def test_examples_of_problems_are_those_of_real_requests(
    installation: Installation, tmp_path: Path, document: Json
) -> None:
    wrong, seen = [], Counter[str]()
    async with serving(installation, tmp_path) as client:
        for operation in operations(document):
            is_public = not operation.path.startswith("/v1/editorial")
            for status, kind, content in contents(operation):
                name = f"{operation.name} {status}"
                is_made = any(each in operation.path for each in MADE) and status != "404"
                if kind != PROBLEM_TYPE or name in OTHERS or status in UNPROVOKED or is_made:
                    continue
                if (is_public and status in SETTINGS) or (status == "422" and operation.path.startswith("/feeds")):
                    continue
                request = request_of(operation, status, content["example"], installation)
                found = await provoke(client, operation, status, request)
                seen[status] += 1
                if comparable(content["example"], status) != comparable(found, status):
                    wrong.append((name, comparable(content["example"], status), comparable(found, status)))
    assert not wrong, "\n".join(map(str, wrong))
    assert seen.total() > 250
    assert {"400", "401", "403", "404", "409", "410", "412", "413", "415", "422", "428"} <= seen.keys()


def test_every_problem_has_an_example_of_its_operation(document: Json) -> None:
    schema = {"$ref": "#/components/schemas/Problem"}
    for operation in operations(document):
        fixed = re.sub(r"{[^}]+}", "[^/]+", operation.path)
        for status, kind, content in contents(operation):
            if kind == PROBLEM_TYPE:
                example = content["example"]
                is_own = re.fullmatch(fixed, example["instance"])
                assert is_own or status in SHARED, (operation.name, status)
                assert list(validator(document, schema).iter_errors(example)) == [], (operation.name, status)


def test_operations_name_the_problems_that_settings_cause(document: Json) -> None:
    for operation in operations(document):
        is_health = operation.path.startswith("/health")
        assert ("429" in operation.spec["responses"]) is not is_health, operation.path
        is_preview = operation.name == "get_preview"
        assert ("401" in operation.spec["responses"]) is not (is_health or is_preview), operation.path


def test_operations_that_read_the_database_document_503(document: Json) -> None:
    for operation in operations(document):
        responses = operation.spec["responses"]
        assert ("503" in responses) is (operation.name != "get_liveness"), operation.path
        if "503" in responses:
            assert "Retry-After" in responses["503"]["headers"], operation.path


@pytest.mark.parametrize("name", OTHERS)
def test_every_exception_names_an_example(document: Json, name: str) -> None:
    assert name in {f"{each.name} {status}" for each in operations(document) for status, _, _ in contents(each)}
