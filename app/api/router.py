"""How the addresses of a resource are gathered, and added to the application: as they are, or once they are needed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from app.api.auth.security import RequireScopes
from app.api.http.query_guard import QueryGuard
from app.api.http.route import Guard, OrdinaryRoute
from app.domain.api_key import ApiKeyScope

PUBLIC = "/v1"


def make_router(tag: str, *, prefix: str = PUBLIC) -> APIRouter:
    """A resource's addresses, below `prefix`, which the document lists under `tag`."""
    return APIRouter(prefix=prefix, tags=[tag], generate_unique_id_function=operation_id)


def ordinary_router(tag: str, *, prefix: str, scopes: Sequence[ApiKeyScope] = ()) -> APIRouter:
    """Return a router of endpoints with ordinary signatures; with `scopes` each takes an API key that has one of them.

    Every query string is checked: repeated and undeclared parameters are refused.
    """
    guards: list[Guard] = [RequireScopes(*scopes)] if scopes else []
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        route_class=OrdinaryRoute,
        dependencies=[Depends(each) for each in (*guards, QueryGuard())],
        generate_unique_id_function=operation_id,
    )


def operation_id(route: APIRoute) -> str:
    """A route's operation id: the name of its function."""
    return route.name


def include_routers(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Add the routes of these, in order, without a copy of each.

    FastAPI's own way makes every route anew on a process's first request, and asks router by router.
    """
    app.router.routes.extend(_gather(routers))


def include_lazily(app: FastAPI, prefix: str, load: Callable[[], Iterable[APIRouter]]) -> None:
    """Add what `load` brings, all of it below `prefix`, when somebody first asks for anything there."""
    app.router.routes.append(LazyRoutes(prefix, load))


def iter_routes(app: FastAPI) -> Iterator[BaseRoute]:
    """All routes in their order, also those that nobody has asked for yet."""
    for route in app.router.routes:
        if isinstance(route, LazyRoutes):
            yield from route.routes
        else:
            yield route


def _gather(routers: Iterable[APIRouter]) -> list[BaseRoute]:
    return [route for router in routers for route in router.routes]


class LazyRoutes(BaseRoute):
    """Everything below a prefix, loaded when it is first asked for."""

    def __init__(self, prefix: str, load: Callable[[], Iterable[APIRouter]]) -> None:
        self._below = f"{prefix}/"
        self._load = load

    @cached_property
    def routes(self) -> list[BaseRoute]:
        """What there is."""
        return _gather(self._load())

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """How well any of them does: the first that takes the request, else the first that has its address."""
        best = Match.NONE
        chosen: Scope = {}
        if scope["type"] == "http" and scope["path"].startswith(self._below):
            for route in self.routes:
                match, found = route.matches(scope)
                if match.value > best.value:
                    best, chosen = match, {**found, "route": route}
        return best, chosen

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the one that was found answer."""
        await scope["route"].handle(scope, receive, send)
