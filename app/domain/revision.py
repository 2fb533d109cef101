"""Saves of an article: what was done, and what the newsroom tells the public of it."""

from enum import StrEnum

from app.domain.article import ArticleStatus

MAX_REVISION = 2**31 - 1
"""No article is saved more often."""


class RevisionAction(StrEnum):
    """What a save did."""

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
    """What kind of change a note to the public tells of."""

    UPDATE = "update"
    CORRECTION = "correction"
    CLARIFICATION = "clarification"
    RETRACTION = "retraction"


class HistoryEventType(StrEnum):
    """What a line of an article's public history tells of."""

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
    """What a save did that took an article from one status (None: there was none) to another.

    `with_state` says that its public time changed.
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
    """How a save that the public saw is called in the article's history: by its note, else by what it did."""
    if note is not None:
        return HistoryEventType(note)
    return _EVENTS.get(action, HistoryEventType.UPDATE)
