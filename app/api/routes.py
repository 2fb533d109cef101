"""How the addresses of a resource are gathered, and added to the application as they are."""

from collections.abc import Iterable

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

PUBLIC = "/v1"


def resource(tag: str, *, prefix: str = PUBLIC) -> APIRouter:
    """A resource's addresses, below `prefix`, which the document lists under `tag`."""
    return APIRouter(prefix=prefix, tags=[tag], generate_unique_id_function=operation_id)


def operation_id(route: APIRoute) -> str:
    """A route's operation id: the name of its function."""
    return route.name


def add_routes(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Add the routes of these, in order, without a copy of each.

    FastAPI's own way makes every route anew on a process's first request, and asks router by router.
    """
    for router in routers:
        app.router.routes.extend(router.routes)
