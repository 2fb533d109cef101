"""Kept answers as ready bytes, remembered by the requests that lead to them, for a server that answers by itself.

a whole request, byte for byte ────────────────────┐
Question (method, target and what it negotiates by) ┴─ Ready (head and body in the form that they get)
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import unquote

import httptools
from starlette.types import Scope

from app import clock
from app.invalidation.schedule_snapshot import ScheduleSnapshot
from app.response_cache.entry import CachedResponse, RawHeaders, RenderedResponse, parse_conditional_headers
from app.response_cache.middleware import MAX_KEY_LENGTH, HasSchedule, UpToDateCheck, raw_cache_key
from app.response_cache.store import ResponseStore

STATE_KEY = "early_hits"
"""Under which name the application hands its RawResponseCache to the server, in the state of its lifespan."""
MAX_REQUEST = 4_096  # bytes of a request that is worth remembering
MAX_REMEMBERED = 4_096
MAX_REMEMBERED_BYTES = 4 * 1024 * 1024
MAX_SEEN = 4_096
MAX_JOINED = 32_768  # bytes of an answer that is sent in one piece: slow clients must not hold copies of large ones
MAX_JOINED_BYTES = 4 * 1024 * 1024

RawRequestKey = tuple[bytes, bytes, bytes | None, bytes | None, bytes | None]
"""The method and target of a request, its Accept-Encoding, If-None-Match and If-Modified-Since."""

_UNFIT = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
"""What a server refuses to send in a header field."""


class RawResponse:
    """What is sent for a kept answer: `whole` where that is there, else `start` and `body`.

    These are as of the second that `fields` were made for. `start` is `status_line`, `fields` and `head`; the last
    holds under the picture `snapshot` before the instant `until`.
    """

    __slots__ = (
        *("answer", "body", "directives", "server_headers", "app_headers", "headers", "status_line"),
        *("name", "prefix", "until", "upcoming", "payload"),
    )

    def __init__(self, name: str, answer: CachedResponse, reply: RenderedResponse) -> None:
        self.name = name
        self.answer = answer
        self.headers = reply.headers
        self.body = reply.body
        self.status_line = b"HTTP/1.1 %d %s\r\n" % (reply.status, HTTPStatus(reply.status).phrase.encode())
        self.app_headers = b""
        self.prefix = b""
        self.payload: bytes | None = None
        self.server_headers: RawHeaders | None = None
        self.upcoming: ScheduleSnapshot | None = None
        self.until = 0
        self.directives: RawHeaders | None = None


class RawResponseCache:
    """Finds what may be sent without asking the application.

    `requests` holds every Ready by the requests that led to it, and none whose answer the store has let go.
    """

    def __init__(
        self,
        store: ResponseStore,
        *,
        cache_key: Callable[[Scope], str | None],
        up_to_date: UpToDateCheck,
        schedule: HasSchedule,
    ) -> None:
        self.requests: OrderedDict[bytes | RawRequestKey, RawResponse] = OrderedDict()
        self.counters = store.counters
        self.size = 0  # bytes of what is remembered
        self._store = store
        self._name_of = cache_key
        self._is_current = up_to_date.is_up_to_date
        self._picture = schedule
        self._leading: dict[CachedResponse, set[bytes | RawRequestKey]] = {}
        self._seen = [0] * MAX_SEEN
        self._fields: RawHeaders | None = None
        self._joined: list[RawResponse] = []
        self._joined_bytes = 0

    def is_fresh(self, ready: RawResponse, fields: RawHeaders) -> bool:
        """Whether it may be sent at this moment; then it is ready, with the server's own fields.

        The list `fields` must be another one when what it says is: servers make one each second, for the date.
        """
        if not self._is_current() or not ready.answer.is_cached:
            return False
        upcoming = self._picture.snapshot
        now = clock.now()
        if (upcoming is not ready.upcoming or now >= ready.until) and not self._refresh_headers(ready, now, upcoming):
            return False
        return fields is ready.server_headers or self._stamp_date(ready, fields)

    def get(self, method: bytes, target: bytes, told: Mapping[bytes, bytes]) -> RawResponse | None:
        """What answers a request without a body, if it is kept; `told` are its fields by lower-case names."""
        question = (
            *(method, target),
            *(told.get(b"accept-encoding"), told.get(b"if-none-match"), told.get(b"if-modified-since")),
        )
        ready = self.requests.get(question)
        if ready is None:
            ready = self._make_ready(method, target, told)
            if ready is not None:
                self.record(question, ready)
        return ready

    def record(self, request: bytes | RawRequestKey, ready: RawResponse) -> None:
        """This request led there: remembered when it comes again, since many never do."""
        mark = hash(request)
        place = mark % MAX_SEEN
        if self._seen[place] == mark:
            self._remember(request, ready)
        else:
            self._seen[place] = mark

    def _make_ready(self, method: bytes, target: bytes, told: Mapping[bytes, bytes]) -> RawResponse | None:
        scope = _scope_of(target)
        name = None if scope is None else self._name_of(scope)
        if scope is None or name is None or len(name) > MAX_KEY_LENGTH:
            return None
        for each in (name, raw_cache_key(scope)):
            answer = self._store.get(each)
            if answer is not None:
                reply = answer.render(parse_conditional_headers(told.items()))
                if any(_UNFIT.search(value) for _, value in reply.headers):
                    return None
                return RawResponse(each, answer, reply if method == b"GET" else reply._replace(body=b""))
        return None

    def _remember(self, request: bytes | RawRequestKey, ready: RawResponse) -> None:
        size, answer = _size(request), ready.answer
        if size > MAX_REQUEST or not answer.is_cached or request in self.requests:
            return
        self.requests[request] = ready
        self.size += size
        self._leading.setdefault(answer, set()).add(request)
        answer.on_evict = self._forget
        while len(self.requests) > MAX_REMEMBERED or self.size > MAX_REMEMBERED_BYTES:
            oldest, its = self.requests.popitem(last=False)
            self.size -= _size(oldest)
            leading = self._leading[its.answer]
            leading.discard(oldest)
            if not leading:
                del self._leading[its.answer]

    def _forget(self, answer: CachedResponse) -> None:
        for request in self._leading.pop(answer, ()):
            del self.requests[request]
            self.size -= _size(request)

    def _refresh_headers(self, ready: RawResponse, now: int, upcoming: ScheduleSnapshot) -> bool:
        """Reckon its Cache-Control; False where its time is over."""
        answer = ready.answer
        if answer.expires_at is not None and answer.expires_at <= now:
            return False
        directives = answer.cache_control(now, upcoming)
        until = answer.cache_control_valid_until(now)
        ready.upcoming, ready.until = upcoming, until if answer.expires_at is None else min(until, answer.expires_at)
        if directives != ready.directives:
            fields = [*directives, *ready.headers]
            ready.app_headers = b"".join(b"%s: %s\r\n" % (name.lower(), value) for name, value in fields)
            ready.directives, ready.server_headers = directives, None
        return True

    def _stamp_date(self, ready: RawResponse, fields: RawHeaders) -> bool:
        """Put the date in; once a second is often enough to tell the store that the answer is still wanted."""
        if self._store.get(ready.name) is not ready.answer:
            return False
        own = b"".join(b"%s: %s\r\n" % field for field in fields)
        ready.prefix = b"%s%s%s\r\n" % (ready.status_line, own, ready.app_headers)
        ready.server_headers = fields
        self._concatenate(ready, fields)
        return True

    def _concatenate(self, ready: RawResponse, fields: RawHeaders) -> None:
        """Head and body in one piece, which is quicker to send; only as many as are sent within a second."""
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
    """What a server would make of the target of a request; None where it would refuse it, or there is no path."""
    try:
        url = httptools.parse_url(target)
        path = url.path.decode("ascii")
    except (httptools.HttpParserError, ValueError, AttributeError):
        return None
    return {"type": "http", "path": unquote(path) if "%" in path else path, "query_string": url.query or b""}
