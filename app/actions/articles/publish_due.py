"""Publication of scheduled articles that are due."""

from sqlalchemy import Connection

from app.actions.articles.transitions import TRANSITION_COLUMNS, Transition, apply_transitions
from app.actions.changelog.changes import begin_log_transaction
from app.domain.actor import SCHEDULE_ACTOR
from app.domain.article_status import ArticleStatus
from app.interchange.statements import due_articles
from app.models.article import articles

_DUE = due_articles(TRANSITION_COLUMNS)


def publish_due(connection: Connection, *, now: int, most: int, article_id: int | None = None) -> int:
    """Publish up to this number of due articles, the longest due first, or only one; return their number.

    Each is published exactly once by any number of processes: due articles are selected under the writers' lock.
    """
    begin_log_transaction(connection)
    due = _DUE if article_id is None else _DUE.where(articles.c.id == article_id)
    rows = connection.execute(due, {"now": now, "most": most}).all()
    moves = [Transition(row=row, status=ArticleStatus.PUBLISHED, published_at=row.published_at) for row in rows]
    if moves:
        apply_transitions(connection, moves, now=now, editor=SCHEDULE_ACTOR)
    return len(moves)
