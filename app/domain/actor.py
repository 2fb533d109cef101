"""Actors: users, systems and commands that write, with their permissions."""

from dataclasses import dataclass

from app.domain.article_status import ArticleStatus
from app.errors import ForbiddenError


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Author of a change; `can_write` permits drafts, `can_publish` permits everything that the public sees."""

    name: str
    can_write: bool = True
    can_publish: bool = True

    def authorize(self, before: ArticleStatus | None, after: ArticleStatus | None) -> None:
        """Raise ForbiddenError unless the actor may move an article between statuses (None: new, or deleted).

        A scheduled article becomes public without another request, so scheduling requires `can_publish`.
        """
        if before in {None, ArticleStatus.DRAFT} and after in {None, ArticleStatus.DRAFT}:
            if not self.can_write:
                raise ForbiddenError("articles:write")
        elif not self.can_publish:
            raise ForbiddenError("articles:publish")


IMPORT_ACTOR = Actor(name="import")
SCHEDULE_ACTOR = Actor(name="schedule")
COMMAND_ACTOR = Actor(name="command")
