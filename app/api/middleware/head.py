"""HEAD for every GET route: the same response without its body."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

IS_HEAD_KEY = "dayline.is_head"
"""Key in the scope of a HEAD request, for responses without an end."""


class HeadMiddleware:
    """Middleware that passes HEAD as GET and drops the body; its length is still sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        is_sent = False

        async def send_head(message: Message) -> None:
            nonlocal is_sent
            if is_sent:
                return
            if message["type"] == "http.response.body":
                # A streamed body is not sent: its producer sees a disconnect.
                is_sent, message = True, {**message, "body": b"", "more_body": False}
            await send(message)

        as_get = {**scope, "method": "GET", IS_HEAD_KEY: True}
        await self._app(as_get, receive, send_head)
        scope["route"] = as_get.get("route")  # the access log and the metrics read it
