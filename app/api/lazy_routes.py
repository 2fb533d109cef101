"""Routers that are imported and included when something below their prefix is first requested.

The editorial API and the feeds take 150 ms of a process's start of 720 ms, and 5 MB (decision 24); most processes serve
readers alone. The first request loads them in a thread, so that others proceed.
"""

import asyncio
from collections.abc import Callable, Iterable
from threading import Lock

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
        self._lock = Lock()
        self._routes: list[BaseRoute] | None = None

    @property
    def routes(self) -> list[BaseRoute]:
        """The included routers, loaded once."""
        if self._routes is None:
            with self._lock:
                if self._routes is None:
                    self._routes = self._include()
        return self._routes

    def _include(self) -> list[BaseRoute]:
        parent = APIRouter(dependencies=self._app.router.dependencies)
        for router in self._load():
            parent.include_router(router)
        return parent.routes

    @property
    def is_loaded(self) -> bool:
        """Return whether something below the prefix was requested."""
        return self._routes is not None

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return the match of the first router that takes the request, else of the first that has its address.

        Until the routers are loaded, this route takes every request below the prefix.
        """
        best, chosen = Match.NONE, {}
        if scope["type"] == "http" and scope["path"].startswith(self._below):
            if self._routes is None:
                return Match.FULL, {"route": self}
            for route in self._routes:
                match, found = route.matches(scope)
                if match.value > best.value:
                    best, chosen = match, {**found, "route": route}
        return best, chosen

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the router that was found handle the request; load the routers first where they are not."""
        route = scope["route"]
        if route is not self:
            await route.handle(scope, receive, send)
            return
        await asyncio.to_thread(lambda: self.routes)
        del scope["route"]
        await self._app.router(scope, receive, send)
