"""Warnings of a write whose stored state differs from the record: times, status, withdrawal, embargo, expiry."""

from collections.abc import Iterator

from app.actions.articles.article_write import ArticleWrite
from app.domain.article_status import ArticleStatus
from app.schemas.interchange import ArticleRecord
from app.schemas.warning_codes import WarningCode
from app.schemas.write_warning import WriteWarning

SCHEDULED = "The date is ahead of this server's clock, so the article is scheduled for it and not published yet."
WITHDRAWAL_IGNORED = "A withdrawal counts with the status withdrawn alone; this one is not stored."
EMBARGO_REMOVED = "The article had an embargo that has not ended; without the member it has none."
EXPIRY_PASSED = "expires_at has passed: the article cannot be published until it is later or null."
NEVER_PUBLIC = "An article that was never public does not store it: send it with the publication."
FIRST_TIME_SET = "The first public time does not change once it is set; this one is not stored."


def find_state_warnings(write: ArticleWrite, given: ArticleRecord) -> list[WriteWarning]:
    """Return the warnings of a write with a resolved status, whose record was `given`."""
    return [
        WriteWarning(where=where, code=str(code), detail=detail) for where, code, detail in _differences(write, given)
    ]


def _differences(write: ArticleWrite, given: ArticleRecord) -> Iterator[tuple[str, WarningCode, str]]:
    if given.status is ArticleStatus.PUBLISHED and write.status is ArticleStatus.SCHEDULED:
        yield "published_at", WarningCode.SCHEDULED, SCHEDULED
    if given.withdrawal is not None and not _is_withdrawal_stored(write, given):
        yield "withdrawal", WarningCode.WITHDRAWAL_IGNORED, WITHDRAWAL_IGNORED
    if _is_embargo_removed(write, given):
        yield "embargoed_until", WarningCode.EMBARGO_REMOVED, EMBARGO_REMOVED
    expires_at = write.record.expires_at
    if write.status is ArticleStatus.DRAFT and expires_at is not None and expires_at <= write.now:
        yield "expires_at", WarningCode.EXPIRY_PASSED, EXPIRY_PASSED
    if given.first_published_at is None:
        return
    stored = write.first_published_at()
    expected = write.record.published_at if stored is None else stored  # the publication of a schedule will set it
    if given.first_published_at != expected:
        detail = NEVER_PUBLIC if stored is None else FIRST_TIME_SET
        yield "first_published_at", WarningCode.FIRST_TIME_IGNORED, detail


def _is_withdrawal_stored(write: ArticleWrite, given: ArticleRecord) -> bool:
    is_replaced = write.record.withdrawal is not given.withdrawal  # by that of an expiry
    return not is_replaced and write.withdrawal_columns()["withdrawn_at"] is not None


def _is_embargo_removed(write: ArticleWrite, given: ArticleRecord) -> bool:
    """Return whether a record without `embargoed_until` removes an embargo that has not ended; null means to."""
    if write.current is None or "embargoed_until" in given.model_fields_set:
        return False
    until = write.current.embargoed_until
    return until is not None and until > write.now
