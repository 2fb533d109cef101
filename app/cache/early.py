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
from app.cache.answer import Answer, RawHeaders, Reply, wishes_of
from app.cache.middleware import NAME_MOST, Picture, Vouching, as_written
from app.cache.store import Store
from app.domain.upcoming import Upcoming

STATE_KEY = "early_hits"
"""Under which name the application hands its EarlyHits to the server, in the state of its lifespan."""
REQUEST_MOST = 4_096  # bytes of a request that is worth remembering
REMEMBERED_MOST = 4_096
REMEMBERED_BYTES_MOST = 4 * 1024 * 1024
SEEN_MOST = 4_096
JOINED_MOST = 32_768  # bytes of an answer that is sent in one piece: slow clients must not hold copies of large ones
JOINED_BYTES_MOST = 4 * 1024 * 1024

Question = tuple[bytes, bytes, bytes | None, bytes | None, bytes | None]
"""The method and target of a request, its Accept-Encoding, If-None-Match and If-Modified-Since."""

_UNFIT = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
"""What a server refuses to send in a header field."""


class Ready:
    """What is sent for a kept answer: `whole` where that is there, else `start` and `body`.

    These are as of the second that `fields` were made for. `start` is `line`, `fields` and `head`; the last holds
    under the picture `upcoming` before the instant `until`.
    """

    __slots__ = (
        *("answer", "body", "directives", "fields", "head", "headers", "line"),
        *("name", "start", "until", "upcoming", "whole"),
    )

    def __init__(self, name: str, answer: Answer, reply: Reply) -> None:
        self.name = name
        self.answer = answer
        self.headers = reply.headers
        self.body = reply.body
        self.line = b"HTTP/1.1 %d %s\r\n" % (reply.status, HTTPStatus(reply.status).phrase.encode())
        self.head = b""
        self.start = b""
        self.whole: bytes | None = None
        self.fields: RawHeaders | None = None
        self.upcoming: Upcoming | None = None
        self.until = 0
        self.directives: RawHeaders | None = None


