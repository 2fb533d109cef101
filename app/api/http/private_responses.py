"""Private responses: for one API key, not stored by any cache."""

from collections.abc import Mapping
from typing import Any, TypeVar

import orjson
from starlette.datastructures import MutableHeaders

from app.api.http.responses import TypedResponse, link_target

T = TypeVar("T", bound=Mapping[str, Any] | None)

EDITORIAL = "/v1/editorial"
PRIVATE = "private, no-store"
CROSS_ORIGIN_PRIVATE = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": (
        "Allow, ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate, Dayline-As-Of, "
        "Idempotent-Replayed, X-Request-ID"
    ),
}


def private_response(
    content: T,
    *,
    status: int = 200,
    revision: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> TypedResponse[T]:
    """Return a response for this API key alone; `revision` becomes its ETag, and no content an empty body.

    The next page of a list is in `Link` too.
    """
    fields = {"cache-control": PRIVATE, **CROSS_ORIGIN_PRIVATE, **(headers or {})}
    if revision is not None:
        fields["etag"] = f'"{revision}"'
    if content is None:
        return TypedResponse(status_code=status, headers=fields)
    following = content.get("next")
    if isinstance(following, dict) and "cursor" in following:
        fields["link"] = link_target(following["href"], "next")
    return TypedResponse(orjson.dumps(content), status_code=status, headers=fields, media_type="application/json")


def is_editorial_path(path: str) -> bool:
    """Return whether a path belongs to the editorial API, where every response is private."""
    return path == EDITORIAL or path.startswith(f"{EDITORIAL}/")


def mark_private(headers: MutableHeaders) -> None:
    """Restrict storing to the client itself, and vary by API key; the lifetime is unchanged."""
    directives = [each.strip() for each in headers.get("cache-control", "").split(",")]
    others = [each for each in directives if each not in {"", "public", "private"}]
    headers["cache-control"] = ", ".join(["private", *others])
    varies = headers.get("vary", "")
    if "authorization" not in varies.lower():
        headers["vary"] = f"{varies}, Authorization" if varies else "Authorization"
