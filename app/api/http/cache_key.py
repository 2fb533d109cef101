"""Canonical cache keys of public URLs."""

from starlette.types import Scope

from app.api.http.media_types import find_offered_types, negotiate
from app.api.http.private_responses import is_editorial_path
from app.api.pages.scalar import SCALAR_PATH
from app.invalidation.canonical_query import canonical_query, drop_unknown_parameters, get_values
from app.invalidation.default_parameters import default_values

CACHEABLE_PREFIXES = (
    "/v1",
    "/feeds",
    "/docs",
    "/openapi.",
    "/problems",
    "/guides",
    "/assets",
    "/llms.txt",
    "/favicon.ico",
)
UNCACHEABLE_PATHS = frozenset({"/v1/export", "/v1/stream", SCALAR_PATH})


def cache_key(scope: Scope) -> str | None:
    """Return the key that equivalent URLs share; None for a response that is not public, or that waits for an event.

    None also for a path with a question mark in it, which no resource has: it would read as another URL's query. The
    key of a negotiated resource ends with the media type that the client gets; the wire cache, which finds responses by
    target and whose scopes have no fields, gets None.
    """
    path: str = scope["path"]
    if (offered := find_offered_types(path)) is not None:
        return f"{path}?#{negotiate(scope, offered)}" if "headers" in scope else None
    if not path.startswith(CACHEABLE_PREFIXES) or "?" in path or is_editorial_path(path):
        return None
    query = scope["query_string"].decode("latin-1")
    if path in UNCACHEABLE_PATHS:
        return None
    if path == "/v1/changes" and not all(map(_is_zero, get_values(query, "wait"))):
        return None
    if path.startswith("/feeds"):
        query = drop_unknown_parameters(query)
    form = canonical_query(query, default_values(path)) if query else ""
    return f"{path}?{form}" if form else path


def _is_zero(text: str) -> bool:
    """Return whether a number of seconds is 0 in any of the forms that the parameter takes, such as `00` and `-0`."""
    try:
        return float(text) == 0
    except ValueError:
        return False
