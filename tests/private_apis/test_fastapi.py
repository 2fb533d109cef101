"""FastAPI's route contexts and telemetry switch, and the files of fastapi-offline, which are not documented."""

from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from app.api.ops.docs import ASSETS


def make_app() -> FastAPI:
    """Return an application with one route, made as `app.main` makes it."""
    app = FastAPI(openapi_url=None, telemetry={"tracing": False, "metrics": False, "logs": False})
    router = APIRouter(prefix="/v1")

    @router.get("/things/{name}", openapi_extra={"x-extra": True})
    def get_thing(name: str) -> str:
        return name

    app.include_router(router)
    return app


def test_route_contexts_give_the_routes_of_included_routers() -> None:
    [context] = iter_route_contexts(make_app().router.routes)
    route: Any = context.original_route
    assert isinstance(route, APIRoute)
    assert context.path_format == "/v1/things/{name}"
    assert context.methods == {"GET"}
    assert route.openapi_extra == {"x-extra": True}


def test_telemetry_is_switched_off() -> None:
    telemetry = make_app()._telemetry
    assert (telemetry["tracing"], telemetry["metrics"], telemetry["logs"]) == (False, False, False)


def test_files_of_the_reference_page_are_in_fastapi_offline() -> None:
    static = files("fastapi_offline") / "static"
    for name in ASSETS.keys() - {"icon.svg", "reference.js"}:
        assert len((static / name).read_bytes()) > 10_000, name
