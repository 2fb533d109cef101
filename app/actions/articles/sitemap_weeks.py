"""Weeks of sitemaps: how many pages each has, and when it last changed."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, text

from app.actions.articles.listings import Placement
from app.domain.iso_week import start_of_week

_ADD = text(
    "INSERT INTO sitemap_weeks (edition_id, starts_at, articles, modified_at) "
    "VALUES (:edition_id, :starts_at, :articles, :now) ON CONFLICT (edition_id, starts_at) DO UPDATE "
    "SET articles = sitemap_weeks.articles + excluded.articles, modified_at = excluded.modified_at"
)


def update_sitemap_weeks(
    connection: Connection, placements: Iterable[tuple[Placement | None, Placement | None]], *, now: int
) -> None:
    """Update the weeks of articles that are or were public, from the old placements to the new ones."""
    counts: Counter[tuple[int, int]] = Counter()
    for before, after in placements:
        for placement, difference in ((before, -1), (after, 1)):
            if placement is not None and placement.is_public and placement.published_at is not None:
                counts[placement.edition_id, start_of_week(placement.published_at)] += difference
    _store(connection, counts, now)


def touch_sitemap_weeks(connection: Connection, placements: Iterable[Placement], *, now: int) -> None:
    """Mark the weeks of public articles as changed, whose sitemaps list other translations of them than before."""
    weeks = {
        (placement.edition_id, start_of_week(placement.published_at)): 0
        for placement in placements
        if placement.is_public and placement.published_at is not None
    }
    _store(connection, weeks, now)


def _store(connection: Connection, weeks: Mapping[tuple[int, int], int], now: int) -> None:
    rows = [
        {"edition_id": edition_id, "starts_at": starts_at, "articles": articles, "now": now}
        for (edition_id, starts_at), articles in sorted(weeks.items())
    ]
    if rows:
        connection.execute(_ADD, rows)
