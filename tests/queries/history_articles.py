"""Articles of a random history, as the newsroom that writes them knows them."""

from dataclasses import dataclass, replace
from typing import Any

from app.domain.article_status import ArticleStatus
from app.domain.tsid import format_id
from app.schemas.interchange import ArticleRecord
from tests.records import article

TRAITS: dict[str, tuple[Any, ...]] = {
    "format": ("article", "article", "article", "video", "audio", "page"),
    "language": (None, None, "de", "en-GB"),
    "featured": (False, False, True),
    "access": (None, "free", "paid"),
}

Key = tuple[int, str]
"""Public time and id: what lists are ordered by."""


@dataclass(frozen=True, slots=True)
class StoryState:
    """Article as the newsroom knows it."""

    number: int
    published_at: int
    status: ArticleStatus
    names: dict[str, tuple[str, ...]]
    traits: dict[str, Any]
    revision: int = 0
    renamed: int = 0
    translates: str | None = None
    expires_at: int | None = None
    is_embargoed: bool = False

    @property
    def id(self) -> str:
        """Return its id; the texts of ids sort as their numbers do."""
        return format_id(self.number)

    @property
    def slug(self) -> str:
        """Its slug."""
        return f"piece-{self.id}-{self.renamed}" if self.renamed else f"piece-{self.id}"

    @property
    def key(self) -> Key:
        """Its sort key."""
        return self.published_at, self.id

    def record(self, edition_slug: str) -> ArticleRecord:
        """Return the record that stores this state."""
        made = article(
            None,
            edition=edition_slug,
            id=self.id,
            slug=self.slug,
            headline=f"StoryState {self.revision}",
            status=self.status,
            sections=list(self.names["section"]),
            label=next(iter(self.names["label"]), None),
            tags=list(self.names["tag"]),
            authors=list(self.names["author"]),
            **self.traits,
            translations=[] if self.translates is None else [self.translates],
        )
        is_held = self.is_embargoed and self.status is ArticleStatus.SCHEDULED
        instants = {
            "published_at": self.published_at,
            "expires_at": self.expires_at,
            "embargoed_until": self.published_at if is_held else None,
        }
        return made.model_copy(update=instants)

    def at(self, now: int) -> "StoryState":
        """Return the article as the schedule has made it by this instant."""
        status = self.status
        if status is ArticleStatus.SCHEDULED and self.published_at <= now:
            status = ArticleStatus.PUBLISHED
        if status is ArticleStatus.PUBLISHED and self.expires_at is not None and self.expires_at <= now:
            status = ArticleStatus.WITHDRAWN
        return self if status is self.status else replace(self, status=status)
