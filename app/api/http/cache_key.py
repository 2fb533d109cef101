"""Which answers are public, and the canonical names they are kept by."""

from starlette.types import Scope

from app.api.http.private_responses import is_editorial_path
from app.invalidation.canonical_query import canonical_query, drop_unknown_parameters, has_parameter

CACHEABLE_PREFIXES = ("/v1", "/feeds", "/docs", "/openapi.json", "/problems")
UNCACHEABLE_PATHS = frozenset({"/v1/export", "/v1/stream"})


def cache_key(scope: Scope) -> str | None:
    """The name that equal questions share; None for what is not public, or waits for what is yet to happen.

    None too for a path with a question mark in it, which no address has: it would read as another's query.
    """
    path: str = scope["path"]
    if not path.startswith(CACHEABLE_PREFIXES) or "?" in path or is_editorial_path(path):
        return None
    query = scope["query_string"].decode("latin-1")
    if path in UNCACHEABLE_PATHS:
        return None
    if path == "/v1/changes" and has_parameter(query, "wait"):
        return None
    if path.startswith("/feeds"):
        query = drop_unknown_parameters(query)
    return f"{path}?{canonical_query(query)}" if query else path
