"""Lines of the interchange format with short definitions."""

from typing import Any

import orjson

Line = dict[str, Any] | bytes


def pack(*lines: Line) -> bytes:
    """Return a file of these lines; bytes are written unchanged."""
    return b"".join(line + b"\n" if isinstance(line, bytes) else orjson.dumps(line) + b"\n" for line in lines)


def edition_line(slug: str = "global", **members: Any) -> dict[str, Any]:
    """Return an edition in British English and Kyiv time."""
    given = {
        "kind": "edition",
        "slug": slug,
        "name": "The Lume Courier",
        "language": "en-GB",
        "timezone": "Europe/Kyiv",
        "site_url": "https://courier.example",
        "default": slug == "global",
    }
    return {**given, **members}


def article_line(source_id: str | None, **members: Any) -> dict[str, Any]:
    """Return an article of the edition `global`, named after its source_id and published on 1 November 2026 at noon."""
    given = {
        "kind": "article",
        "edition": "global",
        "source_id": source_id,
        "headline": f"Story {source_id}",
        "published_at": "2026-11-01T12:00:00Z",
    }
    return {**given, **members}
