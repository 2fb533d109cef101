"""Who writes, and what they may do."""

from dataclasses import dataclass

from app.domain.article import ArticleStatus
from app.errors import ForbiddenError


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whoever a change is put down to; `can_write` is about drafts, `can_publish` about all that the public sees."""

    name: str
    can_write: bool = True
    can_publish: bool = True

    def authorize(self, before: ArticleStatus | None, after: ArticleStatus | None) -> None:
        """Forbidden unless this editor may take an article from one status (None: none yet) to another (None: gone).

        A scheduled article will be public without anybody's further doing, so it counts as what the public sees.
        """
        if before in {None, ArticleStatus.DRAFT} and after in {None, ArticleStatus.DRAFT}:
            if not self.can_write:
                raise ForbiddenError("articles:write")
        elif not self.can_publish:
            raise ForbiddenError("articles:publish")


IMPORT_ACTOR = Actor(name="import")
SCHEDULE_ACTOR = Actor(name="schedule")
COMMAND_ACTOR = Actor(name="command")
