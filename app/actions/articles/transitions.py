"""Transitions of articles between statuses and public times, with unchanged text: one article or a batch."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.actions.articles.links import read_placements
from app.actions.articles.listings import Placement
from app.actions.articles.notes import merge_notes
from app.actions.articles.pending_revision import PendingRevision
from app.actions.articles.projections import update_projections
from app.actions.articles.translation_links import find_others_in_groups, record_translation_changes
from app.actions.changelog.changes import Change
from app.actions.preconditions import check_revision
from app.db.base import AnyRow
from app.db.bulk import bulk_update
from app.domain.actor import Actor
from app.domain.article_status import ArticleStatus
from app.domain.tsid import format_id
from app.errors import NotFoundError
from app.interchange.statements import PLACEMENT_COLUMNS
from app.models.article import articles
from app.schemas.interchange import Note

_COLUMNS = (
    *PLACEMENT_COLUMNS,
    articles.c.version,
    articles.c.revision,
    articles.c.first_published_at,
    articles.c.withdrawal_reason,
    articles.c.withdrawal_notice,
    articles.c.withdrawn_at,
    articles.c.expires_at,
    articles.c.alert,
    articles.c.alerted_at,
    articles.c.notes,
    articles.c.erased_at,
    articles.c.embargoed_until,
    articles.c.translation_group,
)
TRANSITION_COLUMNS = select(*_COLUMNS)
"""Columns that a transition requires."""

_ONE = TRANSITION_COLUMNS.where(articles.c.id == bindparam("article_id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Transition of an article (a row of TRANSITION_COLUMNS) to a placement, with further changed columns."""

    row: AnyRow
    status: ArticleStatus
    published_at: int | None
    note: Note | None = None
    columns: dict[str, Any] = field(default_factory=dict)


def get_for_transition(connection: Connection, article_id: int, *, expected: Collection[int] | None = None) -> AnyRow:
    """Return the row of an article; NotFoundError, PreconditionFailedError unless at an expected revision."""
    row = connection.execute(_ONE, {"article_id": article_id}).first()
    if row is None:
        raise NotFoundError(f"There is no article '{format_id(article_id)}'.")
    check_revision(row.revision, expected, noun="article")
    return row


def apply_transitions(connection: Connection, transitions: Sequence[Transition], *, now: int, editor: Actor) -> None:
    """Apply these transitions, with revisions and projections; `begin_log_transaction` precedes it. ForbiddenError."""
    for transition in transitions:
        editor.authorize(ArticleStatus(transition.row.status), transition.status)
    placements = read_placements(connection, [transition.row for transition in transitions])
    pending_revisions = [_save(transition, placements[transition.row.id]) for transition in transitions]
    bulk_update(
        connection,
        articles,
        [
            _columns(transition, pending, now)
            for transition, pending in zip(transitions, pending_revisions, strict=True)
        ],
    )
    changes = _translation_changes(connection, transitions, pending_revisions, now=now)
    update_projections(connection, pending_revisions, now=now, actor=editor.name, extra_changes=changes)


def _translation_changes(
    connection: Connection,
    transitions: Sequence[Transition],
    pending_revisions: Sequence[PendingRevision],
    *,
    now: int,
) -> list[Change]:
    """Return the changes of articles whose translations appear or disappear by these transitions."""
    groups = {
        transition.row.translation_group
        for transition in transitions
        if transition.row.translation_group is not None
        and (transition.row.status == ArticleStatus.PUBLISHED) is not (transition.status is ArticleStatus.PUBLISHED)
    }
    if not groups:
        return []
    logged = {pending.article_id for pending in pending_revisions}
    others = find_others_in_groups(connection, groups, without=logged)
    return record_translation_changes(connection, others, now=now)


def _save(transition: Transition, before: Placement) -> PendingRevision:
    after = before.with_state(transition.status, transition.published_at)
    version = transition.row.version + after.is_public
    return PendingRevision(
        before=before,
        after=after,
        revision=transition.row.revision + 1,
        version=version,
        note=transition.note,
        is_alert=after.is_public and bool(transition.row.alert) and transition.row.alerted_at is None,
    )


def _columns(transition: Transition, pending: PendingRevision, now: int) -> dict[str, Any]:
    first = transition.row.first_published_at
    return {
        "id": transition.row.id,
        "status": transition.status,
        "published_at": transition.published_at,
        "first_published_at": transition.published_at if first is None and pending.after.is_public else first,
        "revision": pending.revision,
        "version": pending.version,
        "modified_at": now,
        "notes": merge_notes(transition.row.notes, pending, now),
        "alerted_at": now if pending.is_alert else transition.row.alerted_at,
        **transition.columns,
    }
