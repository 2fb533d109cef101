"""Withdrawals that follow from a write of an article, and their stored columns."""

from typing import Any, Final

from app.db.base import AnyRow
from app.domain.article_status import EXPIRED, ArticleStatus
from app.schemas.interchange import ArticleRecord, Withdrawal

WITHDRAWAL_COLUMNS: Final = ("withdrawal_reason", "withdrawal_notice", "withdrawn_at")


def end_schedule(record: ArticleRecord, *, is_scheduled: bool) -> ArticleRecord:
    """Return the record of a scheduled article, or a draft that was one, which is withdrawn: a draft without a date."""
    withdrawal = record.withdrawal or (Withdrawal() if is_scheduled else None)
    changed = {"status": ArticleStatus.DRAFT, "published_at": None, "withdrawal": withdrawal}
    return record.model_copy(update=changed)


def expiry_withdrawal(expires_at: int | None, notice: str | None) -> Withdrawal:
    """Return the withdrawal of an article that has expired; validation would parse the instant a second time."""
    return Withdrawal.model_construct(reason=EXPIRED, notice=notice, at=expires_at)


def withdrawal_columns(
    record: ArticleRecord, row: AnyRow | None, status: ArticleStatus, *, now: int, is_import: bool
) -> dict[str, Any]:
    """Return the columns of a withdrawal; a draft has them if it was withdrawn before it was public."""
    withdrawal = record.withdrawal
    was = row if row is not None and row.status == status and row.withdrawn_at is not None else None
    was_scheduled = row is not None and row.status == ArticleStatus.SCHEDULED
    ends_schedule = was is not None or is_import or was_scheduled
    is_ended = status is ArticleStatus.DRAFT and ends_schedule and (withdrawal is not None or was is not None)
    if status is not ArticleStatus.WITHDRAWN and not is_ended:
        return dict.fromkeys(WITHDRAWAL_COLUMNS)
    if withdrawal is None and was is not None:
        return {name: getattr(was, name) for name in WITHDRAWAL_COLUMNS}
    at = None if withdrawal is None else withdrawal.at
    since = was.withdrawn_at if was is not None else now
    return {
        "withdrawal_reason": None if withdrawal is None else withdrawal.reason,
        "withdrawal_notice": None if withdrawal is None else withdrawal.notice,
        "withdrawn_at": since if at is None else at,
    }
