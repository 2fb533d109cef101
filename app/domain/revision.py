"""Revisions of an article: the action that made each, and its note to the public."""

from enum import StrEnum

from app.domain.article_status import ArticleStatus

MAX_REVISION = 2**31 - 1
"""Maximum number of revisions of one article."""


class RevisionAction(StrEnum):
    """Action that made a revision."""

    CREATED = "created"
    EDITED = "edited"
    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
    PUBLISHED = "published"
    BUMPED = "bumped"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    ERASED = "erased"


class NoteType(StrEnum):
    """Type of a note to the public."""

    UPDATE = "update"
    CORRECTION = "correction"
    CLARIFICATION = "clarification"
    RETRACTION = "retraction"


class HistoryEventType(StrEnum):
    """Type of an event in the public history of an article."""

    PUBLICATION = "publication"
    UPDATE = "update"
    CORRECTION = "correction"
    CLARIFICATION = "clarification"
    RETRACTION = "retraction"
    BUMP = "bump"
    WITHDRAWAL = "withdrawal"
    RESTORATION = "restoration"


_EVENTS = {
    RevisionAction.BUMPED: HistoryEventType.BUMP,
    RevisionAction.WITHDRAWN: HistoryEventType.WITHDRAWAL,
    RevisionAction.RESTORED: HistoryEventType.RESTORATION,
    RevisionAction.CREATED: HistoryEventType.PUBLICATION,
    RevisionAction.PUBLISHED: HistoryEventType.PUBLICATION,
}


def revision_action(before: ArticleStatus | None, after: ArticleStatus, *, moved: bool) -> RevisionAction:
    """Return the action of a revision that moves an article from one status (None: new) to another.

    `moved` means that its public time changed.
    """
    if before is None:
        return RevisionAction.CREATED
    if before is after:
        if not moved or after is ArticleStatus.DRAFT:
            return RevisionAction.EDITED
        return RevisionAction.SCHEDULED if after is ArticleStatus.SCHEDULED else RevisionAction.BUMPED
    if after is ArticleStatus.PUBLISHED:
        return RevisionAction.RESTORED if before is ArticleStatus.WITHDRAWN else RevisionAction.PUBLISHED
    return {
        ArticleStatus.DRAFT: RevisionAction.UNSCHEDULED,
        ArticleStatus.SCHEDULED: RevisionAction.SCHEDULED,
        ArticleStatus.WITHDRAWN: RevisionAction.WITHDRAWN,
    }[after]


def history_event_type(action: RevisionAction, note: NoteType | None) -> HistoryEventType:
    """Return the type of a public revision in the article's history: by its note, else by its action."""
    if note is not None:
        return HistoryEventType(note)
    return _EVENTS.get(action, HistoryEventType.UPDATE)
