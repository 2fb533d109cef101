"""One save of one article: where it stood and stands, and what is told of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.actions.articles.listings import Placement
from app.domain.article import ArticleStatus
from app.domain.revision import RevisionAction, revision_action
from app.schemas.interchange import Note, RevisionRecord


@dataclass(slots=True, kw_only=True)
class PendingRevision:
    """Where an article stood (None: it is new) and stands, the numbers it has from now on, and a note on why.

    `past` are saves of an article that comes from elsewhere; `is_told` says that this one is the last of them.
    `redirect_lost_by` is the article whose redirect ends because this one takes its slug.
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

    @property
    def article_id(self) -> int:
        """The article."""
        return self.after.article_id

    @property
    def status_before(self) -> ArticleStatus | None:
        """The status it had; None for a new article."""
        return None if self.before is None else self.before.status

    @property
    def redated(self) -> bool:
        """Whether its public time changed."""
        return self.before is not None and self.before.published_at != self.after.published_at

    @property
    def action(self) -> RevisionAction:
        """What was done."""
        if self.is_erasure:
            return RevisionAction.ERASED
        return revision_action(self.status_before, self.after.status, moved=self.redated)
