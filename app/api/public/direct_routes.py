"""Plain Starlette routes for the endpoints that are requested most, ahead of FastAPI's own routes for them.

FastAPI solves dependencies and opens two exit stacks for each request, and matches routes one by one, which takes a
sixth of a miss (decision 10). Each of these endpoints takes only the request and the path, so a plain route calls it
directly. FastAPI's route documents it and answers every other method.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.routing import iter_route_contexts
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

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


class _GetRoute(Route):
    """A route for GET alone, so that other methods find FastAPI's route; the application's handlers take its errors."""

    def __init__(self, path: str, respond: Callable[[Request], Awaitable[Response]]) -> None:
        super().__init__(path, respond)
        self._respond = respond
        self._prefix = path.partition("{")[0]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(self._prefix):
            return Match.NONE, {}
        match, child_scope = super().matches(scope)
        if match is Match.FULL:
            child_scope["route"] = self  # as FastAPI's routes do: metrics and access logs name its path
        return match, child_scope

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond, without the second layer of error handling that Starlette puts around each endpoint."""
        response = await self._respond(Request(scope, receive, send))
        await response(scope, receive, send)


async def _get_article(request: Request) -> Response:
    return await articles.get_article(request, **request.path_params)


async def _stream_changes(request: Request) -> Response:
    return await stream.stream_changes(request, request.headers.get(stream.LAST_EVENT_ID))


ENDPOINTS: Mapping[Any, Callable[[Request], Awaitable[Response]]] = {
    timeline.get_timeline: timeline.get_timeline,
    articles.get_article: _get_article,
    stream.stream_changes: _stream_changes,
}
