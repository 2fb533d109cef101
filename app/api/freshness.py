"""How long a public answer may be kept: half a minute, or up to the scheduled publication that will change it."""

from typing import Any, Protocol

from fastapi import Request

from app import clock
from app.api.responses import MAX_AGE_S, PUBLIC, STALE_IF_ERROR
from app.domain.instant import SECOND_US
from app.domain.scope import Facet
from app.domain.upcoming import ArticleInterest, Groups, Interest, ListInterest, Upcoming
from app.schemas.article import Article
from app.schemas.question import (
    ArticleFilters,
    ArticlesQuestion,
    CalendarQuestion,
    DayQuestion,
    Filters,
    TimelineQuestion,
)
from app.schemas.timeline import TimelineDayPage

_WITHIN_US = MAX_AGE_S * SECOND_US


class Schedule(Protocol):
    """Whoever knows what is scheduled; it is at `app.state.schedule`."""

    upcoming: Upcoming

    async def refresh(self) -> None:
        """Look again, after something was scheduled here or no longer is; it raises nothing."""


class Freshness:
    """What was scheduled before an answer's snapshot was read, and what is now.

    To be made before the reading, so that a publication in between is not missed. It can be asked again
    whenever a kept answer is sent.
    """

    __slots__ = ("_schedule", "_seen")

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._seen = schedule.upcoming

    def directives(self, interest: Interest) -> str:
        """Cache-Control for an answer that is sent now.

        Up to the publication that will change it, in whole seconds, when that is no further than max-age away;
        nothing stale is then to be shown while somebody asks again.
        """
        now, upcoming = clock.now(), self._schedule.upcoming
        due = upcoming.soonest(interest, now=now, within=_WITHIN_US)
        if self._seen is not upcoming:
            before = self._seen.soonest(interest, now=now, within=_WITHIN_US)
            due = before if due is None or (before is not None and before < due) else due
        if due is None:
            return PUBLIC
        return f"public, max-age={max(0, due - now) // SECOND_US}, {STALE_IF_ERROR}"

    @property
    def is_anything_near(self) -> bool:
        """Whether anything at all is to be published within max-age."""
        return self.directives(ANYTHING) != PUBLIC


class _Anything:
    """What every publication changes."""

    def concerns(self, _coming: object, *, now: int) -> bool:  # noqa: ARG002 - as an interest is asked
        return True


ANYTHING = _Anything()


def freshness_of(request: Request) -> Freshness:
    """The freshness of the answer to this request, which is to be read next."""
    return Freshness(request.app.state.schedule)


def timeline_interest(question: TimelineQuestion) -> ListInterest:
    """What changes a page of the timeline; a day's total also changes behind a cursor."""
    is_settled = question.cursor is not None and not question.total
    return _list_interest(question, tz=question.tz, last_day=question.newest_day, is_settled=is_settled)


def articles_interest(question: ArticlesQuestion, *, entry: tuple[Facet, str] | None = None) -> ListInterest:
    """What changes a page of a list of articles, those of an `entry` where the address names one."""
    return _list_interest(question, entry, is_settled=question.cursor is not None)


def day_interest(question: DayQuestion, page: TimelineDayPage) -> ListInterest:
    """What changes a day and its links, which heed every filter too: nothing once a newer day has news."""
    previous, is_settled = page["previous"], page["next"] is not None
    after_day = None if previous is None else previous["date"]
    return _list_interest(question, tz=question.tz, after_day=after_day, is_settled=is_settled)


def calendar_interest(question: CalendarQuestion) -> ListInterest:
    """What changes a calendar."""
    return ListInterest(
        edition=question.edition,
        groups=_groups(question),
        starts=question.from_,
        ends=question.to,
        tz=question.tz,
    )


def article_interest(article: Article) -> ArticleInterest:
    """What changes an article's page: its next neighbour, when it has none yet, and its “read also”."""
    return ArticleInterest(
        name=article["id"], edition=article["edition"], is_newest=article["neighbours"]["next"] is None
    )


def related_interest(key: str) -> ArticleInterest:
    """What changes the “read also” of an article by itself."""
    return ArticleInterest(name=key)


def _list_interest(question: ArticleFilters, entry: tuple[Facet, str] | None = None, **members: Any) -> ListInterest:
    return ListInterest(
        edition=question.edition,
        groups=_groups(question, entry),
        ids=tuple(question.id),
        excluded=tuple(question.exclude),
        starts=question.from_,
        ends=question.to,
        **members,
    )


def _groups(question: Filters, entry: tuple[Facet, str] | None = None) -> Groups:
    named = (
        (Facet.SECTION, question.section),
        (Facet.TAG, question.tag),
        (Facet.AUTHOR, question.author),
        (Facet.LABEL, question.label),
    )
    groups = tuple((kind, tuple(names)) for kind, names in named if names)
    return groups if entry is None else (*groups, (entry[0], (entry[1],)))
