"""Actors: users, systems and commands that write, with their permissions."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from app.domain.article_status import ArticleStatus
from app.errors import EditionForbiddenError, ForbiddenError

KEY_ACTOR: Final = "key:"
ACTS_FOR: Final = " for "


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Author of a change; `can_write` permits drafts, `can_publish` permits everything that the public sees."""

    name: str
    can_write: bool = True
    can_publish: bool = True
    editions: frozenset[int] | None = None
    """Ids of the editions whose articles the actor may change; None for all."""

    def authorize(self, before: ArticleStatus | None, after: ArticleStatus | None) -> None:
        """Raise ForbiddenError unless the actor may move an article between statuses (None: new, or deleted).

        A scheduled article becomes public without another request, so scheduling requires `can_publish`.
        """
        if before in {None, ArticleStatus.DRAFT} and after in {None, ArticleStatus.DRAFT}:
            if not self.can_write:
                raise ForbiddenError("articles:write")
        elif not self.can_publish:
            raise ForbiddenError("articles:publish")

    def authorize_edition(self, edition_id: int) -> None:
        """Raise EditionForbiddenError unless the actor may change articles of this edition."""
        if self.editions is not None and edition_id not in self.editions:
            raise EditionForbiddenError


class StoredActor(NamedTuple):
    """Parts of the name of an actor as revisions and the change log store it: an API key, and the person behind it."""

    actor: str
    key_prefix: str | None
    person: str | None


def actor_name(key_prefix: str, person: str | None) -> str:
    """Return the name of an API key that acts for a person, if one is named, as it is stored."""
    return f"{KEY_ACTOR}{key_prefix}" if person is None else f"{KEY_ACTOR}{key_prefix}{ACTS_FOR}{person}"


def parse_actor(stored: str) -> StoredActor:
    """Return the parts of a stored name."""
    if not stored.startswith(KEY_ACTOR):
        return StoredActor(stored, None, None)
    actor, _, person = stored.partition(ACTS_FOR)
    return StoredActor(actor, actor.removeprefix(KEY_ACTOR), person or None)


IMPORT_ACTOR = Actor(name="import")
SCHEDULE_ACTOR = Actor(name="schedule")
COMMAND_ACTOR = Actor(name="command")
