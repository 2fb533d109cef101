"""Browser security policy on every response of the application: added where the response has none of its own."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server.response_fields import RAW_SECURITY_FIELDS


class SecurityHeadersMiddleware:
    """Middleware that adds the default security fields inside of the response cache, so that it stores them too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                present = dict(headers)
                message["headers"] = [*headers, *[field for field in RAW_SECURITY_FIELDS if field[0] not in present]]
            await send(message)

        await self._app(scope, receive, send_secured)
