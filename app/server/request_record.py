"""One request as the access log and the metrics see it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
RECORD_KEY = "dayline.request"
"""Key of a request's RequestRecord in its ASGI scope."""

HIT = "hit"
"""Cache state of a response from the response cache."""
MISS = "miss"
"""Cache state of a response that this request read for the response cache."""
COLLAPSED = "collapsed"
"""Cache state of a response that a concurrent equal request read (RFC 9211, section 2.6)."""
BYPASS = "bypass"
"""Cache state of a response that the response cache does not handle."""


@dataclass(slots=True)
class RequestRecord:
    """A request and its response; complete once the response has ended.

    `status` is None where no response was started, `route` where no route matched, `key_prefix` where no valid API key
    was sent. `response_bytes` counts content only, without header fields.
    """

    method: str
    path: str
    request_id: str
    route: str | None = None
    status: int | None = None
    duration_s: float = 0.0
    response_bytes: int = 0
    cache: str = BYPASS
    key_prefix: str | None = None
    is_complete: bool = False  # the whole response was sent
    is_error_logged: bool = False  # an unexpected error has its response and its log line


RequestObserver = Callable[[RequestRecord], None]
"""Called with each request that reached the application, when its response has ended; it must not raise or block."""


def get_record(scope: Any) -> RequestRecord | None:
    """Return the record of the request with this ASGI scope; None where no middleware made one."""
    record: RequestRecord | None = scope.get(RECORD_KEY)
    return record


def route_path(scope: Any) -> str | None:
    """Return the path template of the route that matched, such as `/v1/tags/{slug}`; None where none did."""
    path: str | None = getattr(scope.get("route"), "path", None)
    return path
