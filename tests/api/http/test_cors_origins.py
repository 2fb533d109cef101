"""Listed origins: CORS fields with credentials for each of them, on every response, cached or not."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app import clock
from app.main import create_app
from app.settings import Settings
from tests.api.http.test_headers import WRONG
from tests.api.newsroom import CONTENT
from tests.conftest import NOW, running
from tests.response_cache.threaded_server import serving
from tests.server.exchanges import exchange, parse_responses

FRONT, OTHER, FOREIGN = "https://www.news.example", "http://localhost:3000", "https://foreign.example"
CORS = "access-control-"


@pytest.fixture(scope="module")
async def listing(
    newsroom_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the newsroom with two listed origins."""
    path = tmp_path_factory.mktemp("newsroom") / "dayline.db"
    shutil.copy(newsroom_template, path)
    with clock.frozen(NOW):
        settings = Settings.model_validate({"database_url": f"sqlite:///{path}", "cors_origins": f"{FRONT}, {OTHER}"})
        async with running(create_app(settings)) as client:
            client.headers["accept-encoding"] = "identity"
            yield client


def plain_fields(response: httpx.Response) -> dict[str, str]:
    """Return the fields of a response that no origin changes; cached ones have no request id."""
    varying = {"vary", "x-request-id"}
    return {
        name: value for name, value in response.headers.items() if not name.startswith(CORS) and name not in varying
    }


@pytest.mark.parametrize("address", [*CONTENT, *WRONG, "/v1/articles/night-trams", "/v1/editorial/articles"])
async def test_each_origin_gets_its_own_fields_and_the_same_content(
    listing: httpx.AsyncClient, reader: httpx.AsyncClient, address: str
) -> None:
    plain = await reader.get(address)
    for origin in (FRONT, FOREIGN, OTHER, None, FRONT, "null"):
        response = await listing.get(address, headers={} if origin is None else {"origin": origin})
        assert (response.status_code, response.content) == (plain.status_code, plain.content)
        assert plain_fields(response) == plain_fields(plain)
        assert [each.strip() for each in response.headers["vary"].split(",")].count("Origin") == 1
        assert len(response.headers.get_list("vary")) == 1
        found = {name: value for name, value in response.headers.items() if name.startswith(CORS)}
        if origin in {FRONT, OTHER}:
            assert found == {
                "access-control-allow-origin": origin,
                "access-control-allow-credentials": "true",
                "access-control-expose-headers": plain.headers["access-control-expose-headers"],
            }
        else:
            assert found == {}


async def test_not_modified_response_has_the_fields_of_its_origin(listing: httpx.AsyncClient) -> None:
    tag = (await listing.get("/v1/timeline")).headers["etag"]
    for origin in (FRONT, OTHER):
        response = await listing.get("/v1/timeline", headers={"origin": origin, "if-none-match": tag})
        assert (response.status_code, response.headers["access-control-allow-origin"]) == (304, origin)


@pytest.mark.parametrize("path", ["/v1/timeline", "/v1/editorial/articles", "/v1/stream"])
async def test_preflight_of_a_listed_origin_allows_the_requested_fields(listing: httpx.AsyncClient, path: str) -> None:
    preflight = {
        "access-control-request-method": "GET",
        "access-control-request-headers": "sentry-trace, authorization",
    }
    response = await listing.options(path, headers={"origin": FRONT, **preflight})
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["access-control-allow-origin"] == FRONT
    assert response.headers["access-control-allow-credentials"] == "true"
    allowed = {each.strip().lower() for each in response.headers["access-control-allow-headers"].split(",")}
    assert {"sentry-trace", "authorization", "content-type", "if-none-match"} <= allowed
    assert "GET" in response.headers["access-control-allow-methods"]
    foreign = await listing.options(path, headers={"origin": FOREIGN, **preflight})
    assert foreign.status_code == 204
    assert [name for name in foreign.headers if name.startswith(CORS)] == []


async def test_preflight_repeats_no_malformed_fields(listing: httpx.AsyncClient) -> None:
    for value in ("a b", "x,", "é", "a\tb", ";"):
        fields = {b"origin": FRONT.encode(), b"access-control-request-headers": value.encode("latin-1")}
        response = await listing.options("/v1/timeline", headers=fields)
        assert response.status_code == 204
        assert value.strip() not in response.headers["access-control-allow-headers"].split(", ")


async def test_health_checks_are_for_no_origin(listing: httpx.AsyncClient) -> None:
    response = await listing.get("/health/live", headers={"origin": FRONT})
    assert "vary" not in response.headers
    assert [name for name in response.headers if name.startswith(CORS)] == []


def request(origin: str | None, target: str = "/v1/timeline") -> bytes:
    """Return a request of a script, as bytes."""
    field = "" if origin is None else f"Origin: {origin}\r\n"
    return f"GET {target} HTTP/1.1\r\nHost: api.example\r\n{field}Accept: */*\r\n\r\n".encode()


async def test_wire_cache_sends_each_origin_its_own_fields(newsroom_template: Path, tmp_path: Path) -> None:
    shutil.copy(newsroom_template, tmp_path / "dayline.db")
    order = [FRONT, OTHER, FOREIGN, None] * 4
    last = b"GET /nowhere HTTP/1.1\r\nHost: api.example\r\nOrigin: " + FRONT.encode() + b"\r\nConnection: close\r\n\r\n"
    settings = {"cors_origins": f"{FRONT},{OTHER}"}
    with serving(f"sqlite:///{tmp_path / 'dayline.db'}", early=True, settings=settings) as served:
        responses = parse_responses(await exchange(served.port, *map(request, order), last))
        assert sum(served.early.values()) >= len(order) - 1
    assert len({response.body for response in responses[:-1]}) == 1
    for origin, response in zip([*order, FRONT], responses, strict=True):
        assert response.fields.get("access-control-allow-origin") == (origin if origin in {FRONT, OTHER} else None)
        assert response.fields["vary"].endswith("Origin")


async def test_refused_request_is_readable_for_its_origin(newsroom_template: Path, tmp_path: Path) -> None:
    shutil.copy(newsroom_template, tmp_path / "dayline.db")
    settings = {"cors_origins": FRONT, "public_url": "https://www.news.example/press"}
    with serving(f"sqlite:///{tmp_path / 'dayline.db'}", early=True, settings=settings) as served:
        refused = request(FRONT, "/press/v1/tags").replace(b"Host: api.example", b"Host: a, b")
        [response] = parse_responses(await exchange(served.port, refused))
        [foreign] = parse_responses(await exchange(served.port, refused.replace(FRONT.encode(), b"https://x.example")))
    assert (response.status, response.fields["access-control-allow-origin"]) == (400, FRONT)
    assert response.problem["type"] == "/press/problems/bad-request"
    assert response.problem["instance"] == "/press/v1/tags"
    assert "access-control-allow-origin" not in foreign.fields
