"""The door of an installation that asks for keys or counts requests; others have none.

It stands before everything that answers, so that answers kept in memory are counted as well.
"""

from typing import TYPE_CHECKING

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.private import CROSS_ORIGIN_PRIVATE, is_editorial, make_private
from app.api.problems import answer_error
from app.api.security import identify, permit
from app.domain.api_key import KeyScope
from app.errors import DaylineError

if TYPE_CHECKING:
    from app.api.rate_limits import RateLimits, Verdict

UNCOUNTED = ("/health",)
OPEN = ("/health", "/docs", "/openapi.json", "/problems")
"""What stays open to all when reading is keyed; the newsroom's side has locks of its own."""


class DoorMiddleware:
    """Turns requests away that are too many or, when reading is keyed, lack a key; says so on private answers."""

    def __init__(self, app: ASGIApp, *, is_keyed: bool, limits: "RateLimits | None") -> None:
        self._app = app
        self._is_keyed = is_keyed
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        verdict = await self._count(scope)
        send = self._telling(scope, send, verdict)
        try:
            if verdict is not None and verdict.is_over:
                raise verdict.refusal()
            if self._needs_key(scope):
                permit(await identify(scope), KeyScope.CONTENT_READ)
        except DaylineError as error:
            answer = await answer_error(Request(scope), error)
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _count(self, scope: Scope) -> "Verdict | None":
        if self._limits is None or _is_within(scope["path"], UNCOUNTED) or _is_preflight(scope):
            return None
        return self._limits.count(await identify(scope), scope)

    def _needs_key(self, scope: Scope) -> bool:
        """A preflight never carries a key."""
        path = scope["path"]
        return self._is_keyed and scope["method"] != "OPTIONS" and not (_is_within(path, OPEN) or is_editorial(path))

    def _telling(self, scope: Scope, send: Send, verdict: "Verdict | None") -> Send:
        """A way to send that adds what the door has to say: a kept public answer must not tell one client's limits."""
        tells = verdict is not None and (verdict.is_over or self._is_keyed or is_editorial(scope["path"]))

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if verdict is not None and tells:
                    headers.update({**verdict.headers(), **CROSS_ORIGIN_PRIVATE})
                if self._is_keyed:
                    make_private(headers)
            await send(message)

        return tell if tells or self._is_keyed else send


def _is_preflight(scope: Scope) -> bool:
    """Return whether this is a CORS preflight (Fetch standard): it carries no key and cannot handle a 429."""
    if scope["method"] != "OPTIONS":
        return False
    names = {name for name, _ in scope["headers"]}
    return b"origin" in names and b"access-control-request-method" in names


def _is_within(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)
