"""The kinds of public change that the log records."""

from enum import StrEnum

from app.domain.article import ArticleStatus


class ChangeType(StrEnum):
    """What happened, as partners read it."""

    ARTICLE_PUBLISHED = "article.published"
    ARTICLE_UPDATED = "article.updated"
    ARTICLE_BUMPED = "article.bumped"
    ARTICLE_WITHDRAWN = "article.withdrawn"
    ARTICLE_RESTORED = "article.restored"
    EDITION_UPDATED = "edition.updated"
    SECTION_UPDATED = "section.updated"
    TAG_UPDATED = "tag.updated"
    LABEL_UPDATED = "label.updated"
    AUTHOR_UPDATED = "author.updated"


ARTICLE_REMOVED = "article.removed"
"""What the change feed says of an article that its filters do not hold (any more); the log has no such row."""


def article_change(before: ArticleStatus | None, after: ArticleStatus, *, moved: bool) -> ChangeType | None:
    """What the public sees of an article that went from one status to another; None where it sees nothing.

    `with_state` says that its public time changed. A withdrawn article that is edited is withdrawn anew: its notice
    may be another.
    """
    was_public, is_public = before is ArticleStatus.PUBLISHED, after is ArticleStatus.PUBLISHED
    if was_public and is_public:
        return ChangeType.ARTICLE_BUMPED if moved else ChangeType.ARTICLE_UPDATED
    if is_public:
        return ChangeType.ARTICLE_RESTORED if before is ArticleStatus.WITHDRAWN else ChangeType.ARTICLE_PUBLISHED
    if was_public or after is ArticleStatus.WITHDRAWN:
        return ChangeType.ARTICLE_WITHDRAWN
    return None
