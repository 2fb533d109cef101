"""Response cache as ASGI middleware: returns cached responses, and fills the cache once for concurrent requests."""

import asyncio
from collections.abc import Callable
from enum import Enum
from http import HTTPStatus
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import clock
from app.invalidation.dependencies import Dependencies, tracking
from app.invalidation.max_age import CONTENT, ResponseFreshness
from app.invalidation.schedule_snapshot import ScheduleSnapshot
from app.invalidation.surrogate_header import surrogate_key_header
from app.response_cache.conditional_requests import parse_conditional_headers
from app.response_cache.entry import CachedResponse, RawHeaders, RenderedResponse
from app.response_cache.store import ResponseStore
from app.server.request_record import COLLAPSED, HIT, MISS, get_record, route_path

CONTENT_PREFIXES = ("/v1", "/feeds")  # resources made from editorial content
START_PAGE = "/"  # made from it as well
MAX_KEY_LENGTH = 4_096  # maximum length of a cached URL
MAX_FILL_ATTEMPTS = 3  # beyond it, a response that changes faster than it is read is read for each request
CDN_CACHEABLE_STATUSES = frozenset(
    {HTTPStatus.OK, HTTPStatus.PERMANENT_REDIRECT}
)  # statuses that a CDN may store until purged
CACHEABLE_STATUSES = frozenset({HTTPStatus.OK, HTTPStatus.PERMANENT_REDIRECT, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


_CACHE_CONTROL = b"cache-control"
_DEFAULT = CONTENT.directives.encode()
PRIVATE_FIELD = (b"cache-control", b"private, no-store")


class UpToDateCheck(Protocol):
    """Check whether every committed change has been applied to the store."""

    def is_up_to_date(self) -> bool:
        """Return whether everything committed before this call has been applied."""

    async def sync(self) -> bool:
        """Apply committed changes; False if that cannot be determined."""


class HasSchedule(Protocol):
    """Provider of the schedule snapshot."""

    snapshot: ScheduleSnapshot


class _Outcome(Enum):
    """Outcome of a fill that other requests await."""

    RETRY = 1
    UNCACHEABLE = 2


class CacheMiddleware:
    """Middleware that sends public responses in each client's representation, from the store if cached.

    `cache_key` returns the canonical key of a URL, None for uncacheable ones, which are not negotiated either.
    `schedule` and `up_to_date` are called once the application has started. Without a store every response is made
    again. With `emit_surrogate_keys` responses carry surrogate keys and a lifetime for CDNs. A response to a request
    that is not `is_shared` is private, and not stored.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        cache_key: Callable[[Scope], str | None],
        store: ResponseStore | None,
        up_to_date: Callable[[], UpToDateCheck],
        schedule: Callable[[], HasSchedule],
        emit_surrogate_keys: bool = False,
        is_shared: Callable[[Scope], bool] = lambda _scope: True,
    ) -> None:
        self._app = app
        self._name_of = cache_key
        self._store = store
        self._up_to_date = up_to_date
        self._schedule = schedule
        self._emit_surrogate_keys = emit_surrogate_keys
        self._is_shared = is_shared
        self._fills: dict[str, asyncio.Future[_Outcome | CachedResponse]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        name = self._name_of(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        if name is None:
            await self._app(scope, receive, send)
        elif self._store is None:
            await self._begin().run(scope, receive, send)
        else:
            await self._respond(self._store, name, scope, receive, send)

    async def _respond(self, store: ResponseStore, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        for tries_left in reversed(range(MAX_FILL_ATTEMPTS + 1)):
            up_to_date = self._up_to_date()
            if len(name) > MAX_KEY_LENGTH or not (up_to_date.is_up_to_date() or await up_to_date.sync()):
                break
            cached = store.get(name) or store.get(raw_cache_key(scope))
            if cached is not None:
                store.counters.hits += 1
                _record_cache_state(scope, HIT, cached.route)
                await _send(send, cached.render(parse_conditional_headers(scope["headers"]), self._directives(cached)))
                return
            others = self._fills.get(name)
            if others is None:
                await self._read(store, name, scope, receive, send)
                return
            if not tries_left:
                break
            outcome = await asyncio.shield(others)
            if isinstance(outcome, CachedResponse):
                _record_cache_state(scope, COLLAPSED, outcome.route)
                await _send(send, outcome.render(parse_conditional_headers(scope["headers"])))
                return
            if outcome is _Outcome.UNCACHEABLE:
                break
        await self._begin().run(scope, receive, send)

    async def _read(self, store: ResponseStore, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the response for all concurrent requests; if this request ends without one, another one reads it.

        A response of 500 or above is sent to all of them: during an outage each further read would time out as well.
        """
        fill = self._begin()
        outcome: _Outcome | CachedResponse = _Outcome.RETRY
        waiting = self._fills[name] = asyncio.get_running_loop().create_future()
        token = store.begin_fill()
        store.counters.misses += 1

        def finish(response: CachedResponse | None) -> None:
            nonlocal outcome
            outcome = _Outcome.UNCACHEABLE
            if response is not None and response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                outcome = response
            elif response is not None and _is_cacheable(response, fill.dependencies, name):
                key = raw_cache_key(scope) if response.status == HTTPStatus.PERMANENT_REDIRECT else name
                should_retry = store.put(key, response, fill.dependencies, token) or store.was_invalidated_since(
                    fill.dependencies, token
                )
                outcome = _Outcome.RETRY if should_retry else _Outcome.UNCACHEABLE
            if outcome is _Outcome.RETRY:
                _record_cache_state(scope, MISS, None if response is None else response.route)
            del self._fills[name]
            waiting.set_result(outcome)

        try:
            await fill.run(scope, receive, send, on_response=finish)
        finally:
            store.end_fill(token)
            if not waiting.done():
                del self._fills[name]
                waiting.set_result(outcome)

    def _begin(self) -> "_Fill":
        return _Fill(
            self._app, self._is_shared, schedule=self._schedule(), emits_surrogate_keys=self._emit_surrogate_keys
        )

    def _directives(self, response: CachedResponse) -> RawHeaders:
        return response.cache_control(clock.now(), self._schedule().snapshot)


class _Fill:
    """One response of the application, buffered until it is complete.

    The schedule at the start of the read limits its lifetime, too: an article may expire in between.
    """

    def __init__(
        self, app: ASGIApp, is_shared: Callable[[Scope], bool], *, schedule: HasSchedule, emits_surrogate_keys: bool
    ) -> None:
        self._app = app
        self._is_shared = is_shared
        self._schedule = schedule
        self._seen = schedule.snapshot
        self._emits_surrogate_keys = emits_surrogate_keys
        self._start: Message | None = None
        self.is_private = False
        self.dependencies = Dependencies()

    async def run(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        on_response: Callable[[CachedResponse | None], None] | None = None,
    ) -> None:
        """Run the application and send the representation that the client wants; `made` is called before.

        A streamed response passes through, and `made` receives None; so it does for a private one.
        """

        async def buffer(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._start = message if self._is_shared(scope) else _made_private(message)
                self.is_private = _is_private(self._start["headers"])
                return
            if self._start is None:
                await send(message)
                return
            start, self._start = self._start, None
            if message.get("more_body", False):
                if on_response is not None:
                    on_response(None)
                await send(start)
                await send(message)
                return
            response = self._build_response(scope, start, message.get("body", b""))
            if on_response is not None:
                on_response(None if self.is_private else response)
            await _send(send, response.render(parse_conditional_headers(scope["headers"]), self._directives(response)))

        try:
            with tracking(self.dependencies):
                await self._app(scope, receive, buffer)
        finally:
            self.dependencies.freshness = None  # it refers back to them: the cycle would outlive the cached response

    def _build_response(self, scope: Scope, start: Message, body: bytes) -> CachedResponse:
        status, headers, dependencies = start["status"], start["headers"], self.dependencies
        surrogate = None
        has_expiry = dependencies.has_articles or dependencies.expires_at is not None
        if dependencies.freshness is None and has_expiry and (_CACHE_CONTROL, _DEFAULT) in headers:
            dependencies.freshness = ResponseFreshness(CONTENT, None, dependencies.expires_at, dependencies)
        if self._emits_surrogate_keys and status in CDN_CACHEABLE_STATUSES and _is_public(headers):
            surrogate = surrogate_key_header(dependencies, is_static=not _shows_content(scope["path"]))
        return CachedResponse(
            status,
            headers,
            body,
            freshness=dependencies.freshness,
            until=dependencies.expires_at,
            surrogate=surrogate,
            route=route_path(scope),
        )

    def _directives(self, response: CachedResponse) -> RawHeaders | None:
        if self.is_private:
            return None
        now, current, freshness = clock.now(), self._schedule.snapshot, self.dependencies.freshness
        if self._emits_surrogate_keys:
            return response.initial_cache_control(now, current)
        if freshness is None or freshness.dependency is not None:  # the endpoint has computed it
            return None
        return [(_CACHE_CONTROL, freshness.cache_control(now, self._seen, current).encode())]


def _record_cache_state(scope: Scope, cache: str, route: str | None = None) -> None:
    """Record the cache state of a request, for the access log and the metrics."""
    record = get_record(scope)
    if record is not None:
        record.cache, record.route = cache, route


async def _send(send: Send, reply: RenderedResponse) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": [*reply.directives, *reply.headers]})
    await send({"type": "http.response.body", "body": reply.body})


def _made_private(start: Message) -> Message:
    """Return the start of a response that is for this client alone, as the start of a private one."""
    others = [field for field in start["headers"] if field[0] != b"cache-control"]
    return {**start, "headers": [*others, PRIVATE_FIELD]}


def _is_private(headers: RawHeaders) -> bool:
    for name, value in headers:  # without a generator: this runs for each response
        if name == b"cache-control":
            return value.startswith(b"private")
    return False


def _is_public(headers: RawHeaders) -> bool:
    return any(name == b"cache-control" and value.startswith(b"public") for name, value in headers)


def _is_cacheable(response: CachedResponse, dependencies: Dependencies, name: str) -> bool:
    """Return whether the response's dependencies are known; pages for people depend on the program alone."""
    if dependencies.is_empty:
        return response.status == HTTPStatus.OK and not _shows_content(name.partition("?")[0])
    return response.status in CACHEABLE_STATUSES


def _shows_content(path: str) -> bool:
    return path == START_PAGE or path.startswith(CONTENT_PREFIXES)


def raw_cache_key(scope: Scope) -> str:
    """Return the cache key for an unnormalised query, which begins like no canonical one."""
    return f"as written: {scope['path']}?{scope['query_string'].decode('latin-1')}"
