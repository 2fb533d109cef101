"""Maintenance of revisions: contents of earlier releases are converted to blocks, superfluous revisions are deleted.

Both lock the change log and append nothing to it, as nothing changes that the public or a webhook can see.
"""

from collections.abc import Collection, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import BindParameter, Connection, Integer, bindparam, delete, select

from app.actions.articles.revision_blocks import release_blocks
from app.actions.articles.revisions import RevisionContent, store_contents
from app.db.base import AnyRow
from app.db.bulk import bulk_update, chunked
from app.db.locks import lock_change_log
from app.domain.revision_thinning import find_superfluous
from app.domain.stored_blocks import parse_numbers
from app.interchange.revision_contents import split_record
from app.interchange.statements import IDS
from app.models.revision import revisions

_NUMBERS: BindParameter[list[int]] = bindparam("numbers", expanding=True)
_UNCONVERTED = (
    select(revisions.c.article_id, revisions.c.revision, revisions.c.content)
    .where(revisions.c.content.is_not(None))  # as the predicate of ix_revisions_unconverted
    .order_by(revisions.c.article_id, revisions.c.revision)
    .limit(bindparam("most", type_=Integer))
)
_REVISIONS = (
    select(
        revisions.c.article_id,
        revisions.c.revision,
        revisions.c.status,
        revisions.c.action,
        revisions.c.at,
        revisions.c.blocks,
        revisions.c.updated_at,
        revisions.c.content.is_not(None).label("is_unconverted"),
    )
    .where(revisions.c.article_id.in_(IDS))
    .order_by(revisions.c.article_id, revisions.c.revision)
)
_DELETE = delete(revisions).where(revisions.c.article_id == bindparam("article_id"), revisions.c.revision.in_(_NUMBERS))


def convert_contents(connection: Connection, *, most: int) -> int:
    """Convert up to this number of contents that an earlier release stored as text; return their number.

    An index lists the contents that remain, so that each call continues where the last one stopped or was interrupted.
    """
    lock_change_log(connection)
    rows = connection.execute(_UNCONVERTED, {"most": most}).all()
    if rows:
        contents = [
            RevisionContent(row.article_id, row.revision, split_record(orjson.loads(row.content))) for row in rows
        ]
        store_contents(connection, contents)
    return len(rows)


def thin_revisions(connection: Connection, article_ids: Collection[int], *, now: int) -> int:
    """Delete the superfluous revisions of these articles; return their number.

    Articles with unconverted contents are skipped until a later run.
    """
    lock_change_log(connection)
    rows = connection.execute(_REVISIONS, {"ids": sorted(article_ids)}).all()
    deleted = 0
    for article_id, group in groupby(rows, key=attrgetter("article_id")):
        saved = list(group)
        superfluous = set(find_superfluous(saved, now))
        if not superfluous or any(row.is_unconverted for row in saved):
            continue
        moved, used = _plan_contents(saved, superfluous)
        bulk_update(connection, revisions, moved)
        for numbers in chunked(sorted(superfluous)):
            connection.execute(_DELETE, {"article_id": article_id, "numbers": numbers})
        release_blocks(connection, article_id, used=used)
        deleted += len(superfluous)
    return deleted


def _plan_contents(saved: Sequence[AnyRow], superfluous: Collection[int]) -> tuple[list[dict[str, Any]], set[int]]:
    """Return the rows that receive the content of a deleted one, and the numbers of the blocks that remain in use.

    Revisions without a content of their own have that of the next one which does: it passes to the last of them.
    """
    moved: list[dict[str, Any]] = []
    used: set[int] = set()
    receiver: AnyRow | None = None
    for row in saved:
        remains = row.revision not in superfluous
        if row.blocks is None:
            receiver = row if remains else receiver
            continue
        if remains or receiver is not None:
            used.update(parse_numbers(row.blocks))
        if not remains and receiver is not None:
            identity = {"article_id": row.article_id, "revision": receiver.revision}
            moved.append({**identity, "blocks": row.blocks, "updated_at": row.updated_at})
        receiver = None
    return moved, used
