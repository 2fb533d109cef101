"""Actions on the status of one article: publish, schedule, bump, withdraw and restore.

Each takes the revisions that the editor may have seen (`expected`, None for any) and raises NotFoundError,
PreconditionFailedError, ConflictError if the status does not allow it, and ForbiddenError. A call without effect
makes no revision.
"""

from collections.abc import Collection
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from app.actions.articles.transitions import Transition, apply_transitions, get_for_transition
from app.actions.articles.withdrawals import WITHDRAWAL_COLUMNS
from app.actions.changelog.changes import begin_log_transaction
from app.db.base import AnyRow
from app.domain.actor import Actor
from app.domain.article_status import ArticleStatus, check_embargo, check_expiry
from app.domain.calendar import find_zone
from app.domain.instant import format_instant
from app.domain.tsid import format_id
from app.errors import ArticleErasedError, ConflictError, FieldError, InvalidInputError
from app.models.edition import editions
from app.schemas.interchange import Note

_NO_WITHDRAWAL: Final = dict.fromkeys(WITHDRAWAL_COLUMNS)


def publish_article(
    connection: Connection,
    article_id: int,
    *,
    at: int | None,
    expected: Collection[int] | None,
    now: int,
    editor: Actor,
) -> None:
    """Publish it now, or at an instant: a future one makes a schedule, a past one becomes the public time.

    A schedule may be changed; the date of a public article is changed by a bump only.
    """
    row = _begin(connection, article_id, expected)
    status = ArticleStatus(row.status)
    editor.authorize(status, ArticleStatus.PUBLISHED)
    if status is ArticleStatus.WITHDRAWN:
        raise ConflictError("The article has been withdrawn; restore it to publish it again.")
    if status is ArticleStatus.PUBLISHED:
        if at not in {None, row.published_at}:
            raise ConflictError("The article is public already; a bump changes its public time.")
        return
    published_at = now if at is None else at
    after = ArticleStatus.SCHEDULED if published_at > now else ArticleStatus.PUBLISHED
    _require_unexpired(connection, row, published_at, now)
    check_embargo(row.embargoed_until, max(now, published_at), partial(_zone, connection, row))
    if (after, published_at) != (status, row.published_at):
        transition = Transition(row=row, status=after, published_at=published_at, columns=_NO_WITHDRAWAL)
        apply_transitions(connection, [transition], now=now, editor=editor)


def unschedule_article(
    connection: Connection, article_id: int, *, expected: Collection[int] | None, now: int, editor: Actor
) -> None:
    """Turn a scheduled article into a draft without a date."""
    row = _begin(connection, article_id, expected)
    status = ArticleStatus(row.status)
    editor.authorize(status, ArticleStatus.SCHEDULED)
    if status in {ArticleStatus.PUBLISHED, ArticleStatus.WITHDRAWN}:
        raise ConflictError("The article has been public; it can be withdrawn, but not unscheduled.")
    if status is ArticleStatus.SCHEDULED:
        _move(connection, row, ArticleStatus.DRAFT, None, now=now, editor=editor)


def bump_article(
    connection: Connection,
    article_id: int,
    *,
    at: int | None,
    note: Note | None = None,
    expected: Collection[int] | None,
    now: int,
    editor: Actor,
) -> None:
    """Change the public time of a published article to now, or to an instant that is not in the future."""
    row = _begin(connection, article_id, expected)
    editor.authorize(ArticleStatus(row.status), ArticleStatus.PUBLISHED)
    if row.status != ArticleStatus.PUBLISHED:
        raise ConflictError("Only a published article can be bumped.")
    published_at = now if at is None else at
    if published_at > now:
        raise InvalidInputError(FieldError("at", "at must not be in the future."))
    if published_at != row.published_at or note is not None:
        _move(connection, row, ArticleStatus.PUBLISHED, published_at, now=now, editor=editor, note=note)


