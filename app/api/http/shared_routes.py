"""Shared routes: those whose one response is for all clients, because no dependency could refuse one of them."""

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.types import Scope

from app.api.dependencies import get_services
from app.api.http.query_guard import QueryGuard
from app.api.http.route import walk_dependants
from app.api.router import iter_routes


class SharedRoutes:
    """Check, for the response cache, whether the route of a request is shared.

    A cached response is sent without running the route, so that a dependency that is added to it, to its router or to
    the application would be skipped. Responses of such a route are private instead, and not cached.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._known: dict[int, bool] = {}

    def __call__(self, scope: Scope) -> bool:
        """Return whether the request, which the application has handled, went to a shared route or to none."""
        route = scope.get("route")
        if not isinstance(route, APIRoute):
            return True
        known = self._known.get(id(route))
        if known is None:
            known = self._known[id(route)] = self._is_shared(route)
        return known

    def _is_shared(self, route: APIRoute) -> bool:
        contexts = iter_route_contexts(list(iter_routes(self._app, only_loaded=True)))
        return all(_is_shared(each.dependant) for each in contexts if each.original_route is route)


def _is_shared(dependant: Dependant) -> bool:
    """Return whether the response follows from the address alone."""
    *dependencies, endpoint = walk_dependants(dependant)
    if any(each.header_params or each.cookie_params for each in (*dependencies, endpoint)):
        return False
    return all(each.call is get_services or isinstance(each.call, QueryGuard) for each in dependencies)
