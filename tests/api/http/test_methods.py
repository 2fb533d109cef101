"""HEAD, OPTIONS, unsupported methods, and unknown paths."""

import httpx
import pytest

from tests.api.newsroom import ADDRESSES, CONTENT, WITHDRAWN

HEALTH = ("/health/live", "/health/ready")
NOT_CACHED = frozenset({"export_articles", "stream_changes"})
"""Operations whose responses are not cached (a stream, waiting changes); other tests cover them."""
UNKNOWN = (
    "//",
    "/%0a",
    "/guides%0a",
    "/guides/feeds%0a",
    "/guides/%0a",
    "/v1/",
    "/v2",
    "/v1/timeline/",
    "/v1/articles/",
    "/v1/articles/trams-return/",
    "/v1/articles//related",
    "/v1/authors/iryna-dovhan/articles/",
    "/v1/labels/opinion",
    "/V1/timeline",
    "/docs/%0a",
    "/docs/assets",
    "/docs/assets/",
    "/docs/assets/..%2F__init__.py",
    "/docs/assets/reference.js",
    "/problems/%0a",
    "/problems/not-found%0a",
    "/problems/nothing-of-the-kind",
    "/health",
    "/health/live/",
    "//evil.example/v1",
    "/v1/articles/a%2Fb",
    "/v1/articles/%F0%9F%A6%8A",
    "/favicon.png",
)


@pytest.mark.parametrize("address", [*CONTENT, *HEALTH, "/v1/timeline?limit=0", "/nowhere", WITHDRAWN])
async def test_head_equals_get_without_body(reader: httpx.AsyncClient, address: str) -> None:
    for encoding in ("identity", "gzip"):
        got = await reader.get(address, headers={"accept-encoding": encoding})
        head = await reader.head(address, headers={"accept-encoding": encoding})
        assert head.status_code == got.status_code
        no_id = {"x-request-id": ""}  # a response from the cache has none
        assert {**head.headers, **no_id} == {**got.headers, **no_id}
        assert got.content
        assert head.content == b""


async def test_head_returns_304(reader: httpx.AsyncClient) -> None:
    tag = (await reader.get("/v1/timeline")).headers["etag"]
    head = await reader.head("/v1/timeline", headers={"if-none-match": tag})
    assert (head.status_code, head.content) == (304, b"")


@pytest.mark.parametrize("address", [*CONTENT, *HEALTH])
async def test_preflight_allows_any_origin(reader: httpx.AsyncClient, address: str) -> None:
    requested = {
        "origin": "https://front.example",
        "access-control-request-method": "GET",
        "access-control-request-headers": "if-none-match",
    }
    response = await reader.options(address, headers=requested)
    assert response.status_code == 204
    assert response.content == b""
    assert response.headers["access-control-allow-origin"] == "*"
    assert {"GET", "HEAD"} <= set(response.headers["access-control-allow-methods"].split(", "))
    allowed = {each.lower() for each in response.headers["access-control-allow-headers"].split(", ")}
    assert {"*", "authorization", "content-type", "if-match", "if-none-match", "idempotency-key"} == allowed
    assert int(response.headers["access-control-max-age"]) > 0
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("address", ["/v1/editorial/articles", "/v1/editorial/keys/k7q2m5xw3f"])
async def test_editorial_preflight_is_private(reader: httpx.AsyncClient, address: str) -> None:
    response = await reader.options(address, headers={"origin": "https://desk.example"})
    assert response.status_code == 204
    assert response.headers["cache-control"] == "private, no-store"
    exposed = set(response.headers["access-control-expose-headers"].split(", "))
    assert {"ETag", "Location", "Retry-After", "Idempotent-Replayed"} <= exposed


@pytest.mark.parametrize("address", [*CONTENT, *HEALTH])
async def test_405_lists_all_allowed_methods(reader: httpx.AsyncClient, address: str) -> None:
    for method in ("POST", "DELETE", "PURGE"):
        response = await reader.request(method, address)
        assert response.status_code == 405
        assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["type"] == "/problems/method-not-allowed"
        assert method in response.json()["detail"]


@pytest.mark.parametrize("address", UNKNOWN)
async def test_unknown_path_is_404_and_never_a_redirect(reader: httpx.AsyncClient, address: str) -> None:
    url = httpx.URL("http://dayline.test").copy_with(raw_path=address.encode())
    response = await reader.get(url)
    assert response.status_code == 404
    assert "location" not in response.headers
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "/problems/not-found"


async def test_wrong_method_on_an_unknown_path_is_404(reader: httpx.AsyncClient) -> None:
    response = await reader.post("/v1/nowhere")
    assert response.status_code == 404
    assert "allow" not in response.headers


async def test_parameter_table_covers_every_public_operation(reader: httpx.AsyncClient) -> None:
    document = (await reader.get("/openapi.json")).json()
    reading = {
        operations["get"]["operationId"]
        for path, operations in document["paths"].items()
        if "get" in operations and path.startswith(("/v1", "/feeds")) and not path.startswith("/v1/editorial")
    }
    assert reading - NOT_CACHED == set(ADDRESSES)
