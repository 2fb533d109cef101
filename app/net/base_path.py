"""Base path: the path of the installation's public URL, which precedes every link to the installation itself.

https://news.example/api    base path /api    /v1/tags → /api/v1/tags

A proxy forwards requests with the base path or without it. Links have it in both cases, and never from a header field:
a response does not depend on how its request arrived, so that one cached response serves both forms.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final
from urllib.parse import urlsplit

from app.errors import InvalidValueError

OWN_SEGMENTS: Final = frozenset(
    {
        "v1",
        "feeds",
        "docs",
        "openapi.json",
        "openapi.md",
        "problems",
        "health",
        "guides",
        "assets",
        "llms.txt",
        "favicon.ico",
    }
)
"""First segments of this API's own paths: a base path that began with one would be ambiguous."""
_SEGMENTS: Final = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")

_current: ContextVar[str] = ContextVar("base_path", default="")


def parse_base_path(public_url: str) -> str:
    """Return the path of a public URL, empty or with a leading slash and no trailing one; InvalidValueError."""
    path = urlsplit(public_url).path.rstrip("/")
    segments = path.split("/")[1:]
    if not _SEGMENTS.fullmatch(path) or not {".", ".."}.isdisjoint(segments):
        raise InvalidValueError("The path of a public URL may have letters, digits and - . _ ~ between single slashes.")
    if segments and segments[0] in OWN_SEGMENTS:
        raise InvalidValueError(f"The path of a public URL must not begin with /{segments[0]}, a path of this API.")
    return path


@contextmanager
def links_below(base_path: str) -> Iterator[None]:
    """Put this base path before the links that are made within this context, and in tasks that begin in it."""
    token = _current.set(base_path)
    try:
        yield
    finally:
        _current.reset(token)


def href_of(path: str) -> str:
    """Return the link to a path of this API."""
    return _current.get() + path


def without_base(path: str, base_path: str) -> str:
    """Return the path of a request as this API has it: without the base path, if it begins with that."""
    if path.startswith(base_path) and path[len(base_path) : len(base_path) + 1] in {"/", ""}:
        return path[len(base_path) :] or "/"
    return path
