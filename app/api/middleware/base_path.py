"""Requests with the path of the public URL, and links below it."""

from starlette.types import ASGIApp, Receive, Scope, Send

from app.net.base_path import links_below, without_base


class BasePathMiddleware:
    """Middleware that takes requests with and without the base path, and puts it before every link of a response.

    It is outside of all others: routes, the response cache and the log see one path for both forms of a request. The
    scope's `root_path`, which a server may take from elsewhere, is not involved.
    """

    def __init__(self, app: ASGIApp, base_path: str) -> None:
        self._app = app
        self._base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["path"] = without_base(scope["path"], self._base_path)
        with links_below(self._base_path):
            await self._app(scope, receive, send)
