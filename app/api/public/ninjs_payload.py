"""Payload of webhook endpoints that receive ninjs: the article of a change as the receiver may have it."""

from app.api.public.feed_channel import to_publication
from app.db.database import Connection
from app.domain.article_status import BodyFormat
from app.domain.calendar import UTC
from app.domain.instant import format_instant
from app.queries.feeds.feeds import get_published
from app.queries.webhooks.webhook_outbox import CurrentChange
from app.schemas.params import ArticleParams
from app.syndication import ninjs


def render_ninjs_payload(connection: Connection, change: CurrentChange) -> bytes:
    """Render the article as `/v1/articles/{id_or_slug}/ninjs` does.

    One that was withdrawn, or that left the endpoint's filters, is a stub with `pubStatus` `canceled`.
    """
    if change.is_gone:
        at = format_instant(change.head.at, UTC)
        return ninjs.canceled(change.article_id, at=at, notice=change.notice)
    found = get_published(connection, change.article_id, ArticleParams(body=BodyFormat.HTML))
    return ninjs.render(found.article, publication=to_publication(found.edition))
