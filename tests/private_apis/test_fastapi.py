"""FastAPI's route contexts and telemetry switch, which are not documented."""

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts


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
