"""CORS fields for a list of origins, where the installation has one."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.net.cross_origin import CrossOriginPolicy


class CrossOriginMiddleware:
    """Middleware that writes the CORS fields of each response for the origin of its request.

    It is outside of the response cache, whose responses are for every origin, and of the error handlers.
    """

    def __init__(self, app: ASGIApp, policy: CrossOriginPolicy) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = [value for name, value in scope["headers"] if name == b"origin"]
        origin = self._policy.find_origin(given[0]) if len(given) == 1 else None

        async def send_for_origin(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._policy.apply(list(message["headers"]), origin)}
            await send(message)

        await self._app(scope, receive, send_for_origin)
