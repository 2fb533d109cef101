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


_PUBLIC = frozenset({Status.PUBLISHED, Status.WITHDRAWN})


class BodyForm(StrEnum):
    """The forms a body can be asked for in."""

    BLOCKS = "blocks"
    HTML = "html"
    TEXT = "text"
    NONE = "none"


def settle_status(
    given: Status | None, published_at: int | None, now: int, *, before: Status | None = None, since: int | None = None
) -> Status:
    """The status an article comes to have that had `before`, with the public time `since`.

    Without one given, its date says it: none is a draft, a future one a schedule; a withdrawn article stays
    withdrawn. What is public and keeps its date stays so, whatever the clock says. InvalidInput where status and date
    contradict, or where what was public would be so no more.
    """
    if given is None and before is Status.WITHDRAWN:
        given = Status.WITHDRAWN
    if published_at is None and given not in {None, Status.DRAFT}:
        raise InvalidInput(Flaw("published_at", f"An article that is {given} has a date."))
    is_to_come = published_at is not None and published_at > now and not (before in _PUBLIC and published_at == since)
    if published_at is None or given is Status.DRAFT:
        status = Status.DRAFT
    elif given is Status.WITHDRAWN:
        status = Status.WITHDRAWN
    else:
        status = Status.SCHEDULED if is_to_come else Status.PUBLISHED
    if is_to_come and given in _PUBLIC:
        raise InvalidInput(Flaw("published_at", f"An article that is {given} has a date that has come."))
    if before in _PUBLIC and (status not in _PUBLIC or (before is Status.WITHDRAWN and given is Status.SCHEDULED)):
        raise InvalidInput(
            Flaw("status", "It has been public; it can be withdrawn, but neither be a draft again nor be scheduled.")
        )
    return status
