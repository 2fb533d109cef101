"""The life of an article.

draft ──► scheduled ──► published ──► withdrawn
  └───────────────────────►│  ▲            │
                           │  └────────────┘ restored
                           └─ bumped: published_at moves, first_published_at never does
"""

from enum import StrEnum

from app.errors import Flaw, InvalidInput


class Status(StrEnum):
    """Where an article stands; only `published` ones are public."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class BodyForm(StrEnum):
    """The forms a body can be asked for in."""

    BLOCKS = "blocks"
    HTML = "html"
    TEXT = "text"
    NONE = "none"


def settle_status(given: Status | None, published_at: int | None, now: int, *, before: Status | None = None) -> Status:
    """The status an article comes to have.

    Without one given, its date says it: none is a draft, a future one a schedule; a withdrawn article stays
    withdrawn. InvalidInput where status and date contradict, or where what was public would become a draft.
    """
    if given is None and before is Status.WITHDRAWN:
        given = Status.WITHDRAWN
    if published_at is None and given not in {None, Status.DRAFT}:
        raise InvalidInput(Flaw("published_at", f"An article that is {given} has a date."))
    if published_at is None or given is Status.DRAFT:
        status = Status.DRAFT
    elif given is Status.WITHDRAWN:
        status = Status.WITHDRAWN
    else:
        status = Status.SCHEDULED if published_at > now else Status.PUBLISHED
    if given is Status.PUBLISHED and status is Status.SCHEDULED:
        raise InvalidInput(Flaw("published_at", "A published article has a date that is past."))
    if before in {Status.PUBLISHED, Status.WITHDRAWN} and status in {Status.DRAFT, Status.SCHEDULED}:
        raise InvalidInput(Flaw("status", "It has been public; it can be withdrawn, but not be a draft again."))
    return status
