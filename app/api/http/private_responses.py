"""Private answers: what one key may see, which nothing on the way keeps."""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Response
from starlette.datastructures import MutableHeaders

EDITORIAL = "/v1/editorial"
PRIVATE = "private, no-store"
CROSS_ORIGIN_PRIVATE = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": (
        "Allow, ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate, Dayline-As-Of"
    ),
}


def private_response(
    content: Mapping[str, Any] | None,
    *,
    status: int = 200,
    revision: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer for this key alone; `revision` becomes the editor's ETag, no content an empty body.

    A list's next page is named in `Link` too.
    """
    told = {"cache-control": PRIVATE, **CROSS_ORIGIN_PRIVATE, **(headers or {})}
    if revision is not None:
        told["etag"] = f'"{revision}"'
    if content is None:
        return Response(status_code=status, headers=told)
    following = content.get("next")
    if isinstance(following, dict) and "cursor" in following:
        told["link"] = f'<{following["href"]}>; rel="next"'
    return Response(orjson.dumps(content), status_code=status, headers=told, media_type="application/json")


def is_editorial_path(path: str) -> bool:
    """Whether an address is of the newsroom's side, where every answer is private."""
    return path == EDITORIAL or path.startswith(f"{EDITORIAL}/")


def mark_private(headers: MutableHeaders) -> None:
    """Let nobody but the client itself keep the answer, and no other key see it; how long it may be kept stays."""
    directives = [each.strip() for each in headers.get("cache-control", "").split(",")]
    kept = [each for each in directives if each not in {"", "public", "private"}]
    headers["cache-control"] = ", ".join(["private", *kept])
    varies = headers.get("vary", "")
    if "authorization" not in varies.lower():
        headers["vary"] = f"{varies}, Authorization" if varies else "Authorization"
