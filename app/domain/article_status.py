"""Status of an article and its transitions.

draft ──► scheduled ──► published ──► withdrawn
  └───────────────────────►│  ▲            │
                           │  └────────────┘ restored
                           └─ bumped: published_at moves, first_published_at never does
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.instant import SECOND_US, format_instant
from app.errors import EmbargoedError, FieldError, InvalidInputError


class ArticleStatus(StrEnum):
    """Status of an article; only PUBLISHED articles are public."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


WAS_PUBLIC: Final = frozenset({ArticleStatus.PUBLISHED, ArticleStatus.WITHDRAWN})
"""Statuses of articles that are or were public."""


EXPIRED: Final = "expired"
"""The reason of a withdrawal at `expires_at`."""


def check_expiry(expires_at: int | None, published_at: int, now: int) -> str | None:
    """Return why an article cannot be public or scheduled with these instants, None if it can."""
    if expires_at is None or expires_at > max(now, published_at):
        return None
    return "Must be later than published_at." if expires_at <= published_at else "Must be in the future."


class BodyFormat(StrEnum):
    """Format of a body in a response."""

    BLOCKS = "blocks"
    RICH = "rich"
    HTML = "html"
    TEXT = "text"
    NONE = "none"


class LinkForm(StrEnum):
    """Form of the links inside a body in a response."""

    WRITTEN = "written"
    ABSOLUTE = "absolute"


class FeedContent(StrEnum):
    """Amount of an article's text in the feeds of an edition."""

    HEADLINES = "headlines"
    SUMMARY = "summary"
    FULL = "full"


CLOCK_TOLERANCE_US: Final = 60 * SECOND_US
"""Tolerance for a publishing system whose clock is ahead of this one."""


def resolve_status(
    given: ArticleStatus | None,
    published_at: int | None,
    now: int,
    *,
    before: ArticleStatus | None = None,
    since: int | None = None,
    has_public_past: bool = False,
    is_import: bool = False,
) -> ArticleStatus:
    """Return the next status of an article that had `before`, with the public time `since`.

    Without a given status the date decides: none is a draft, a future one a schedule; a withdrawn article stays
    withdrawn. A public article with an unchanged date stays public. An article given as published up to
    CLOCK_TOLERANCE_US before its date is scheduled for it, but published at once if it was public, here or in its
    imported history (`has_public_past`). InvalidInputError where status and date contradict, or where what was public
    would no longer be. A schedule whose date has passed is such a contradiction, unless it is the one that is stored
    already, or `is_import`: then it is published.
    """
    if given is None and before is ArticleStatus.WITHDRAWN:
        given = ArticleStatus.WITHDRAWN
    if published_at is None and given not in {None, ArticleStatus.DRAFT}:
        raise InvalidInputError(FieldError("published_at", f"published_at is required when status is {given}."))
    is_future = published_at is not None and published_at > now and not (before in WAS_PUBLIC and published_at == since)
    is_close = published_at is not None and published_at <= now + CLOCK_TOLERANCE_US
    if published_at is None or given is ArticleStatus.DRAFT:
        status = ArticleStatus.DRAFT
    elif given is ArticleStatus.WITHDRAWN:
        status = ArticleStatus.WITHDRAWN
    elif given is ArticleStatus.PUBLISHED and is_close:
        was_public = before in WAS_PUBLIC or has_public_past
        status = ArticleStatus.SCHEDULED if is_future and not was_public else given
    else:
        status = ArticleStatus.SCHEDULED if is_future else ArticleStatus.PUBLISHED
    if (
        given is ArticleStatus.SCHEDULED
        and status is ArticleStatus.PUBLISHED
        and not (is_import or published_at == since)
    ):
        raise InvalidInputError(
            FieldError("published_at", "Status 'scheduled' needs a date in the future; 'published' takes a past one.")
        )
    if is_future and not is_close and given in WAS_PUBLIC:
        raise InvalidInputError(FieldError("published_at", f"Status '{given}' needs a date that is not in the future."))
    if before in WAS_PUBLIC and (
        status not in WAS_PUBLIC or (before is ArticleStatus.WITHDRAWN and given is ArticleStatus.SCHEDULED)
    ):
        raise InvalidInputError(
            FieldError(
                "status", "The article has been public; it can be withdrawn, but not become a draft or scheduled again."
            )
        )
    return status


def check_embargo(until: int | None, at: int | None, zone: Callable[[], ZoneInfo]) -> None:
    """Raise EmbargoedError if a publication that takes effect at an instant does so before an embargo ends.

    The error has the instant in the zone of the article.
    """
    if until is not None and at is not None and at < until:
        raise EmbargoedError(format_instant(until, zone()))
