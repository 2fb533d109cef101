"""The latest headlines of the editions, as the start page shows them."""

from typing import Final

from sqlalchemy import Connection

from app.domain.language import find_date_language
from app.queries.catalogue.editions import edition_link, feed_alternates, list_all_editions
from app.queries.timeline.timeline import get_timeline
from app.schemas.headlines import EditionHeadlines, LatestHeadlines
from app.schemas.params import TimelineParams

MAX_EDITIONS: Final = 8
MAX_HEADLINES: Final = 5


def list_headlines(connection: Connection, *, now: int) -> LatestHeadlines:
    """Return the latest headlines of the first editions, some five statements for each."""
    views = sorted(list_all_editions(connection), key=lambda view: not view.is_default)
    editions = []
    for view in views[:MAX_EDITIONS]:
        params = TimelineParams(edition=view.slug, limit=MAX_HEADLINES)
        editions.append(
            EditionHeadlines(
                edition_link(view),
                view.site_url,
                find_date_language(view.language),
                feed_alternates(view),
                params,
                get_timeline(connection, params, now=now),
            )
        )
    return LatestHeadlines(editions, len(views))
