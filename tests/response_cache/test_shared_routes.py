"""A dependency that is added to a public route takes effect on every way to a response, cached ones included."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request

from app import main
from app.api.middleware.request_context import ObservedFastAPI
from app.main import create_app
from app.settings import Settings
from tests.api.conftest import fill
from tests.conftest import NOW, put_into, running
from tests.response_cache.threaded_server import serving

ADDRESSES = {
    "timeline": "/v1/timeline",
    "articles": "/v1/articles/lamps",
    "catalogue": "/v1/tags",
    "editions": "/v1",
    "feeds": "/feeds/global/rss.xml",
}
PASS = {"x-pass": "yes"}


def needs_pass(request: Request) -> None:
    if "x-pass" not in request.headers:
        raise HTTPException(404)


def names_language(accept_language: str = Header("en")) -> None:
    assert accept_language


def guarded(module: Any, dependency: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a dependency on the router of this module."""
    router = APIRouter(dependencies=[Depends(dependency)])
    router.include_router(module.router)
    monkeypatch.setattr(module, "router", router)


@pytest.fixture
def make_app(database_address: str, monkeypatch: pytest.MonkeyPatch, frozen_clock: int) -> Callable[..., FastAPI]:
    """Build the application with a dependency on each public router, or (without one) as it is."""
    assert frozen_clock == NOW
    put_into(database_address, fill)

    def make(dependency: Any = None, **settings: Any) -> FastAPI:
        for name in ADDRESSES if dependency is not None else ():
            guarded(importlib.import_module(f"app.api.public.{name}"), dependency, monkeypatch)
        return create_app(Settings.model_validate({"database_url": database_address, **settings}))

    return make


@pytest.fixture
async def guarded_client(make_app: Callable[..., FastAPI]) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application whose public routers need a pass."""
    async with running(make_app(needs_pass)) as client:
        yield client


@pytest.mark.parametrize("address", ADDRESSES.values())
async def test_dependency_runs_for_each_request(guarded_client: httpx.AsyncClient, address: str) -> None:
    for _ in range(2):
        assert (await guarded_client.get(address, headers=PASS)).status_code == 200
        assert (await guarded_client.get(address)).status_code == 404
    many = [guarded_client.get(address, headers=PASS if number % 2 else {}) for number in range(20)]
    assert [each.status_code for each in await asyncio.gather(*many)] == [404, 200] * 10


@pytest.mark.parametrize("address", ADDRESSES.values())
async def test_response_behind_a_dependency_is_private(make_app: Callable[..., FastAPI], address: str) -> None:
    app = make_app(needs_pass, cdn_purge_url="http://127.0.0.1:9/")
    async with running(app) as client:
        response = await client.get(address, headers=PASS)
        assert (response.status_code, response.headers["cache-control"]) == (200, "private, no-store")
        assert not {"surrogate-key", "cdn-cache-control"} & set(response.headers)
        assert len(app.state.services.store) == 0


async def test_header_that_a_route_reads_makes_its_response_private(make_app: Callable[..., FastAPI]) -> None:
    async with running(make_app(names_language)) as client:
        assert (await client.get("/v1/tags")).headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("address", ADDRESSES.values())
async def test_response_without_added_dependencies_is_cached(make_app: Callable[..., FastAPI], address: str) -> None:
    app = make_app()
    async with running(app) as client:
        assert (await client.get(address)).headers["cache-control"].startswith("public")
        assert len(app.state.services.store) == 1


async def test_dependency_of_the_application_runs_for_each_request(
    make_app: Callable[..., FastAPI], monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_dependency(**options: Any) -> FastAPI:
        return ObservedFastAPI(dependencies=[Depends(needs_pass)], **options)

    monkeypatch.setattr(main, "ObservedFastAPI", with_dependency)
    async with running(make_app()) as client:
        for address in ADDRESSES.values():
            assert (await client.get(address, headers=PASS)).status_code == 200
            assert (await client.get(address)).status_code == 404


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
def test_dependency_runs_before_the_wire_cache_responds(
    make_app: Callable[..., FastAPI], database_address: str
) -> None:
    make_app(needs_pass)
    with (
        serving(database_address, early=True) as served,
        httpx.Client(base_url=f"http://127.0.0.1:{served.port}") as client,
    ):
        for address in ADDRESSES.values():
            assert [client.get(address, headers=PASS).status_code for _ in range(3)] == [200] * 3
            assert client.get(address).status_code == 404
        assert served.early == {}
