"""An article's public history: its versions and corrections, and nothing of what it said."""

from typing import cast

from sqlalchemy import Connection, bindparam, literal_column, or_, select

from app.domain.article import ArticleStatus
from app.domain.cursor import decode_number, encode_number
from app.domain.instant import format_instant
from app.domain.list_filter import ListFilter
from app.domain.revision import MAX_REVISION, NoteType, RevisionAction, history_event_type
from app.models.revision import revisions
from app.queries.articles.article import get_public_article
from app.schemas.history import History, HistoryEvent
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
        revisions.c.revision < bindparam("before"),
        or_(revisions.c.status == literal_column("'published'"), revisions.c.action == literal_column("'withdrawn'")),
    )
    .order_by(revisions.c.revision.desc())
    .limit(bindparam("limit"))
)


def get_history(connection: Connection, key: str, question: HistoryParams) -> History:
    """What the public saw change, the latest first.

    NotFoundError, ArticleMoved, ArticleWithdrawnError, InvalidCursorError, CursorMismatchError.
    """
    row, edition = get_public_article(connection, key, question)
    digest = ListFilter(edition=f"history {row.id}").digest()
    before = MAX_REVISION if question.cursor is None else decode_number(question.cursor, digest)
    rows = connection.execute(_PAGE, {"article_id": row.id, "before": before, "limit": question.limit + 1}).all()
    shown = rows[: question.limit]
    events: list[HistoryEvent] = []
    for each in shown:
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
    page: History = {"items": events, "next": None}
    if len(rows) > question.limit:
        cursor = encode_number(shown[-1].revision, digest)
        page["next"] = {"cursor": cursor, "href": question.url_for(f"/v1/articles/{key}/history", cursor=cursor)}
    return page
