"""Publication of scheduled articles that are due."""

from sqlalchemy import Connection, Integer, bindparam, literal_column

from app.actions.articles.transitions import TRANSITION_COLUMNS, Transition, apply_transitions
from app.actions.changelog.changes import begin_log_transaction
from app.domain.actor import SCHEDULE_ACTOR
from app.domain.article import ArticleStatus
from app.models.article import articles

_DUE = (
    TRANSITION_COLUMNS.where(
        articles.c.status == literal_column("'scheduled'"), articles.c.published_at <= bindparam("now")
    )
    .order_by(articles.c.published_at, articles.c.id)
    .limit(bindparam("most", type_=Integer))
)


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
