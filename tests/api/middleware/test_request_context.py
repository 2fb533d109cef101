"""Request ids, and the records of each request."""

import re
from collections.abc import Iterator

import httpx
import pytest

from app.api.middleware.request_context import ObservedFastAPI
from app.logging.context import REQUEST_ID
from app.server.request_record import BYPASS, HIT, MISS, RequestRecord

GENERATED = re.compile("[0-9a-f]{16}")


@pytest.fixture
def records(reader: httpx.AsyncClient) -> Iterator[list[RequestRecord]]:
    """Collect the records of all requests of a test."""
    transport = reader._transport
    assert isinstance(transport, httpx.ASGITransport)
    app = transport.app
    assert isinstance(app, ObservedFastAPI)
    found: list[RequestRecord] = []
    app.observers.append(found.append)
    yield found
    app.observers.remove(found.append)


@pytest.mark.parametrize("address", ["/nowhere", "/v1/timeline?limit=0", "/v1/editorial/articles"])
async def test_errors_have_the_id_of_the_client(reader: httpx.AsyncClient, address: str) -> None:
    response = await reader.get(address, headers={"x-request-id": "Trace.1-a_B"})
    assert response.status_code >= 400
    assert response.headers["x-request-id"] == "Trace.1-a_B"


@pytest.mark.parametrize("given", ["", "a b", "ä", "x" * 65, "a/b", "1,2"])
async def test_an_invalid_id_is_replaced(reader: httpx.AsyncClient, given: str) -> None:
    response = await reader.get("/nowhere", headers={b"x-request-id": given.encode()})
    assert GENERATED.fullmatch(response.headers["x-request-id"])


async def test_repeated_ids_are_replaced(reader: httpx.AsyncClient) -> None:
    response = await reader.get("/nowhere", headers=[("x-request-id", "a"), ("x-request-id", "b")])
    assert GENERATED.fullmatch(response.headers["x-request-id"])


async def test_public_responses_and_cached_errors_have_no_id(
    reader: httpx.AsyncClient, records: list[RequestRecord]
) -> None:
    for _ in range(2):
        assert "x-request-id" not in (await reader.get("/v1/timeline?limit=7")).headers
    missing = [await reader.get("/v1/articles/no-such-article-here") for _ in range(2)]
    assert [each.headers.get("x-request-id") for each in missing] == ["test", None]
    assert [(each.status, each.cache) for each in records] == [(200, MISS), (200, HIT), (404, MISS), (404, HIT)]


async def test_a_record_has_method_path_status_bytes_and_route(
    reader: httpx.AsyncClient, records: list[RequestRecord]
) -> None:
    response = await reader.get("/v1/tags/no-such-tag?edition=global")
    head = await reader.head("/health/live")
    tag, health = records
    assert (tag.method, tag.path, tag.route) == ("GET", "/v1/tags/no-such-tag", "/v1/tags/{slug}")
    assert (tag.status, tag.response_bytes) == (response.status_code, len(response.content))
    assert (health.method, health.route, health.cache) == ("HEAD", "/health/live", BYPASS)
    assert (health.status, health.response_bytes) == (head.status_code, 0)
    assert all(0 < each.duration_s < 60 for each in records)


async def test_unexpected_errors_are_recorded_and_have_an_id() -> None:
    app = ObservedFastAPI()
    found: list[RequestRecord] = []
    app.observers.append(found.append)

    @app.get("/fault")
    async def fault() -> None:
        raise RuntimeError(REQUEST_ID.get())

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://dayline.test") as client:
        response = await client.get("/fault", headers={"x-request-id": "7"})
    assert (response.status_code, response.headers["x-request-id"]) == (500, "7")
    assert [(each.status, each.route, each.request_id) for each in found] == [(500, "/fault", "7")]
    assert REQUEST_ID.get() is None
