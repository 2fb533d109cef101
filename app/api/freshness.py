"""How long a public answer may be kept: half a minute, or up to the scheduled publication that will change it."""

from typing import Any, Protocol

from fastapi import Request

from app import clock
from app.domain.footprint import note_freshness
from app.domain.freshness import CONTENT, Freshness, Terms
from app.domain.scope import Facet
from app.domain.upcoming import ArticleInterest, Groups, Interest, ListInterest, Upcoming
from app.schemas.article import Article
from app.schemas.feed import FeedQuestion
from app.schemas.question import (
    ArticleFilters,
    ArticlesQuestion,
    CalendarQuestion,
    DayQuestion,
    Filters,
    Question,
    TimelineQuestion,
)
from app.schemas.timeline import TimelineDayPage


class Schedule(Protocol):
    """Whoever knows what is scheduled; it is at `app.state.schedule`."""

    upcoming: Upcoming

    async def refresh(self) -> None:
        """Look again, after something was scheduled here or no longer is; it raises nothing."""


class Outlook:
    """What was scheduled before an answer's snapshot was read, and what is now.

    To be made before the reading, so that a publication in between is not missed.
    """

    __slots__ = ("_schedule", "_seen", "_terms")

    def __init__(self, schedule: Schedule, terms: Terms) -> None:
        self._schedule = schedule
        self._seen = schedule.upcoming
        self._terms = terms

    def directives(self, interest: Interest) -> str:
        """Cache-Control for an answer that is sent now; noted for those who send it again."""
        freshness = Freshness(self._terms, interest)
        note_freshness(freshness)
        return freshness.directives(clock.now(), self._seen, self._schedule.upcoming)


class _Anything:
    """What every publication changes."""

    def concerns(self, _coming: object, *, now: int) -> bool:  # noqa: ARG002 - as an interest is asked
        """Always."""
        return True


ANYTHING = _Anything()


def outlook_of(request: Request, terms: Terms = CONTENT) -> Outlook:
    """The outlook for the answer to this request, which is to be read next."""
    return Outlook(request.app.state.schedule, terms)


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


def feed_interest(question: Question) -> ListInterest:
    """What changes a document of a feed; behind a cursor nothing that is still to come does."""
    return ListInterest(
        edition=question.edition,
        groups=_groups(question) if isinstance(question, Filters) else (),
        is_settled=isinstance(question, FeedQuestion) and question.cursor is not None,
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
