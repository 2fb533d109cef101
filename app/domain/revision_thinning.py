"""Thinning of revisions: all of the last day remain, then one an hour for 30 days, then public versions."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Protocol

from app.domain.article_status import ArticleStatus
from app.domain.instant import DAY_US, HOUR_US
from app.domain.revision import RevisionAction

ALL_FOR_US: Final = DAY_US
HOURLY_FOR_US: Final = 30 * DAY_US


class SavedRevision(Protocol):
    """The members of a revision that decide whether it remains."""

    @property
    def revision(self) -> int: ...  # noqa: D102 - its number

    @property
    def status(self) -> str: ...  # noqa: D102 - of the article after it

    @property
    def action(self) -> str: ...  # noqa: D102 - what made it

    @property
    def at(self) -> int: ...  # noqa: D102 - when it was made


def is_permanent(revision: SavedRevision) -> bool:
    """Return whether the public history of the article shows the revision."""
    return revision.status == ArticleStatus.PUBLISHED or revision.action == RevisionAction.WITHDRAWN


def find_superfluous(revisions: Sequence[SavedRevision], now: int) -> Iterator[int]:
    """Yield the numbers of revisions to delete, of all revisions of one article in ascending order.

    The first and the last revision remain: they have the time of creation and the current state.
    """
    for revision, following in pairwise(revisions):
        age_us = now - revision.at
        is_last_of_hour = following.at // HOUR_US != revision.at // HOUR_US
        if (
            revision is not revisions[0]
            and not is_permanent(revision)
            and age_us >= ALL_FOR_US
            and (age_us >= HOURLY_FOR_US or not is_last_of_hour)
        ):
            yield revision.revision
