"""Types of public change that the change log records."""

from enum import StrEnum

from app.domain.article_status import ArticleStatus


class ChangeType(StrEnum):
    """Type of a change, as clients see it."""

    ARTICLE_PUBLISHED = "article.published"
    ARTICLE_ALERT = "article.alert"
    ARTICLE_UPDATED = "article.updated"
    ARTICLE_BUMPED = "article.bumped"
    ARTICLE_WITHDRAWN = "article.withdrawn"
    ARTICLE_RESTORED = "article.restored"
    EDITION_UPDATED = "edition.updated"
    SECTION_UPDATED = "section.updated"
    TAG_UPDATED = "tag.updated"
    LABEL_UPDATED = "label.updated"
    AUTHOR_UPDATED = "author.updated"
    LIST_UPDATED = "list.updated"
    LIST_DELETED = "list.deleted"
    EDITION_DELETED = "edition.deleted"
    TAG_MERGED = "tag.merged"
    AUTHOR_MERGED = "author.merged"
    SECTION_DELETED = "section.deleted"
    TAG_DELETED = "tag.deleted"
    LABEL_DELETED = "label.deleted"
    AUTHOR_DELETED = "author.deleted"


ARTICLE_REMOVED = "article.removed"
"""Sent by the change feed for an article that no longer matches the filters; the log has no such row."""


def article_change(before: ArticleStatus | None, after: ArticleStatus, *, moved: bool) -> ChangeType | None:
    """Return the public change of an article that changes its status, None if the public view does not change.

    `moved` means that its public time changed. An edit of a withdrawn article is published as a withdrawal, because its
    notice may have changed.
    """
    was_public, is_public = before is ArticleStatus.PUBLISHED, after is ArticleStatus.PUBLISHED
    if was_public and is_public:
        return ChangeType.ARTICLE_BUMPED if moved else ChangeType.ARTICLE_UPDATED
    if is_public:
        return ChangeType.ARTICLE_RESTORED if before is ArticleStatus.WITHDRAWN else ChangeType.ARTICLE_PUBLISHED
    if was_public or after is ArticleStatus.WITHDRAWN:
        return ChangeType.ARTICLE_WITHDRAWN
    return None
