"""Sampled URLs: positions of the timeline, and articles, drawn at random by a seed, each at most once.

Every other position is an instant between two articles, so there are as many as a run can request.
"""

import sqlite3
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from app.domain.cursor import encode_position
from app.domain.list_filter import DIGEST_BYTES

PAGE_ITEMS = 20
DEFAULT_EDITION = 1
WARM_UP = 300
MAX_RATE = 15_000  # paths a second: more than any contestant that reads a database can serve

Place = tuple[int, int]
_RANK = (
    "SELECT published_at FROM listings WHERE edition_id = ? AND kind = 0 AND facet_id = 0 "
    "ORDER BY published_at DESC, article_id DESC LIMIT 1 OFFSET ?"
)


@dataclass(frozen=True, slots=True)
class Walk:
    """Paths to request once: some for warming up, and a file of those that are measured."""

    warm_up: list[str]
    measured: Path


@dataclass(frozen=True, slots=True)
class Dialect:
    """URLs of a contestant: a page after a position, and an article."""

    page: Callable[[Place], str]
    article: Callable[[str], str]


def by_hand_dialect() -> Dialect:
    """Return the paths of the programs by hand."""
    return Dialect(lambda place: f"/timeline?before={place[0]}-{place[1]}", lambda slug: f"/articles/{slug}")


def dayline_dialect(some_cursor: str) -> Dialect:
    """Return the paths of Dayline; any cursor of its timeline has the digest that binds cursors to it."""
    digest = urlsafe_b64decode(some_cursor + "=" * (-len(some_cursor) % 4))[1 : 1 + DIGEST_BYTES]

    def page(place: Place) -> str:
        return f"/v1/timeline?limit={PAGE_ITEMS}&cursor={encode_position(*place, digest)}"

    return Dialect(page, lambda slug: f"/v1/articles/{slug}")


def draw_places(database: Path, count: int, *, seed: int, depth: int = 0, width: int | None = None) -> list[Place]:
    """Draw so many positions, each after `depth` articles and before `width` more.

    Where `width` is None, from all but the last pages.
    """
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        total = connection.execute(
            "SELECT count(*) FROM articles WHERE edition_id = ? AND status = 'published'", (DEFAULT_EDITION,)
        ).fetchone()[0]
        last = min(depth + (total if width is None else width), total - 2 * PAGE_ITEMS)
        newest, oldest = (connection.execute(_RANK, (DEFAULT_EDITION, rank)).fetchone()[0] for rank in (depth, last))
    connection.close()
    random = Random(seed)
    drawn: dict[int, None] = {}
    while len(drawn) < count:
        drawn[random.randint(oldest, newest)] = None
    return [(at, 0) for at in drawn]


def draw_slugs(database: Path, count: int, *, seed: int) -> list[str]:
    """Draw the slugs of so many articles, or of all, in random order."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute("SELECT slug FROM articles WHERE edition_id = ?", (DEFAULT_EDITION,)).fetchall()
    connection.close()
    slugs = [slug for (slug,) in rows]
    return Random(seed).sample(slugs, min(count, len(slugs)))


def walk(paths: Iterable[str], file: Path) -> Walk:
    """Split these paths: the first few for warming up, the others in the file."""
    every = list(paths)
    file.write_text("\n".join(every[WARM_UP:]) + "\n")
    return Walk(every[:WARM_UP], file)


def enough(seconds: int) -> int:
    """Return how many paths a run of so many seconds may need."""
    return MAX_RATE * seconds + WARM_UP
