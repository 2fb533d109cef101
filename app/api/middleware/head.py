"""HEAD wherever GET is: the same answer without its body."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

IS_HEAD_KEY = "dayline.is_head"
"""Is in the scope of a request that was a HEAD, for answers that would never end."""


class HeadMiddleware:
    """Hands HEAD on as GET and keeps the bytes back; their length is still told."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        is_told = False

        async def send_head(message: Message) -> None:
            nonlocal is_told
            if is_told:
                return
            if message["type"] == "http.response.body":
                # Of what is sent bit by bit nothing more is told: whoever makes it sees the client leave.
                is_told, message = True, {**message, "body": b"", "more_body": False}
            await send(message)

        as_get = {**scope, "method": "GET", IS_HEAD_KEY: True}
        await self._app(as_get, receive, send_head)
        scope["route"] = as_get.get("route")  # the access log and the metrics read it
