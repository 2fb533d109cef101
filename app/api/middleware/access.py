"""Access control: API keys for keyed reading, and rate limits; installed only if one of them is configured.

It is outside of the response cache, so that cached responses are counted as well.
"""

from typing import TYPE_CHECKING

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.auth.scopes import authenticate, authorize
from app.api.http.media_types import HTML, START_TYPES, negotiate
from app.api.http.private_responses import CROSS_ORIGIN_PRIVATE, is_editorial_path, mark_private
from app.api.http.problems import handle_error
from app.domain.api_key import ApiKeyScope
from app.errors import DaylineError

if TYPE_CHECKING:
    from app.api.auth.rate_limits import RateLimiter, RateLimitResult

RATE_LIMIT_EXEMPT = ("/health",)
PUBLIC_PATHS = (
    "/health",
    "/docs",
    "/openapi.json",
    "/openapi.md",
    "/problems",
    "/guides",
    "/assets",
    "/llms.txt",
    "/favicon.ico",
)
"""Paths that need no key with keyed reading; the editorial API has authorization of its own."""
START_PATH = "/"
"""Its page for browsers needs no key, and shows no content then; its service document does."""


class AccessMiddleware:
    """Middleware that rejects requests over a rate limit or without a required key, and adds rate-limit fields."""

    def __init__(self, app: ASGIApp, *, is_keyed: bool, limits: "RateLimiter | None") -> None:
        self._app = app
        self._is_keyed = is_keyed
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        verdict = await self._check_rate(scope)
        send = self._add_headers(scope, send, verdict)
        try:
            if verdict is not None and verdict.exceeded:
                raise verdict.to_error()
            if self._requires_api_key(scope):
                authorize(await authenticate(scope), ApiKeyScope.CONTENT_READ)
        except DaylineError as error:
            response = await handle_error(Request(scope), error)
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _check_rate(self, scope: Scope) -> "RateLimitResult | None":
        if self._limits is None or _is_within(scope["path"], RATE_LIMIT_EXEMPT) or _is_preflight(scope):
            return None
        return self._limits.hit(await authenticate(scope), scope)

    def _requires_api_key(self, scope: Scope) -> bool:
        """Return whether the request needs a key; a CORS preflight never carries one."""
        path = scope["path"]
        return (
            self._is_keyed
            and scope["method"] != "OPTIONS"
            and not (_is_within(path, PUBLIC_PATHS) or is_editorial_path(path))
            and not (path == START_PATH and negotiate(scope, START_TYPES) == HTML)
        )

    def _add_headers(self, scope: Scope, send: Send, verdict: "RateLimitResult | None") -> Send:
        """Return a `send` that adds rate-limit fields, which no cached public response may contain."""
        has_limit_fields = verdict is not None and (
            verdict.exceeded or self._is_keyed or is_editorial_path(scope["path"])
        )

        async def send_with_fields(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if verdict is not None and has_limit_fields:
                    headers.update({**verdict.headers(), **CROSS_ORIGIN_PRIVATE})
                if self._is_keyed:
                    mark_private(headers)
            await send(message)

        return send_with_fields if has_limit_fields or self._is_keyed else send


def _is_preflight(scope: Scope) -> bool:
    """Return whether this is a CORS preflight (Fetch standard): it carries no key and cannot handle a 429."""
    if scope["method"] != "OPTIONS":
        return False
    names = {name for name, _ in scope["headers"]}
    return b"origin" in names and b"access-control-request-method" in names


def _is_within(path: str, prefixes: tuple[str, ...]) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)
