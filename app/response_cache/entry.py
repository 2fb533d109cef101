"""Cached public response: its content in the encodings requested so far, and the header fields of a response.

CachedResponse ── Representation (identity), Representation (gzip) …   bytes of an encoding with a strong ETag
               └─ RenderedResponse                                     one client's response: 200, 304, or without ETag
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from app.invalidation.max_age import ResponseFreshness
from app.invalidation.schedule_snapshot import ScheduleSnapshot
from app.invalidation.surrogate_header import cdn_cache_control
from app.response_cache.conditional_requests import ConditionalHeaders, is_not_modified
from app.response_cache.negotiation import choose_encoding, encode
from app.server.response_fields import RAW_SECURITY_FIELDS

RawHeaders = list[tuple[bytes, bytes]]
FOREVER = 1 << 63  # µs

_OWN = frozenset({b"cache-control", b"content-length", b"etag", b"vary"})
"""Fields that CachedResponse writes itself."""
_OF_CONTENT = frozenset(
    {b"content-type", b"content-encoding", b"content-length", *(name for name, _ in RAW_SECURITY_FIELDS)}
)
"""Fields that a 304 omits: those of the content, and the security policy that the client stored with it."""
_VARY = b"vary"
_ACCEPT_ENCODING = b"Accept-Encoding"
_CACHE_CONTROL = b"cache-control"
_CDN_CACHE_CONTROL = b"cdn-cache-control"


class Representation(NamedTuple):
    """Response in one encoding: its ETag and bytes, and the header fields of a 200 and a 304 except Cache-Control."""

    etag: str
    body: bytes
    headers_200: RawHeaders
    headers_304: RawHeaders


class RenderedResponse(NamedTuple):
    """Response for one client; `directives`, which depend on the current time, are the first fields."""

    status: int
    directives: RawHeaders
    headers: RawHeaders
    body: bytes


class CachedResponse:
    """Cached response; further encodings are compressed when they are first requested, and cached.

    Without an ETag every client gets the same bytes. CDNs that accept purges receive its keys in `surrogate` and a
    longer lifetime. `on_grow` receives the size of each new encoding. `is_cached` is true from `put` until the store
    evicts it, which calls `on_evict`.
    """

    __slots__ = (
        "_default_cc",
        "_due",
        "_forms",
        "_freshness",
        "_is_purged",
        "_modified",
        "_original_cc",
        "_snapshot",
        "_tag",
        "_usual_until",
        "_vary",
        "body",
        "expires_at",
        "headers",
        "is_cached",
        "on_evict",
        "on_grow",
        "route",
        "status",
    )

    def __init__(
        self,
        status: int,
        headers: Iterable[tuple[bytes, bytes]],
        body: bytes,
        *,
        freshness: ResponseFreshness | None = None,
        until: int | None = None,
        surrogate: str | None = None,
        route: str | None = None,
    ) -> None:
        fields = dict(headers)
        self.status = status
        self.route = route  # path template of the route that made it, for metrics and the access log
        self.headers = [(name, value) for name, value in fields.items() if name not in _OWN]
        self.body = bytes(memoryview(body))  # a copy, because orjson allocates up to twice the length of its result
        self.expires_at = until
        self.on_grow: Callable[[int], None] | None = None
        self.on_evict: Callable[[CachedResponse], None] | None = None
        self.is_cached = False
        self._tag = fields[b"etag"].decode().strip('"') if b"etag" in fields else None
        self._vary = fields.get(_VARY)
        self._modified = fields[b"last-modified"].decode() if b"last-modified" in fields else None
        directives = fields.get(_CACHE_CONTROL)
        self._original_cc = [] if directives is None else [(_CACHE_CONTROL, directives)]
        self._default_cc = self._original_cc
        self._freshness = freshness
        if freshness is not None:
            self._default_cc = [(_CACHE_CONTROL, freshness.terms.directives.encode())]
        self._is_purged = surrogate is not None
        if surrogate is not None:
            self.headers.append((b"surrogate-key", surrogate.encode()))
        self._snapshot: ScheduleSnapshot | None = None
        self._usual_until = 0
        self._due: int | None = None
        self._forms: dict[str | None, Representation] = {}

    def render(self, conditions: ConditionalHeaders, directives: RawHeaders | None = None) -> RenderedResponse:
        """Return the response for these conditional fields, with its original Cache-Control unless another is given."""
        directives = self._original_cc if directives is None else directives
        if self._tag is None:
            form = self._forms.get(None) or self._form(None)
            return RenderedResponse(self.status, directives, form.headers_200, form.body)
        encoding = choose_encoding(conditions.accept_encoding, len(self.body))
        form = self._forms.get(encoding) or self._form(encoding)
        if (conditions.if_none_match is not None or conditions.if_modified_since is not None) and is_not_modified(
            form.etag, self._modified, known=conditions.if_none_match, since=conditions.if_modified_since
        ):
            return RenderedResponse(304, directives, form.headers_304, b"")
        return RenderedResponse(self.status, directives, form.headers_200, form.body)

    def cache_control(self, now: int, upcoming: ScheduleSnapshot) -> RawHeaders:
        """Return the Cache-Control fields for sending it now, given the schedule, and those for CDNs.

        CDNs may cache it longer than clients only while no scheduled publication is about to change it.
        """
        freshness = self._freshness
        if freshness is not None:
            if upcoming is not self._snapshot:
                self._snapshot, self._usual_until = upcoming, freshness.default_until(now, upcoming)
                if self._is_purged:
                    self._due = freshness.next_change_at(now, upcoming)
            if now >= self._usual_until:
                return [(_CACHE_CONTROL, freshness.cache_control(now, upcoming).encode())]
        if self._is_purged:
            return [*self._default_cc, (_CDN_CACHE_CONTROL, cdn_cache_control(self._ends, now)[0].encode())]
        return self._default_cc

    def initial_cache_control(self, now: int, upcoming: ScheduleSnapshot) -> RawHeaders:
        """Return the fields for the request that filled the cache: the original ones if a scheduled change was near."""
        return self.cache_control(now, upcoming) if self._original_cc == self._default_cc else self._original_cc

    def cache_control_valid_until(self, now: int) -> int:
        """Return the instant up to which `directives`, computed for `now`, remain valid for the same snapshot."""
        until = FOREVER if self._freshness is None else max(now, self._usual_until)
        if not self._is_purged or until == now:
            return until
        changes_at = cdn_cache_control(self._ends, now)[1]
        return until if changes_at is None else min(until, changes_at)

    @property
    def _ends(self) -> int | None:
        """Return the instant at which the clock or the schedule changes the response, as far as known."""
        if self._due is None or self.expires_at is None:
            return self.expires_at if self._due is None else self._due
        return min(self._due, self.expires_at)

    def evict(self) -> None:
        """Remove it from use: the store evicts it, and no client receives it any more."""
        self.is_cached = False
        self.on_grow = None
        if self.on_evict is not None:
            self.on_evict(self)

    def _form(self, encoding: str | None) -> Representation:
        body = self.body if encoding is None else encode(self.body, encoding)
        fields = list(self.headers)
        tag = ""
        if self._tag is not None:
            tag = f'"{self._tag}"' if encoding is None else f'"{self._tag}-{encoding}"'
            vary = _ACCEPT_ENCODING if self._vary is None else b"%s, %s" % (self._vary, _ACCEPT_ENCODING)
            fields += [(b"etag", tag.encode()), (_VARY, vary)]
        elif self._vary is not None:
            fields.append((_VARY, self._vary))
        if encoding is not None:
            fields.append((b"content-encoding", encoding.encode()))
        whole = [*fields, (b"content-length", str(len(body)).encode())]
        form = Representation(tag, body, whole, [field for field in fields if field[0] not in _OF_CONTENT])
        self._forms[encoding] = form
        if encoding is not None and self.on_grow is not None:
            self.on_grow(len(body))
        return form
