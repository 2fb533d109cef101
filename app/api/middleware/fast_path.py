"""The addresses that are asked most or held longest, answered past the framework's layers and its router.

They are the same functions, which the framework's routes document; these answer GET before it is asked.
"""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from fastapi import Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.http.problems import HANDLED_ERRORS, handle_expected
from app.api.public import articles, stream, timeline

ARTICLE = "/v1/articles/"
ARTICLE_ROUTE = "/v1/articles/{key}"

Endpoint = Callable[[Request], Awaitable[Response]]


class _RouteTemplate(NamedTuple):
    """The part of a route that the access log and the metrics read."""

    path: str


class FastPathMiddleware:
    """Has these addresses answered, and everything else by the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        answering = _find(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        if answering is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = _RouteTemplate(ARTICLE_ROUTE if scope["path"].startswith(ARTICLE) else scope["path"])
        request = Request(scope, receive)
        try:
            answer = await answering(request)
        except HANDLED_ERRORS as error:
            answer = await handle_expected(request, error)
        await answer(scope, receive, send)


def _find(scope: Scope) -> Endpoint | None:
    path: str = scope["path"]
    if path.startswith(ARTICLE):
        key = path[len(ARTICLE) :]
        return None if not key or "/" in key else lambda request: articles.get_article(request, key)
    return _ENDPOINTS.get(path)


async def _stream_changes(request: Request) -> Response:
    return await stream.stream_changes(request, request.headers.get(stream.LAST_EVENT_ID))


_ENDPOINTS: dict[str, Endpoint] = {"/v1/timeline": timeline.get_timeline, "/v1/stream": _stream_changes}
