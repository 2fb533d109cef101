"""Plain Starlette routes for the endpoints that are requested most, ahead of FastAPI's own routes for them.

FastAPI solves dependencies and opens two exit stacks for each request, and matches routes one by one, which takes a
sixth of a miss (decision 10). Each of these endpoints takes only the request and the path, so a plain route calls it
directly. FastAPI's route documents it and answers every other method.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.public import articles, stream, timeline


def add_direct_routes(app: FastAPI) -> None:
    """Put a plain route first for each endpoint of this module, once all routers are included.

    An endpoint whose route has dependencies, its own or those of a router or of the application, gets no plain route:
    FastAPI runs them.
    """
    app.router.routes[:0] = [
        _GetRoute(str(context.path), ENDPOINTS[context.endpoint])
        for context in iter_route_contexts(app.router.routes)
        if context.endpoint in ENDPOINTS and not context.dependant.dependencies
    ]


class DirectRoutesMiddleware:
    """Middleware that serves the direct routes before the layers of errors and exit stacks and the router.

    It is the innermost middleware, so that all others apply. Errors of an endpoint go to the exception handlers of the
    application, as in those layers.
    """

    def __init__(self, app: ASGIApp, *, routes: Iterable[BaseRoute]) -> None:
        self._app = app
        self._routes = [route for route in routes if isinstance(route, _GetRoute)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        for route in self._routes:
            match, child_scope = route.matches(scope)
            if match is Match.FULL:
                scope.update(child_scope)
                await route.handle(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _GetRoute(Route):
    """A route for GET alone, so that other methods find FastAPI's route; its parameters are text, as in the path."""

    def __init__(self, path: str, respond: Callable[[Request], Awaitable[Response]]) -> None:
        super().__init__(path, respond)
        self._respond = respond
        self._prefix = path.partition("{")[0]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return the match, and what it adds to the scope."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(self._prefix):
            return Match.NONE, {}
        found = self.path_regex.match(scope["path"])
        if found is None:
            return Match.NONE, {}
        # `route` as FastAPI's routes do: metrics and access logs name its path
        return Match.FULL, {"endpoint": self.endpoint, "path_params": found.groupdict(), "route": self}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond, without the second layer of error handling that Starlette puts around each endpoint."""
        request = Request(scope, receive, send)
        try:
            response = await self._respond(request)
        except Exception as error:
            handle_error = _find_exception_handler(scope["app"], error)
            if handle_error is None:
                raise
            response = await handle_error(request, error)
        await response(scope, receive, send)


def _find_exception_handler(app: FastAPI, error: Exception) -> Any:
    """Return the exception handler for the class of an error; None where only that of unexpected errors applies."""
    specific = (each for each in type(error).__mro__ if each is not Exception)
    return next((app.exception_handlers[each] for each in specific if each in app.exception_handlers), None)


async def _get_article(request: Request) -> Response:
    return await articles.get_article(request, **request.path_params)


async def _stream_changes(request: Request) -> Response:
    return await stream.stream_changes(request, request.headers.get(stream.LAST_EVENT_ID))


ENDPOINTS: Mapping[Any, Callable[[Request], Awaitable[Response]]] = {
    timeline.get_timeline: timeline.get_timeline,
    articles.get_article: _get_article,
    stream.stream_changes: _stream_changes,
}
