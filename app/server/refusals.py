"""Errors that the server returns before a request reaches the application, as problem details (RFC 9457)."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote

import orjson

from app.net.base_path import without_base
from app.net.cross_origin import CrossOriginPolicy
from app.server.response_fields import PROBLEM_CORS, SECURITY_FIELDS, RawFields

PROBLEM_TYPE = "application/problem+json"
PATH_SAFE = "/:@!$&'()*+,;="
"""Characters of a path that need no percent-encoding (RFC 3986, section 3.3)."""


class Refusal(NamedTuple):
    """A problem type that the server returns by itself."""

    code: str
    status: int
    title: str


BAD_REQUEST = Refusal("bad-request", 400, "The request is malformed")
REQUEST_TIMEOUT = Refusal("request-timeout", 408, "The request did not arrive in time")
URI_TOO_LONG = Refusal("uri-too-long", 414, "The request target is too long")
HEADER_FIELDS_TOO_LARGE = Refusal("header-fields-too-large", 431, "The header fields are too large")
NOT_IMPLEMENTED = Refusal("not-implemented", 501, "The server does not support this")
TOO_MANY_CONNECTIONS = Refusal("too-many-connections", 503, "Too many connections are open")
HTTP_VERSION_NOT_SUPPORTED = Refusal("http-version-not-supported", 505, "The HTTP version is not supported")

REFUSALS = (
    BAD_REQUEST,
    REQUEST_TIMEOUT,
    URI_TOO_LONG,
    HEADER_FIELDS_TOO_LARGE,
    NOT_IMPLEMENTED,
    TOO_MANY_CONNECTIONS,
    HTTP_VERSION_NOT_SUPPORTED,
)
_FIELDS = {
    "content-type": PROBLEM_TYPE,
    "cache-control": "no-store",
    "connection": "close",
    **PROBLEM_CORS,
    **SECURITY_FIELDS,
}


class RefusedRequest(Exception):  # noqa: N818 - an outcome, raised to leave the parser's callbacks
    """Raised where a request is refused; `args` are the refusal and the detail."""

    def __init__(self, refusal: Refusal, detail: str) -> None:
        super().__init__(refusal, detail)
        self.refusal = refusal
        self.detail = detail


def render_refusal(
    refusal: Refusal,
    detail: str,
    *,
    path: str = "",
    base_path: str = "",
    cross_origin: CrossOriginPolicy | None = None,
    origin: bytes | None = None,
    server_fields: Iterable[tuple[bytes, bytes]],
    is_head: bool,
) -> bytes:
    """Return a whole response that ends the connection; `path` is empty where the target is not known.

    With a `cross_origin` policy it is for the scripts of this `origin`.
    """
    content = {
        "type": f"{base_path}/problems/{refusal.code}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": detail,
        "instance": base_path + quote(without_base(path, base_path), safe=PATH_SAFE) if path else "",
    }
    body = orjson.dumps(content)
    fields: RawFields = [*server_fields, *((name.encode(), value.encode()) for name, value in _FIELDS.items())]
    if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        fields.append((b"retry-after", b"1"))
    if cross_origin is not None:
        fields = cross_origin.apply(fields, cross_origin.find_origin(origin))
    lines = [b"HTTP/1.1 %d %s" % (refusal.status, HTTPStatus(refusal.status).phrase.encode())]
    lines += [b"%s: %s" % field for field in fields]
    return b"\r\n".join([*lines, b"content-length: %d" % len(body), b"", b"" if is_head else body])
