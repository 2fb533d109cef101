"""Publishing, scheduling, bumping, withdrawing and restoring one article.

Each takes the revisions that the editor may have seen (`expected`, None for any) and raises NotFound,
PreconditionFailed, Conflict where the standing of the article does not allow it, and Forbidden. What is so already is
left alone.
"""

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection

from app.actions.changes import begin_changes
from app.actions.moving import Move, find_movable, move_articles
from app.db.base import AnyRow
from app.domain.article import Status
from app.domain.editor import Editor
from app.domain.ids import format_id
from app.errors import ArticleErased, Conflict, Flaw, InvalidInput
from app.schemas.record import Note

_NO_WITHDRAWAL: Final = dict.fromkeys(("withdrawal_reason", "withdrawal_notice", "withdrawn_at"))


def publish_article(
    connection: Connection,
    article_id: int,
    *,
    at: int | None,
    expected: Collection[int] | None,
    now: int,
    editor: Editor,
) -> None:
    """Publish it now, or at an instant: a future one makes a schedule, a past one is the public time it gets.

    A schedule may be moved; what is public already moves by a bump only.
    """
    row = _begin(connection, article_id, expected)
    status = Status(row.status)
    editor.check(status, Status.PUBLISHED)
    if status is Status.WITHDRAWN:
        raise Conflict("The article has been withdrawn; restore it to publish it again.")
    if status is Status.PUBLISHED:
        if at not in {None, row.published_at}:
            raise Conflict("The article is public; its time moves by a bump only.")
        return
    published_at = now if at is None else at
    after = Status.SCHEDULED if published_at > now else Status.PUBLISHED
    if (after, published_at) != (status, row.published_at):
        move = Move(row=row, status=after, published_at=published_at, columns=_NO_WITHDRAWAL)
        move_articles(connection, [move], now=now, editor=editor)


def unschedule_article(
    connection: Connection, article_id: int, *, expected: Collection[int] | None, now: int, editor: Editor
) -> None:
    """Make a scheduled article a draft again, without a date."""
    row = _begin(connection, article_id, expected)
    status = Status(row.status)
    editor.check(status, Status.SCHEDULED)
    if status in {Status.PUBLISHED, Status.WITHDRAWN}:
        raise Conflict("The article has been public; it can be withdrawn, but not unscheduled.")
    if status is Status.SCHEDULED:
        _move(connection, row, Status.DRAFT, None, now=now, editor=editor)


def bump_article(
    connection: Connection,
    article_id: int,
    *,
    at: int | None,
    note: Note | None = None,
    expected: Collection[int] | None,
    now: int,
    editor: Editor,
) -> None:
    """Move the public time of a published article to now, or to an instant that is not to come."""
    row = _begin(connection, article_id, expected)
    editor.check(Status(row.status), Status.PUBLISHED)
    if row.status != Status.PUBLISHED:
        raise Conflict("Only a published article can be bumped.")
    published_at = now if at is None else at
    if published_at > now:
        raise InvalidInput(Flaw("at", "A bump needs an instant that is not in the future."))
    if published_at != row.published_at or note is not None:
        _move(connection, row, Status.PUBLISHED, published_at, now=now, editor=editor, note=note)


def withdraw_article(
    connection: Connection,
    article_id: int,
    *,
    reason: str | None,
    notice: str | None,
    expected: Collection[int] | None,
    now: int,
    editor: Editor,
) -> None:
    """Withdraw a public article, or change the reason and the public notice of one that is withdrawn.

    A scheduled article becomes a draft without a date, with the same reason, and is not published. A repeated call
    changes the note alone.
    """
    row = _begin(connection, article_id, expected)
    status = Status(row.status)
    editor.check(status, Status.WITHDRAWN)
    if status is Status.DRAFT and row.withdrawn_at is None:
        raise Conflict("The article has never been public; delete it instead.")
    told: dict[str, str | int | None] = {"withdrawal_reason": reason, "withdrawal_notice": notice}
    if status in {Status.PUBLISHED, Status.SCHEDULED}:
        told["withdrawn_at"] = now
    elif (reason, notice) == (row.withdrawal_reason, row.withdrawal_notice):
        return
    is_draft = status in {Status.DRAFT, Status.SCHEDULED}
    after, published_at = (Status.DRAFT, None) if is_draft else (Status.WITHDRAWN, row.published_at)
    move = Move(row=row, status=after, published_at=published_at, columns=told)
    move_articles(connection, [move], now=now, editor=editor)


def restore_article(
    connection: Connection, article_id: int, *, expected: Collection[int] | None, now: int, editor: Editor
) -> None:
    """Make a withdrawn article public again, where it stood."""
    row = _begin(connection, article_id, expected)
    status = Status(row.status)
    editor.check(status, Status.PUBLISHED)
    if status is Status.PUBLISHED:
        return
    if status is Status.DRAFT and row.withdrawn_at is not None:
        raise Conflict("The article was withdrawn before it was public; publish or schedule it with PUT publication.")
    if status is not Status.WITHDRAWN:
        raise Conflict("The article has not been withdrawn.")
    if row.published_at > now:
        raise Conflict("The public time of the article is still to come.")
    move = Move(row=row, status=Status.PUBLISHED, published_at=row.published_at, columns=_NO_WITHDRAWAL)
    move_articles(connection, [move], now=now, editor=editor)


def _begin(connection: Connection, article_id: int, expected: Collection[int] | None) -> AnyRow:
    begin_changes(connection)
    row = find_movable(connection, article_id, expected=expected)
    if row.erased_at is not None:
        raise ArticleErased(format_id(article_id), is_here=True)
    return row


def _move(
    connection: Connection,
    row: AnyRow,
    status: Status,
    published_at: int | None,
    *,
    now: int,
    editor: Editor,
    note: Note | None = None,
) -> None:
    move = Move(row=row, status=status, published_at=published_at, note=note)
    move_articles(connection, [move], now=now, editor=editor)
