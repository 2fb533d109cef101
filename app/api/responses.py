"""Answers: JSON with an entity tag for each encoding, cache directives, links and cross-origin permission."""

import gzip
import re
from collections.abc import Callable, Mapping
from email.utils import formatdate, parsedate_to_datetime
from hashlib import blake2b
from typing import Any

import brotli
import orjson
from fastapi import Request, Response

try:
    from compression import zstd  # type: ignore[import-not-found,unused-ignore]
except ImportError:  # before Python 3.14
    from backports import zstd

MAX_AGE_S = 30
STALE_IF_ERROR = "stale-if-error=600"
PUBLIC = f"public, max-age={MAX_AGE_S}, stale-while-revalidate=60, {STALE_IF_ERROR}"
NO_CACHE = "no-cache"
NO_STORE = "no-store"
CROSS_ORIGIN = {"access-control-allow-origin": "*", "access-control-expose-headers": "ETag, Link"}
COMPRESS_FROM_BYTES = 1_000
TAG_BYTES = 16
SECOND_US = 1_000_000

_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstd.compress(body, 6),
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


def json_answer(
    request: Request,
    content: Mapping[str, Any],
    *,
    cache_control: str = PUBLIC,
    modified_at: int | None = None,
) -> Response:
    """A public answer, or 304 when the client has it; the list's next page is named in `Link` too.

    `cache_control` is for answers that a publication can change: `Freshness.directives`. `modified_at` (an
    instant) is for single things whose answer changes with nothing else.
    """
    headers = {"cache-control": cache_control, **_link(content)}
    if modified_at is not None:
        headers["last-modified"] = formatdate(modified_at // SECOND_US, usegmt=True)
    return byte_answer(request, orjson.dumps(content), headers=headers, media_type="application/json")


def passing_answer(content: Mapping[str, Any]) -> Response:
    """An answer that nobody keeps: it was true when it was sent, and has no entity tag."""
    headers = {"cache-control": NO_STORE, **_link(content), **CROSS_ORIGIN}
    return Response(orjson.dumps(content), headers=headers, media_type="application/json")


def _link(content: Mapping[str, Any]) -> dict[str, str]:
    following = content.get("next")
    if isinstance(following, dict) and "cursor" in following:
        return {"link": f'<{following["href"]}>; rel="next"'}
    return {}


def byte_answer(request: Request, body: bytes, *, headers: dict[str, str], media_type: str) -> Response:
    """Bytes in the encoding the client likes best, each encoding with a strong tag of its own, or 304."""
    encoding = choose_encoding(request.headers.get("accept-encoding", ""), len(body))
    tag = blake2b(body, digest_size=TAG_BYTES).hexdigest()
    tag = f'"{tag}"' if encoding is None else f'"{tag}-{encoding}"'
    headers |= {**CROSS_ORIGIN, "etag": tag, "vary": "Accept-Encoding"}
    if is_fresh(request, tag, headers.get("last-modified")):
        return Response(status_code=304, headers=headers)
    if encoding is not None:
        headers["content-encoding"] = encoding
        body = _ENCODERS[encoding](body)
    return Response(body, headers=headers, media_type=media_type)


def is_fresh(request: Request, tag: str, last_modified: str | None) -> bool:
    """Whether the client's copy is the current one (RFC 9110, section 13): tags decide before dates."""
    known = request.headers.get("if-none-match")
    if known is not None:
        return known.strip() == "*" or tag in [each.strip().removeprefix("W/") for each in known.split(",")]
    since = request.headers.get("if-modified-since")
    if since is None or last_modified is None:
        return False
    try:
        return parsedate_to_datetime(last_modified) <= parsedate_to_datetime(since)
    except (ValueError, TypeError, OverflowError):
        return False


def choose_encoding(accepted: str, size: int) -> str | None:
    """The best encoding that is accepted (RFC 9110, section 12.5.3); None for the bytes as they are.

    Small answers are compressed only for a client that refuses them as they are.
    """
    if not accepted:
        return None
    wishes: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        wishes[name] = _quality(parameters)
    fallback = wishes.get("*", 0.0)
    ranked = [(wishes.get(name, fallback), name) for name in _ENCODERS]
    best = max(quality for quality, _ in ranked)
    refuses_identity = wishes.get("identity", wishes.get("*", 1.0)) == 0
    if best <= 0 or best < wishes.get("identity", 0.0) or (size < COMPRESS_FROM_BYTES and not refuses_identity):
        return None
    return next(name for quality, name in ranked if quality == best)


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return float(value) if _QUALITY.fullmatch(value.strip()) else 0.0
    return 1.0
