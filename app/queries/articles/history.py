"""Query of an article's public history: its versions and corrections, without their text."""

from typing import cast

from sqlalchemy import Connection, bindparam, literal_column, or_, select

from app.domain.article_status import ArticleStatus
from app.domain.instant import format_instant
from app.domain.list_filter import ListFilter
from app.domain.revision import NoteType, RevisionAction, history_event_type
from app.models.revision import revisions
from app.queries.articles.article import get_public_article
from app.queries.keyset.pages import BY_REVISION
from app.schemas.history import ArticleHistory, HistoryEvent
from app.schemas.params import HistoryParams

_PAGE = (
    select(
        revisions.c.revision,
        revisions.c.version,
        revisions.c.status,
        revisions.c.published_at,
        revisions.c.action,
        revisions.c.at,
        revisions.c.note_type,
        revisions.c.note_text,
    )
    .where(
        revisions.c.article_id == bindparam("article_id"),
        revisions.c.revision < bindparam("after"),
        or_(revisions.c.status == literal_column("'published'"), revisions.c.action == literal_column("'withdrawn'")),
    )
    .order_by(revisions.c.revision.desc())
    .limit(bindparam("limit"))
)


def get_history(connection: Connection, key: str, params: HistoryParams) -> ArticleHistory:
    """Return the public changes of an article, the latest first.

    NotFoundError, ArticleMoved, ArticleWithdrawnError, InvalidCursorError, CursorMismatchError.
    """
    row, edition = get_public_article(connection, key, params)
    page = BY_REVISION.read_page(
        connection,
        _PAGE,
        params,
        digest=ListFilter(edition=f"history {row.id}").digest(),
        href=lambda cursor: params.url_for(f"/v1/articles/{key}/history", cursor=cursor),
        binds={"article_id": row.id},
    )
    events: list[HistoryEvent] = []
    for each in page.rows:
        is_public = each.status == ArticleStatus.PUBLISHED
        note = NoteType(each.note_type) if each.note_type is not None and is_public else None
        events.append(
            {
                "type": history_event_type(RevisionAction(each.action), note),
                "at": format_instant(each.at, edition.zone),
                "version": each.version,
                "published_at": format_instant(each.published_at, edition.zone),
                "note": cast("str | None", each.note_text) if note is not None else None,
            }
        )
    return {"items": events, "next": page.next}
