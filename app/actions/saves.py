"""One save of one article: where it stood and stands, and what is told of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.actions.listings import Standing
from app.domain.article import Status
from app.domain.revision import Action, name_action
from app.schemas.record import Note, RevisionRecord


@dataclass(slots=True, kw_only=True)
class Save:
    """Where an article stood (None: it is new) and stands, the numbers it has from now on, and a note on why.

    `past` are saves of an article that comes from elsewhere; `is_told` says that this one is the last of them.
    `displaced` is the article whose redirect ends because this one takes its slug.
    """

    before: Standing | None
    after: Standing
    revision: int
    version: int
    note: Note | None = None
    past: Sequence[RevisionRecord] = ()
    is_told: bool = False
    is_erasure: bool = False
    displaced: int | None = None

    @property
    def article_id(self) -> int:
        """The article."""
        return self.after.article_id

    @property
    def status_before(self) -> Status | None:
        """The status it had; None for a new article."""
        return None if self.before is None else self.before.status

    @property
    def is_moved(self) -> bool:
        """Whether its public time changed."""
        return self.before is not None and self.before.published_at != self.after.published_at

    @property
    def action(self) -> Action:
        """What was done."""
        if self.is_erasure:
            return Action.ERASED
        return name_action(self.status_before, self.after.status, moved=self.is_moved)
