"""Request ids, and the observation of each request that reaches the application."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from random import getrandbits
from time import perf_counter
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.auth.stream_tokens import hide_stream_tokens
from app.api.middleware.base_path import BasePathMiddleware
from app.api.middleware.cross_origin import CrossOriginMiddleware
from app.logging.context import REQUEST_ID
from app.net.cross_origin import CrossOriginPolicy
from app.server.request_record import (
    HIT,
    READING_METHODS,
    RECORD_KEY,
    RequestObserver,
    RequestRecord,
    route_path,
)
from app.services import Services

REQUEST_ID_FIELD = b"x-request-id"
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_CACHE_CONTROL = b"cache-control"
_PRIVATE = b"private"
_DATABASE_PATHS = ("/v1", "/feeds", "/health/ready")


class RequestContextMiddleware:
    """Gives each request an id and a RequestRecord, and passes the record to the observers when the response has ended.

    The id is in the log lines of the request and on its response where that is private or an error. Responses from the
    cache have none: they are equal for all clients.
    """

    def __init__(self, app: ASGIApp, observers: Sequence[RequestObserver]) -> None:
        self._app = app
        self._observers = observers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        hide_stream_tokens(scope)
        record = RequestRecord(scope["method"], scope["path"], _find_request_id(scope) or _make_request_id())
        scope[RECORD_KEY] = record

        async def send_observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                record.status = message["status"]
                if record.cache != HIT and _has_request_id(message):
                    field = (REQUEST_ID_FIELD, record.request_id.encode())
                    message = {**message, "headers": [*message["headers"], field]}
            elif message["type"] == "http.response.body":
                record.response_bytes += len(message.get("body", b""))
                record.is_complete = not message.get("more_body", False)
            await send(message)

        token, begun_at = REQUEST_ID.set(record.request_id), perf_counter()
        try:
            await self._app(scope, receive, send_observed)
        except Exception:
            if not (record.is_error_logged and record.is_complete):
                raise  # the server logs it, or closes the connection
        finally:
            record.duration_s = perf_counter() - begun_at
            record.route = record.route or route_path(scope)
            principal: Any = scope.get("state", {}).get("principal")
            if principal is not None:
                record.key_prefix = principal.prefix
            for observe in self._observers:
                observe(record)
            REQUEST_ID.reset(token)


class ObservedFastAPI(FastAPI):
    """FastAPI with RequestContextMiddleware outside of all others, so that it sees responses to unexpected errors.

    Around it are BasePathMiddleware and CrossOriginMiddleware, where the settings need them: responses to unexpected
    errors have links and CORS fields, too.
    """

    def __init__(self, *, base_path: str = "", cross_origin: CrossOriginPolicy | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.observers: list[RequestObserver] = []
        self._base_path = base_path
        self._cross_origin = cross_origin

    def build_middleware_stack(self) -> ASGIApp:
        """Return the middleware of Starlette and the application inside of the request context."""
        stack: ASGIApp = RequestContextMiddleware(super().build_middleware_stack(), self.observers)
        if self._cross_origin is not None:
            stack = CrossOriginMiddleware(stack, self._cross_origin)
        return BasePathMiddleware(stack, self._base_path) if self._base_path else stack


def _find_request_id(scope: Scope) -> str | None:
    """Return the client's X-Request-ID where it has the allowed form and is the only one."""
    found = [value for name, value in scope["headers"] if name == REQUEST_ID_FIELD]
    return found[0].decode("ascii") if len(found) == 1 and _REQUEST_ID.fullmatch(found[0]) else None


def _make_request_id() -> str:
    """Return a random id; it needs no source of secrets, since it grants nothing to a client that guesses it."""
    return f"{getrandbits(64):016x}"


def _has_request_id(start: Message) -> bool:
    """Return whether a response with this start is private or an error."""
    if start["status"] >= HTTPStatus.BAD_REQUEST:
        return True
    for name, value in start["headers"]:  # without a generator: this runs for each response
        if name == _CACHE_CONTROL:
            return bool(value.startswith(_PRIVATE))
    return False


def observe_recovery(services: Services, record: RequestRecord) -> None:
    """End the outages that this response disproves; a cached or refused response proves nothing."""
    if not services.request_outages.is_failing:
        return
    if record.status is None or record.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return
    used_database = (
        record.cache != HIT and record.status < HTTPStatus.BAD_REQUEST and record.path.startswith(_DATABASE_PATHS)
    )
    services.request_outages.success(
        route=record.route, is_write=record.method not in READING_METHODS, used_database=used_database
    )
