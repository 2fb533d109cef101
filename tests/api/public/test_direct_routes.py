"""Direct routes: the responses of FastAPI's own routes, without a way around a dependency."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Match

from app.api.http.problems import install_exception_handlers
from app.api.public import direct_routes
from app.errors import NotFoundError
from app.main import create_app
from app.response_cache.store import ResponseStore
from app.settings import Settings

REQUESTS = (
    ("GET", "/v1/timeline"),
    ("GET", "/v1/timeline?limit=2&tz=Asia/Tokyo"),
    ("GET", "/v1/timeline?limit=0"),
    ("GET", "/v1/timeline?edition=nowhere"),
    ("GET", "/v1/timeline?cursor=AAAA"),
    ("HEAD", "/v1/timeline"),
    ("OPTIONS", "/v1/timeline"),
    ("POST", "/v1/timeline"),
    ("GET", "/v1/timeline/"),
    ("GET", "/v1/timelin%65"),
    ("GET", "/v1/timeline%3Flimit=2"),
    ("GET", "/v1/articles/lamps"),
    ("GET", "/v1/articles/lamps?body=text"),
    ("GET", "/v1/articles/lamps?body=words"),
    ("GET", "/v1/articles/trams-return"),
    ("GET", "/v1/articles/no-such-slug"),
    ("GET", "/v1/articles/01m8x3c7k2v9q"),
    ("GET", "/v1/articles/"),
    ("GET", "/v1/articles/lamps/related"),
    ("GET", "/v1/articles/lamps%2Frelated"),
    ("GET", "/v1/articles/l%C3%A4mps"),
    ("GET", "/v1/articles/a%00b"),
    ("HEAD", "/v1/articles/lamps"),
    ("DELETE", "/v1/articles/lamps"),
    ("GET", "/v1/stream?since=no-number"),
    ("GET", "/v1/stream?edition=nowhere"),
)


@pytest.mark.parametrize(("method", "address"), REQUESTS)
async def test_direct_route_responds_as_the_route_of_fastapi(
    reader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, method: str, address: str
) -> None:
    monkeypatch.setattr(ResponseStore, "get", lambda *_: None)  # no response comes from the cache
    direct = await reader.request(method, address)
    monkeypatch.setattr(direct_routes._GetRoute, "matches", lambda *_: (Match.NONE, {}))
    through = await reader.request(method, address)
    assert (direct.status_code, direct.headers, direct.content) == (
        through.status_code,
        through.headers,
        through.content,
    )


async def test_direct_route_needs_no_route_of_fastapi(
    reader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(APIRoute, "handle", fail)
    monkeypatch.setattr(ResponseStore, "get", lambda *_: None)
    for address in ("/v1/timeline?limit=7", "/v1/articles/lamps?body=none", "/v1/timeline?limit=none"):
        assert (await reader.get(address)).status_code in {200, 422}


def refuse() -> None:
    raise HTTPException(418)


def on_the_route(path: str, endpoint: Any) -> FastAPI:
    app = FastAPI()
    app.add_api_route(path, endpoint, dependencies=[Depends(refuse)])
    return app


def on_the_router(path: str, endpoint: Any) -> FastAPI:
    app, router = FastAPI(), APIRouter(dependencies=[Depends(refuse)])
    router.add_api_route(path, endpoint)
    app.include_router(router)
    return app


def on_its_inclusion(path: str, endpoint: Any) -> FastAPI:
    app, router = FastAPI(), APIRouter()
    router.add_api_route(path, endpoint)
    app.include_router(router, dependencies=[Depends(refuse)])
    return app


def on_the_application(path: str, endpoint: Any) -> FastAPI:
    app = FastAPI(dependencies=[Depends(refuse)])
    app.add_api_route(path, endpoint)
    return app


@pytest.mark.parametrize("endpoint", direct_routes.ENDPOINTS)
@pytest.mark.parametrize("build", [on_the_route, on_the_router, on_its_inclusion, on_the_application])
async def test_dependency_takes_effect_wherever_it_is_declared(
    endpoint: Any, build: Callable[[str, Any], FastAPI]
) -> None:
    app = build("/{key}", endpoint)
    direct_routes.add_direct_routes(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        assert (await client.get("/lamps")).status_code == 418


def test_every_endpoint_has_a_direct_route() -> None:
    app = create_app(Settings())
    direct = {route.path for route in app.router.routes if isinstance(route, direct_routes._GetRoute)}
    documented = {
        context.path
        for context in iter_route_contexts(app.router.routes)
        if isinstance(context.original_route, APIRoute) and context.endpoint in direct_routes.ENDPOINTS
    }
    assert direct == documented
    assert len(direct) == len(direct_routes.ENDPOINTS)


def build_failing_app(monkeypatch: pytest.MonkeyPatch, error: Exception) -> FastAPI:
    async def fail(_: object) -> Any:
        raise error

    monkeypatch.setattr(direct_routes, "ENDPOINTS", {fail: fail})
    app = FastAPI()
    app.add_api_route("/fault", fail, response_model=None)
    direct_routes.add_direct_routes(app)
    app.add_middleware(direct_routes.DirectRoutesMiddleware, routes=app.router.routes)
    install_exception_handlers(app)
    return app


@pytest.mark.parametrize(("error", "status"), [(NotFoundError("No."), 404), (HTTPException(404), 404)])
async def test_direct_route_passes_errors_to_the_exception_handlers(
    monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    app = build_failing_app(monkeypatch, error)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        response = await client.get("/fault")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["instance"] == "/fault"
    assert response.status_code == status


async def test_direct_route_raises_unexpected_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    app = build_failing_app(monkeypatch, ZeroDivisionError())
    monkeypatch.setattr(app, "exception_handlers", {**app.exception_handlers, Exception: None})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        with pytest.raises(ZeroDivisionError):
            await client.get("/fault")
