"""Raw responses: cached responses as bytes ready to send, by the requests that lead to them.

a complete request, byte for byte ────────────────────────────────┐
RawRequestKey (method, target and fields used for negotiation) ───┴─ RawResponse (head and body of one representation)
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote

import httptools
from starlette.types import Scope

from app import clock
from app.invalidation.schedule_snapshot import ScheduleSnapshot
from app.net.cross_origin import CrossOriginPolicy
from app.response_cache.conditional_requests import parse_conditional_headers
from app.response_cache.entry import CachedResponse, RawHeaders, RenderedResponse
from app.response_cache.middleware import MAX_KEY_LENGTH, HasSchedule, UpToDateCheck, raw_cache_key
from app.response_cache.store import ResponseStore

if TYPE_CHECKING:
    from app.metrics.requests import RequestSeries

STATE_KEY = "early_hits"
"""Key of the RawResponseCache in the lifespan state, by which the application passes it to the server."""
HitObserver = Callable[[bytes, "RawResponse", float], None]
"""Called with each hit, in the hot path: bytes that begin with its request line, the response, and seconds."""
MAX_REQUEST = 4_096  # maximum length of a request whose bytes are stored
MAX_REMEMBERED = 4_096
MAX_REMEMBERED_BYTES = 4 * 1024 * 1024
MAX_SEEN = 4_096
MAX_JOINED = 32_768  # maximum of a response in one buffer: slow clients must not hold copies of large ones
MAX_JOINED_BYTES = 4 * 1024 * 1024

RawRequestKey = tuple[bytes, bytes, bytes | None, bytes | None, bytes | None, bytes | None]
"""Method and target of a request, its Origin if that is listed, Accept-Encoding, If-None-Match, If-Modified-Since."""

_UNFIT = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
"""Characters that a server must not send in a header field."""


class RawResponse:
    """Bytes of a cached response: `whole` if present, else `start` and `body`.

    They are valid for the second of the server's `fields`. `start` is `status_line`, `fields` and `head`; the last is
    valid for the schedule `snapshot` before the instant `until`.
    """

    __slots__ = (
        *("response", "body", "directives", "server_headers", "app_headers", "headers", "status_line"),
        *("name", "prefix", "until", "upcoming", "payload", "method", "series", "status"),
    )

    def __init__(self, name: str, response: CachedResponse, reply: RenderedResponse, *, method: bytes = b"GET") -> None:
        self.name = name
        self.response = response
        self.headers = reply.headers
        self.body = reply.body
        self.method = method
        self.status = reply.status
        self.series: RequestSeries | None = None  # in which hits are counted, once there was one
        self.status_line = b"HTTP/1.1 %d %s\r\n" % (reply.status, HTTPStatus(reply.status).phrase.encode())
        self.app_headers = b""
        self.prefix = b""
        self.payload: bytes | None = None
        self.server_headers: RawHeaders | None = None
        self.upcoming: ScheduleSnapshot | None = None
        self.until = 0
        self.directives: RawHeaders | None = None


class RawResponseCache:
    """Cache of raw responses that the server may send without the application.

    `requests` maps requests to raw responses; eviction from the store removes them.
    """

    def __init__(
        self,
        store: ResponseStore,
        *,
        cache_key: Callable[[Scope], str | None],
        up_to_date: UpToDateCheck,
        schedule: HasSchedule,
        on_hit: HitObserver | None = None,
        base_path: str = "",
        cross_origin: CrossOriginPolicy | None = None,
    ) -> None:
        self.on_hit = on_hit
        self.requests: OrderedDict[bytes | RawRequestKey, RawResponse] = OrderedDict()
        self.counters = store.counters
        self.size = 0  # bytes of the stored requests
        self._store = store
        self._name_of = cache_key
        self._is_current = up_to_date.is_up_to_date
        self._schedule = schedule
        self._leading: dict[CachedResponse, set[bytes | RawRequestKey]] = {}
        self._seen = [0] * MAX_SEEN
        self._fields: RawHeaders | None = None
        self._joined: list[RawResponse] = []
        self._joined_bytes = 0
        self._below = f"{base_path}/".encode() if base_path else b""
        self._base_length = len(base_path)
        self._cross_origin = cross_origin

    def is_fresh(self, ready: RawResponse, fields: RawHeaders) -> bool:
        """Return whether the response may be sent now; then it is complete, with the server's own fields.

        A change of the server's fields must be a new list object: servers make one each second, for the date.
        """
        if not self._is_current() or not ready.response.is_cached:
            return False
        upcoming = self._schedule.snapshot
        now = clock.now()
        if (upcoming is not ready.upcoming or now >= ready.until) and not self._refresh_headers(ready, now, upcoming):
            return False
        return fields is ready.server_headers or self._stamp_date(ready, fields)

    def get(self, method: bytes, target: bytes, fields: Mapping[bytes, bytes]) -> RawResponse | None:
        """Return the cached response to a request without a body, None if there is none; `fields` are its fields.

        The base path is no part of the key, so that requests with and without it have the same hit. The origin is one
        where CORS fields depend on it: a listed one, or None for all others.
        """
        if self._below and target.startswith(self._below):
            target = target[self._base_length :]
        policy = self._cross_origin
        origin = None if policy is None else policy.find_origin(fields.get(b"origin"))
        params = (
            *(method, target, origin),
            *(fields.get(b"accept-encoding"), fields.get(b"if-none-match"), fields.get(b"if-modified-since")),
        )
        ready = self.requests.get(params)
        if ready is None:
            ready = self._make_ready(method, target, origin, fields)
            if ready is not None:
                self.record(params, ready)
        return ready

    def record(self, request: bytes | RawRequestKey, ready: RawResponse) -> None:
        """Store the bytes of this request on its second occurrence, since many never recur."""
        request_hash = hash(request)
        slot = request_hash % MAX_SEEN
        if self._seen[slot] == request_hash:
            self._remember(request, ready)
        else:
            self._seen[slot] = request_hash

    def _make_ready(
        self, method: bytes, target: bytes, origin: bytes | None, fields: Mapping[bytes, bytes]
    ) -> RawResponse | None:
        scope = _scope_of(target)
        name = None if scope is None else self._name_of(scope)
        if scope is None or name is None or len(name) > MAX_KEY_LENGTH:
            return None
        for each in (name, raw_cache_key(scope)):
            response = self._store.get(each)
            if response is not None:
                reply = response.render(parse_conditional_headers(fields.items()))
                if self._cross_origin is not None:
                    reply = reply._replace(headers=self._cross_origin.apply(reply.headers, origin))
                if any(_UNFIT.search(value) for _, value in reply.headers):
                    return None
                sent = reply if method == b"GET" else reply._replace(body=b"")
                return RawResponse(each, response, sent, method=method)
        return None

    def _remember(self, request: bytes | RawRequestKey, ready: RawResponse) -> None:
        size, response = _size(request), ready.response
        if size > MAX_REQUEST or not response.is_cached or request in self.requests:
            return
        self.requests[request] = ready
        self.size += size
        self._leading.setdefault(response, set()).add(request)
        response.on_evict = self._discard
        while len(self.requests) > MAX_REMEMBERED or self.size > MAX_REMEMBERED_BYTES:
            oldest, its = self.requests.popitem(last=False)
            self.size -= _size(oldest)
            leading = self._leading[its.response]
            leading.discard(oldest)
            if not leading:
                del self._leading[its.response]

    def _discard(self, response: CachedResponse) -> None:
        for request in self._leading.pop(response, ()):
            del self.requests[request]
            self.size -= _size(request)

    def _refresh_headers(self, ready: RawResponse, now: int, upcoming: ScheduleSnapshot) -> bool:
        """Update its Cache-Control; False if it has expired."""
        response = ready.response
        if response.expires_at is not None and response.expires_at <= now:
            return False
        directives = response.cache_control(now, upcoming)
        until = response.cache_control_valid_until(now)
        ready.upcoming, ready.until = (
            upcoming,
            until if response.expires_at is None else min(until, response.expires_at),
        )
        if directives != ready.directives:
            fields = [*directives, *ready.headers]
            ready.app_headers = b"".join(b"%s: %s\r\n" % (name.lower(), value) for name, value in fields)
            ready.directives, ready.server_headers = directives, None
        return True

    def _stamp_date(self, ready: RawResponse, fields: RawHeaders) -> bool:
        """Update the date; once a second is often enough to record the use for the store's eviction order."""
        if self._store.get(ready.name) is not ready.response:
            return False
        own = b"".join(b"%s: %s\r\n" % field for field in fields)
        ready.prefix = b"%s%s%s\r\n" % (ready.status_line, own, ready.app_headers)
        ready.server_headers = fields
        self._concatenate(ready, fields)
        return True

    def _concatenate(self, ready: RawResponse, fields: RawHeaders) -> None:
        """Join head and body into one buffer, which is faster to send; only for responses sent within a second."""
        if fields is not self._fields:
            for each in self._joined:
                each.payload = None
            self._joined.clear()
            self._fields, self._joined_bytes = fields, 0
        size = len(ready.prefix) + len(ready.body)
        ready.payload = None
        if size <= MAX_JOINED and self._joined_bytes + size <= MAX_JOINED_BYTES:
            ready.payload = ready.prefix + ready.body
            self._joined.append(ready)
            self._joined_bytes += size


def _size(key: bytes | RawRequestKey) -> int:
    return len(key) if isinstance(key, bytes) else sum(len(part) for part in key if part is not None)


def _scope_of(target: bytes) -> Scope | None:
    """Return the scope that a server makes of a target; None if it would refuse the target or there is no path."""
    try:
        url = httptools.parse_url(target)
        path = url.path.decode("ascii")
    except (httptools.HttpParserError, ValueError, AttributeError):
        return None
    return {"type": "http", "path": unquote(path) if "%" in path else path, "query_string": url.query or b""}
