"""Routers that the first request below their prefix loads."""

import asyncio
from collections.abc import Iterable
from threading import Event

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts

from app.api.http.problems import install_exception_handlers
from app.api.lazy_routes import include_lazily
from app.api.router import include_routers, iter_routes, make_router

PATIENCE_S = 20.0


@pytest.fixture
def loads() -> list[str]:
    """Return a list with one entry for each load of the lazy router."""
    return []


@pytest.fixture
def may_load() -> Event:
    """Return the event that lets the lazy router load."""
    event = Event()
    event.set()
    return event


@pytest.fixture
def small(loads: list[str], may_load: Event) -> FastAPI:
    """Create an application with one eager route and two lazy ones."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    here, later = make_router("Here"), make_router("Later", prefix="/v1/later")

    @here.get("/here")
    async def get_here() -> str:
        return "here"

    @later.get("/things/{name}")
    async def get_thing(name: str) -> str:
        return name

    @later.delete("/things/{name}", status_code=204)
    async def delete_thing(name: str) -> None:
        assert name == "old"

    def load() -> Iterable[APIRouter]:
        assert may_load.wait(PATIENCE_S)
        loads.append("loaded")
        return [later]

    include_lazily(app, "/v1/later", load)
    include_routers(app, [here])
    install_exception_handlers(app)
    return app


async def send_request(app: FastAPI, method: str, path: str) -> httpx.Response:
    """Return the response of the application."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://dayline.test") as client:
        return await client.request(method, path)


async def test_lazy_routes_are_not_imported_at_start(small: FastAPI, loads: list[str]) -> None:
    assert (await send_request(small, "GET", "/v1/here")).json() == "here"
    assert (await send_request(small, "DELETE", "/v1/here")).headers["allow"] == "GET, HEAD, OPTIONS"
    assert (await send_request(small, "GET", "/v1/laternal")).status_code == 404
    assert loads == []


async def test_lazy_route_is_found_by_the_first_request(small: FastAPI, loads: list[str]) -> None:
    assert (await send_request(small, "GET", "/v1/later/things/new")).json() == "new"
    assert (await send_request(small, "DELETE", "/v1/later/things/old")).status_code == 204
    assert (await send_request(small, "GET", "/v1/later/nothing")).status_code == 404
    refused = await send_request(small, "PUT", "/v1/later/things/new")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, DELETE, OPTIONS")
    assert loads == ["loaded"]


async def test_other_requests_proceed_while_routes_are_loaded(
    small: FastAPI, loads: list[str], may_load: Event
) -> None:
    may_load.clear()
    first = [asyncio.create_task(send_request(small, "GET", f"/v1/later/things/{name}")) for name in "ab"]
    await asyncio.sleep(0)
    assert (await send_request(small, "GET", "/v1/here")).json() == "here"
    assert loads == []
    assert not any(task.done() for task in first)
    may_load.set()
    assert [response.json() for response in await asyncio.gather(*first)] == ["a", "b"]
    assert loads == ["loaded"]


def test_lazy_routes_are_listed_in_order(small: FastAPI) -> None:
    names = [context.name for context in iter_route_contexts(list(iter_routes(small)))]
    assert names == ["get_thing", "delete_thing", "get_here"]
