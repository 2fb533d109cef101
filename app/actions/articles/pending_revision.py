"""Revision to be stored: the placement of the article before and after, and its note."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.actions.articles.listings import Placement
from app.domain.article_status import ArticleStatus
from app.domain.revision import RevisionAction, revision_action
from app.schemas.interchange import Note, RevisionRecord


@dataclass(slots=True, kw_only=True)
class PendingRevision:
    """Placement of an article before (None: new) and after, its next numbers, and a note on the reason.

    `imported_revisions` are the history of an article from elsewhere; `already_recorded` means that this revision is
    the last of them. `redirect_lost_by` is the article whose redirect ends because this one takes its slug.
    `is_alert` announces the article, which happens once.
    """

    before: Placement | None
    after: Placement
    revision: int
    version: int
    note: Note | None = None
    imported_revisions: Sequence[RevisionRecord] = ()
    already_recorded: bool = False
    is_erasure: bool = False
    redirect_lost_by: int | None = None
    is_alert: bool = False

    @property
    def article_id(self) -> int:
        """Return the id of the article."""
        return self.after.article_id

    @property
    def status_before(self) -> ArticleStatus | None:
        """Return the status before; None for a new article."""
        return None if self.before is None else self.before.status

    @property
    def redated(self) -> bool:
        """Return whether the public time changes."""
        return self.before is not None and self.before.published_at != self.after.published_at

    @property
    def action(self) -> RevisionAction:
        """Return the action that makes this revision."""
        if self.is_erasure:
            return RevisionAction.ERASED
        return revision_action(self.status_before, self.after.status, moved=self.redated)
