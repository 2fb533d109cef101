"""Query of the articles whose revisions can be thinned."""

from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import Connection, Integer, bindparam, literal_column, select

from app.domain.revision_thinning import ALL_FOR_US, find_superfluous
from app.interchange.statements import IDS
from app.models.revision import revisions

CANDIDATES = 500

_CANDIDATES = (
    select(revisions.c.article_id)
    .where(
        revisions.c.article_id > bindparam("after"),
        revisions.c.revision > literal_column("1"),
        revisions.c.status != literal_column("'published'"),
        revisions.c.action != literal_column("'withdrawn'"),
        revisions.c.at <= bindparam("before"),
    )
    .distinct()
    .order_by(revisions.c.article_id)
    .limit(bindparam("most", type_=Integer))
)
_REVISIONS = (
    select(revisions.c.article_id, revisions.c.revision, revisions.c.status, revisions.c.action, revisions.c.at)
    .where(revisions.c.article_id.in_(IDS))
    .order_by(revisions.c.article_id, revisions.c.revision)
)


class ThinnableArticles(NamedTuple):
    """Articles with superfluous revisions; `next_after` continues after the last article examined, None at the end."""

    article_ids: list[int]
    next_after: int | None


def find_thinnable(connection: Connection, *, after: int, now: int) -> ThinnableArticles:
    """Return articles with superfluous revisions, whose ids are greater than `after`, in ascending order."""
    binds = {"after": after, "before": now - ALL_FOR_US, "most": CANDIDATES}
    candidates = list(connection.execute(_CANDIDATES, binds).scalars())
    if not candidates:
        return ThinnableArticles([], None)
    rows = connection.execute(_REVISIONS, {"ids": candidates})
    found = [
        article_id
        for article_id, saved in groupby(rows, key=attrgetter("article_id"))
        if next(find_superfluous(list(saved), now), None) is not None
    ]
    return ThinnableArticles(found, candidates[-1] if len(candidates) == CANDIDATES else None)