def withdraw_article(
    connection: Connection,
    article_id: int,
    *,
    reason: str | None,
    notice: str | None,
    expected: Collection[int] | None,
    now: int,
    editor: Actor,
) -> None:
    """Withdraw a public article, or change the reason and the public notice of one that is withdrawn.

    A scheduled article becomes a draft without a date, with the same reason, and is not published. A repeated call
    changes the note alone.
    """
    row = _begin(connection, article_id, expected)
    status = ArticleStatus(row.status)
    editor.authorize(status, ArticleStatus.WITHDRAWN)
    if status is ArticleStatus.DRAFT and row.withdrawn_at is None:
        raise ConflictError("The article has never been public; delete it instead.")
    details: dict[str, str | int | None] = {"withdrawal_reason": reason, "withdrawal_notice": notice}
    if status in {ArticleStatus.PUBLISHED, ArticleStatus.SCHEDULED}:
        details["withdrawn_at"] = now
    elif (reason, notice) == (row.withdrawal_reason, row.withdrawal_notice):
        return
    is_draft = status in {ArticleStatus.DRAFT, ArticleStatus.SCHEDULED}
    after, published_at = (ArticleStatus.DRAFT, None) if is_draft else (ArticleStatus.WITHDRAWN, row.published_at)
    transition = Transition(row=row, status=after, published_at=published_at, columns=details)
    apply_transitions(connection, [transition], now=now, editor=editor)


def restore_article(
    connection: Connection, article_id: int, *, expected: Collection[int] | None, now: int, editor: Actor
) -> None:
    """Publish a withdrawn article again at its former public time."""
    row = _begin(connection, article_id, expected)
    status = ArticleStatus(row.status)
    editor.authorize(status, ArticleStatus.PUBLISHED)
    if status is ArticleStatus.PUBLISHED:
        return
    if status is ArticleStatus.DRAFT and row.withdrawn_at is not None:
        raise ConflictError(
            "The article was withdrawn before it was public; publish or schedule it with PUT publication."
        )
    if status is not ArticleStatus.WITHDRAWN:
        raise ConflictError("The article has not been withdrawn.")
    if row.published_at > now:
        raise ConflictError("The public time of the article is in the future.")
    _require_unexpired(connection, row, row.published_at, now)
    check_embargo(row.embargoed_until, now, partial(_zone, connection, row))
    transition = Transition(
        row=row, status=ArticleStatus.PUBLISHED, published_at=row.published_at, columns=_NO_WITHDRAWAL
    )
    apply_transitions(connection, [transition], now=now, editor=editor)


def _begin(connection: Connection, article_id: int, expected: Collection[int] | None) -> AnyRow:
    begin_log_transaction(connection)
    row = get_for_transition(connection, article_id, expected=expected)
    if row.erased_at is not None:
        raise ArticleErasedError(format_id(article_id), erased_locally=True)
    return row


def _require_unexpired(connection: Connection, row: AnyRow, published_at: int, now: int) -> None:
    """Raise ConflictError if the article would be expired when it is public."""
    if check_expiry(row.expires_at, published_at, now) is not None:
        expires_at = format_instant(row.expires_at, _zone(connection, row))
        verb = "expired" if row.expires_at <= now else "expires"
        raise ConflictError(f"The article {verb} at {expires_at}; give it a later expires_at, or none, first.")


def _zone(connection: Connection, row: AnyRow) -> ZoneInfo:
    """Return the zone of the article's edition."""
    timezone = connection.execute(select(editions.c.timezone).where(editions.c.id == row.edition_id)).scalar_one()
    return find_zone(timezone)


def _move(
    connection: Connection,
    row: AnyRow,
    status: ArticleStatus,
    published_at: int | None,
    *,
    now: int,
    editor: Actor,
    note: Note | None = None,
) -> None:
    transition = Transition(row=row, status=status, published_at=published_at, note=note)
    apply_transitions(connection, [transition], now=now, editor=editor)
