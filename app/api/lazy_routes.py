"""Routers that are imported and included when something below their prefix is first requested.

The editorial API and the feeds take 150 ms of a process's start of 720 ms, and 5 MB (decision 24); most processes serve
readers alone.
"""

from collections.abc import Callable, Iterable
from functools import cached_property

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send


def include_lazily(app: FastAPI, prefix: str, load: Callable[[], Iterable[APIRouter]]) -> None:
    """Include the routers that `load` returns, all of them below `prefix`, when something there is requested."""
    app.router.routes.append(LazyRoutes(app, prefix, load))


class LazyRoutes(BaseRoute):
    """Everything below a prefix, with the dependencies of the application."""

    def __init__(self, app: FastAPI, prefix: str, load: Callable[[], Iterable[APIRouter]]) -> None:
        self._app = app
        self._below = f"{prefix}/"
        self._load = load

    @cached_property
    def routes(self) -> list[BaseRoute]:
        """The included routers."""
        parent = APIRouter(dependencies=self._app.router.dependencies)
        for router in self._load():
            parent.include_router(router)
        return parent.routes

    @property
    def is_loaded(self) -> bool:
        """Return whether something below the prefix was requested."""
        return "routes" in self.__dict__

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return the match of the first router that takes the request, else of the first that has its address."""
        best, chosen = Match.NONE, {}
        if scope["type"] == "http" and scope["path"].startswith(self._below):
            for route in self.routes:
                match, found = route.matches(scope)
                if match.value > best.value:
                    best, chosen = match, {**found, "route": route}
        return best, chosen

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the router that was found handle the request."""
        await scope["route"].handle(scope, receive, send)