class EarlyHits:
    """Finds what may be sent without asking the application.

    `requests` holds every Ready by the requests that led to it, and none whose answer the store has let go.
    """

    def __init__(
        self, store: Store, *, name_of: Callable[[Scope], str | None], vouching: Vouching, picture: Picture
    ) -> None:
        self.requests: OrderedDict[bytes | Question, Ready] = OrderedDict()
        self.counters = store.counters
        self.size = 0  # bytes of what is remembered
        self._store = store
        self._name_of = name_of
        self._is_current = vouching.is_current
        self._picture = picture
        self._leading: dict[Answer, set[bytes | Question]] = {}
        self._seen = [0] * SEEN_MOST
        self._fields: RawHeaders | None = None
        self._joined: list[Ready] = []
        self._joined_bytes = 0

    def is_true(self, ready: Ready, fields: RawHeaders) -> bool:
        """Whether it may be sent at this moment; then it is ready, with the server's own fields.

        The list `fields` must be another one when what it says is: servers make one each second, for the date.
        """
        if not self._is_current() or not ready.answer.is_kept:
            return False
        upcoming = self._picture.upcoming
        now = clock.now()
        if (upcoming is not ready.upcoming or now >= ready.until) and not self._settle(ready, now, upcoming):
            return False
        return fields is ready.fields or self._begin_second(ready, fields)

    def find(self, method: bytes, target: bytes, told: Mapping[bytes, bytes]) -> Ready | None:
        """What answers a request without a body, if it is kept; `told` are its fields by lower-case names."""
        question = (
            *(method, target),
            *(told.get(b"accept-encoding"), told.get(b"if-none-match"), told.get(b"if-modified-since")),
        )
        ready = self.requests.get(question)
        if ready is None:
            ready = self._make_ready(method, target, told)
            if ready is not None:
                self.note(question, ready)
        return ready

    def note(self, request: bytes | Question, ready: Ready) -> None:
        """This request led there: remembered when it comes again, since many never do."""
        mark = hash(request)
        place = mark % SEEN_MOST
        if self._seen[place] == mark:
            self._remember(request, ready)
        else:
            self._seen[place] = mark

    def _make_ready(self, method: bytes, target: bytes, told: Mapping[bytes, bytes]) -> Ready | None:
        scope = _scope_of(target)
        name = None if scope is None else self._name_of(scope)
        if scope is None or name is None or len(name) > NAME_MOST:
            return None
        for each in (name, as_written(scope)):
            answer = self._store.find(each)
            if answer is not None:
                reply = answer.reply(wishes_of(told.items()))
                if any(_UNFIT.search(value) for _, value in reply.headers):
                    return None
                return Ready(each, answer, reply if method == b"GET" else reply._replace(body=b""))
        return None

    def _remember(self, request: bytes | Question, ready: Ready) -> None:
        size, answer = _size(request), ready.answer
        if size > REQUEST_MOST or not answer.is_kept or request in self.requests:
            return
        self.requests[request] = ready
        self.size += size
        self._leading.setdefault(answer, set()).add(request)
        answer.dropped = self._forget
        while len(self.requests) > REMEMBERED_MOST or self.size > REMEMBERED_BYTES_MOST:
            oldest, its = self.requests.popitem(last=False)
            self.size -= _size(oldest)
            leading = self._leading[its.answer]
            leading.discard(oldest)
            if not leading:
                del self._leading[its.answer]

    def _forget(self, answer: Answer) -> None:
        for request in self._leading.pop(answer, ()):
            del self.requests[request]
            self.size -= _size(request)

    def _settle(self, ready: Ready, now: int, upcoming: Upcoming) -> bool:
        """Reckon its Cache-Control; False where its time is over."""
        answer = ready.answer
        if answer.until is not None and answer.until <= now:
            return False
        directives = answer.directives(now, upcoming)
        until = answer.directives_until(now)
        ready.upcoming, ready.until = upcoming, until if answer.until is None else min(until, answer.until)
        if directives != ready.directives:
            fields = [*directives, *ready.headers]
            ready.head = b"".join(b"%s: %s\r\n" % (name.lower(), value) for name, value in fields)
            ready.directives, ready.fields = directives, None
        return True

    def _begin_second(self, ready: Ready, fields: RawHeaders) -> bool:
        """Put the date in; once a second is often enough to tell the store that the answer is still wanted."""
        if self._store.find(ready.name) is not ready.answer:
            return False
        own = b"".join(b"%s: %s\r\n" % field for field in fields)
        ready.start = b"%s%s%s\r\n" % (ready.line, own, ready.head)
        ready.fields = fields
        self._join(ready, fields)
        return True

    def _join(self, ready: Ready, fields: RawHeaders) -> None:
        """Head and body in one piece, which is quicker to send; only as many as are sent within a second."""
        if fields is not self._fields:
            for each in self._joined:
                each.whole = None
            self._joined.clear()
            self._fields, self._joined_bytes = fields, 0
        size = len(ready.start) + len(ready.body)
        ready.whole = None
        if size <= JOINED_MOST and self._joined_bytes + size <= JOINED_BYTES_MOST:
            ready.whole = ready.start + ready.body
            self._joined.append(ready)
            self._joined_bytes += size


def _size(key: bytes | Question) -> int:
    return len(key) if isinstance(key, bytes) else sum(len(part) for part in key if part is not None)


def _scope_of(target: bytes) -> Scope | None:
    """What a server would make of the target of a request; None where it would refuse it, or there is no path."""
    try:
        url = httptools.parse_url(target)
        path = url.path.decode("ascii")
    except (httptools.HttpParserError, ValueError, AttributeError):
        return None
    return {"type": "http", "path": unquote(path) if "%" in path else path, "query_string": url.query or b""}
