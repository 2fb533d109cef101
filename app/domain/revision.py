"""Saves of an article: what was done, and what the newsroom tells the public of it."""

from enum import StrEnum

from app.domain.article import Status

REVISION_MOST = 2**31 - 1
"""No article is saved more often."""


class Action(StrEnum):
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


class Event(StrEnum):
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
    Action.BUMPED: Event.BUMP,
    Action.WITHDRAWN: Event.WITHDRAWAL,
    Action.RESTORED: Event.RESTORATION,
    Action.CREATED: Event.PUBLICATION,
    Action.PUBLISHED: Event.PUBLICATION,
}


def name_action(before: Status | None, after: Status, *, moved: bool) -> Action:
    """What a save did that took an article from one status (None: there was none) to another.

    `moved` says that its public time changed.
    """
    if before is None:
        return Action.CREATED
    if before is after:
        if not moved or after is Status.DRAFT:
            return Action.EDITED
        return Action.SCHEDULED if after is Status.SCHEDULED else Action.BUMPED
    if after is Status.PUBLISHED:
        return Action.RESTORED if before is Status.WITHDRAWN else Action.PUBLISHED
    return {
        Status.DRAFT: Action.UNSCHEDULED,
        Status.SCHEDULED: Action.SCHEDULED,
        Status.WITHDRAWN: Action.WITHDRAWN,
    }[after]


def public_event(action: Action, note: NoteType | None) -> Event:
    """How a save that the public saw is called in the article's history: by its note, else by what it did."""
    if note is not None:
        return Event(note)
    return _EVENTS.get(action, Event.UPDATE)
