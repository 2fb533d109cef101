"""Routers of the endpoints, and their inclusion in the application."""

from collections.abc import Iterable, Iterator, Sequence

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from app.api.auth.scopes import RequireScopes
from app.api.http.query_guard import QueryGuard
from app.api.http.route import Guard, OrdinaryRoute
from app.api.lazy_routes import LazyRoutes
from app.domain.api_key import ApiKeyScope

PUBLIC = "/v1"


def make_router(tag: str, *, prefix: str = PUBLIC) -> APIRouter:
    """Return a router of endpoints that parse their requests themselves, below `prefix`; the document shows `tag`."""
    return APIRouter(prefix=prefix, tags=[tag], generate_unique_id_function=operation_id)


def ordinary_router(
    tag: str,
    *,
    prefix: str,
    scopes: Sequence[ApiKeyScope] = (),
    guards: Sequence[Guard] = (),
    checks_query: bool = True,
    route_class: type[OrdinaryRoute] = OrdinaryRoute,
) -> APIRouter:
    """Return a router of endpoints with ordinary signatures; with `scopes` each takes an API key that has one of them.

    Further `guards` follow it. Query strings are checked: repeated and undeclared parameters are refused.
    """
    own = [*([RequireScopes(*scopes)] if scopes else []), *guards, *([QueryGuard()] if checks_query else [])]
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        route_class=route_class,
        dependencies=[Depends(each) for each in own],
        generate_unique_id_function=operation_id,
    )


def operation_id(route: APIRoute) -> str:
    """Return the operation id of a route: the name of its function."""
    return route.name


def include_routers(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Include these in their order."""
    for router in routers:
        app.include_router(router)


def iter_routes(app: FastAPI, *, only_loaded: bool = False) -> Iterator[BaseRoute]:
    """Yield all routes in their order, by default also those that are not loaded yet."""
    for route in app.router.routes:
        if not isinstance(route, LazyRoutes):
            yield route
        elif route.is_loaded or not only_loaded:
            yield from route.routes
