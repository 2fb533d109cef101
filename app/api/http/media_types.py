"""Resources that have several media types, of which `Accept` chooses one."""

from collections.abc import Sequence
from typing import Final

from fastapi import Request
from starlette.types import Scope

from app.api.http.path_params import UNKNOWN_URL, check_path
from app.errors import NotFoundError
from app.response_cache.negotiation import choose_media_type

HTML: Final = "text/html"
JSON: Final = "application/json"
MARKDOWN: Final = "text/markdown"
START_TYPES: Final = (JSON, HTML)
"""The start page is for browsers, the service document for everything else."""
GUIDE_TYPES: Final = (HTML, MARKDOWN)
VARY: Final = {"vary": "Accept"}
_GUIDES: Final = "/guides"


def find_offered_types(path: str) -> Sequence[str] | None:
    """Return the media types of a negotiated resource, the default one first; None for any other path."""
    if path == "/":
        return START_TYPES
    if not path.startswith(_GUIDES):
        return None
    is_guide = path == _GUIDES or (path[len(_GUIDES)] == "/" and "." not in path)
    return GUIDE_TYPES if is_guide else None


def choose_representation(request: Request) -> str:
    """Return the media type for the client; NotFoundError for a path that no negotiated resource has."""
    check_path(request.scope)
    offered = find_offered_types(request.scope["path"])
    if offered is None:
        raise NotFoundError(UNKNOWN_URL)
    return negotiate(request.scope, offered)


def negotiate(scope: Scope, offered: Sequence[str]) -> str:
    """Return the media type for the client that sent the request; lines of `Accept` are joined."""
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"accept"]
    return choose_media_type(", ".join(lines), offered)
