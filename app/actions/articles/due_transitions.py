"""Transitions that are due: scheduled articles are published, and expired ones withdrawn."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from app.actions.articles.transitions import TRANSITION_COLUMNS, Transition, apply_transitions
from app.actions.changelog.changes import begin_log_transaction
from app.db.base import AnyRow
from app.domain.actor import SCHEDULE_ACTOR
from app.domain.article_status import EXPIRED, ArticleStatus
from app.interchange.statements import due_articles, expired_articles
from app.models.article import articles
from app.models.edition import editions

_DUE = due_articles(TRANSITION_COLUMNS)
_EXPIRED = expired_articles(TRANSITION_COLUMNS)


def apply_due_transitions(connection: Connection, *, now: int, most: int, article_id: int | None = None) -> int:
    """Publish and withdraw due articles, up to this number of each, the longest due first; or only one article.

    Return the larger number. Each changes exactly once, however many processes run: articles are selected under the
    writers' lock. One that is due and expired is published and withdrawn in this transaction, so it is never public.
    """
    begin_log_transaction(connection)
    due, expired = _DUE, _EXPIRED
    if article_id is not None:
        due, expired = due.where(articles.c.id == article_id), expired.where(articles.c.id == article_id)
    binds = {"now": now, "most": most}
    rows = connection.execute(due, binds).all()
    if rows:
        moves = [Transition(row=row, status=ArticleStatus.PUBLISHED, published_at=row.published_at) for row in rows]
        apply_transitions(connection, moves, now=now, editor=SCHEDULE_ACTOR)
    ended = connection.execute(expired, binds).all()
    if ended:
        _withdraw(connection, ended, now)
    return max(len(rows), len(ended))


def expiry_notices(connection: Connection, edition_ids: Sequence[int]) -> dict[int, str | None]:
    """Return the public notice that expired articles of each of these editions have."""
    notices = select(editions.c.id, editions.c.expiry_notice).where(editions.c.id.in_(edition_ids))
    return {row.id: row.expiry_notice for row in connection.execute(notices)}


def _withdraw(connection: Connection, rows: Sequence[AnyRow], now: int) -> None:
    notices = expiry_notices(connection, sorted({row.edition_id for row in rows}))
    moves = [
        Transition(
            row=row,
            status=ArticleStatus.WITHDRAWN,
            published_at=row.published_at,
            columns={
                "withdrawal_reason": EXPIRED,
                "withdrawal_notice": notices[row.edition_id],
                "withdrawn_at": row.expires_at,
            },
        )
        for row in rows
    ]
    apply_transitions(connection, moves, now=now, editor=SCHEDULE_ACTOR)
