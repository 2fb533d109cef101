"""Public responses: JSON with an entity tag, cache directives, links and CORS.

They are created in identity encoding with status 200; the response cache applies encodings, 304 and HEAD.
"""

from collections.abc import Iterable, Mapping, Sequence
from email.utils import formatdate
from hashlib import sha256
from typing import Any, Generic, TypeVar

import orjson
from fastapi import Response

from app.domain.instant import SECOND_US
from app.invalidation.max_age import CONTENT
from app.net.base_path import href_of
from app.schemas.alternate import AlternateLink

T = TypeVar("T")

PUBLIC = CONTENT.directives
IMMUTABLE = "public, max-age=31536000, immutable"
"""For files at addresses that change with their content."""
NO_CACHE = "no-cache"
NO_STORE = "no-store"
CROSS_ORIGIN = {"access-control-allow-origin": "*", "access-control-expose-headers": "ETag, Link"}
TAG_DIGITS = 32  # 128 bits
_PAGE_RELATIONS = (("newer_page", "prev"), ("next", "next"))
"""Members that link the pages beside a page, and their relations (RFC 8288)."""
ETAG_EXCLUDED_FIELDS = frozenset({"as_of", "newer"})
"""Members that state the position of the log at the time of the read: they are not part of the content."""


class TypedResponse(Response, Generic[T]):
    """A response whose body is a `T`: as the return type of an endpoint it makes the document."""


def json_response(
    content: Mapping[str, Any],
    *,
    cache_control: str = PUBLIC,
    modified_at: int | None = None,
    alternates: Iterable[AlternateLink] = (),
    extra_headers: Mapping[str, str] | None = None,
) -> TypedResponse[Any]:
    """Return a public response; the pages beside that of a list and the `alternates` are also in `Link`.

    `cache_control` is for responses that a publication can change: `CacheControlBuilder.header_value`. `modified_at`
    (an instant) is for single resources whose response depends on nothing else.
    """
    links = [link_target(each["href"], each["rel"], each["type"]) for each in alternates] or _page_links(content)
    headers = {"cache-control": cache_control, **_link_field(links), **(extra_headers or {})}
    if modified_at is not None:
        headers["last-modified"] = formatdate(modified_at // SECOND_US, usegmt=True)
    body = orjson.dumps(content)
    tagged = body
    if "newer" in content:
        tagged = orjson.dumps({name: value for name, value in content.items() if name not in ETAG_EXCLUDED_FIELDS})
    return _public_response(body, tagged, headers, "application/json")


def uncacheable_response(content: Mapping[str, Any]) -> Response:
    """Return a response that no cache may store, without an entity tag."""
    headers = {"cache-control": NO_STORE, **_link_field(_page_links(content)), **CROSS_ORIGIN}
    return Response(orjson.dumps(content), headers=headers, media_type="application/json")


def document_response(
    body: bytes, *, media_type: str, cache_control: str = PUBLIC, links: Mapping[str, str | None] | None = None
) -> TypedResponse[Any]:
    """Return a public document of another media type, with the `links` that are not None by relation in `Link`."""
    targets = [link_target(href, relation) for relation, href in (links or {}).items() if href is not None]
    return _public_response(body, body, {"cache-control": cache_control, **_link_field(targets)}, media_type)


def redirect_response(scope: Mapping[str, Any], path: str, *, cache_control: str = PUBLIC) -> Response:
    """Return a permanent redirect to the path, with the query string of the request."""
    query = scope["query_string"].decode("latin-1")
    location = href_of(f"{path}?{query}" if query else path)
    return Response(status_code=308, headers={"location": location, "cache-control": cache_control, **CROSS_ORIGIN})


def static_response(
    body: bytes,
    *,
    media_type: str,
    content_policy: str | None = None,
    cache_control: str = PUBLIC,
    extra_headers: Mapping[str, str] | None = None,
) -> Response:
    """Return bytes that change with the program only; pages have a Content-Security-Policy of their own."""
    policy = {} if content_policy is None else {"content-security-policy": content_policy}
    return _public_response(body, body, {"cache-control": cache_control, **policy, **(extra_headers or {})}, media_type)


def link_target(href: str, relation: str, media_type: str | None = None) -> str:
    """Return a target as a `Link` field names it (RFC 8288)."""
    return f'<{href}>; rel="{relation}"' + (f'; type="{media_type}"' if media_type is not None else "")


def _page_links(content: Mapping[str, Any]) -> list[str]:
    pages = ((relation, content.get(member)) for member, relation in _PAGE_RELATIONS)
    return [link_target(page["href"], relation) for relation, page in pages if page and "cursor" in page]


def _link_field(targets: Sequence[str]) -> dict[str, str]:
    return {"link": ", ".join(targets)} if targets else {}


def _public_response(body: bytes, tagged: bytes, headers: dict[str, str], media_type: str) -> TypedResponse[Any]:
    # With the instructions that processors have for it, SHA-256 takes half the time of BLAKE2.
    tag = sha256(tagged, usedforsecurity=False).hexdigest()[:TAG_DIGITS]
    return TypedResponse(body, headers={**headers, **CROSS_ORIGIN, "etag": f'"{tag}"'}, media_type=media_type)
