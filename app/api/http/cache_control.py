"""How long a public answer may be kept: half a minute, or up to the scheduled publication that will change it."""

from typing import Any, Protocol

from fastapi import Request

from app import clock
from app.api.dependencies import services_of
from app.domain.list_filter import Facet
from app.invalidation.cache_control import CONTENT, CachePolicy, ResponseFreshness
from app.invalidation.dependencies import set_cache_policy
from app.invalidation.schedule_snapshot import (
    ArticleDependency,
    Groups,
    ListDependency,
    ScheduleDependency,
    ScheduleSnapshot,
)
from app.schemas.article import Article
from app.schemas.feed import FeedParams
from app.schemas.params import (
    ArticleFilterParams,
    ArticleListParams,
    CalendarParams,
    DayParams,
    FilterParams,
    QueryParams,
    TimelineParams,
)
from app.schemas.timeline import TimelineDayPage


class ScheduleProvider(Protocol):
    """Whoever knows what is scheduled; `Services.scheduler`."""

    snapshot: ScheduleSnapshot

    async def refresh(self) -> None:
        """Look again, after something was scheduled here or no longer is; it raises nothing."""


class CacheControlBuilder:
    """What was scheduled before an answer's snapshot was read, and what is now.

    To be made before the reading, so that a publication in between is not missed.
    """

    __slots__ = ("_schedule", "_seen", "_terms")

    def __init__(self, schedule: ScheduleProvider, terms: CachePolicy) -> None:
        self._schedule = schedule
        self._seen = schedule.snapshot
        self._terms = terms

    def header_value(self, interest: ScheduleDependency) -> str:
        """Cache-Control for an answer that is sent now; noted for those who send it again."""
        freshness = ResponseFreshness(self._terms, interest)
        set_cache_policy(freshness)
        return freshness.cache_control(clock.now(), self._seen, self._schedule.snapshot)


class _Anything:
    """What every publication changes."""

    def concerns(self, _coming: object, *, now: int) -> bool:  # noqa: ARG002 - as an interest is asked
        """Always."""
        return True


EVERY_PUBLICATION = _Anything()


def get_cache_control_builder(request: Request, terms: CachePolicy = CONTENT) -> CacheControlBuilder:
    """The outlook for the answer to this request, which is to be read next."""
    return CacheControlBuilder(services_of(request).scheduler, terms)


def timeline_interest(question: TimelineParams) -> ListDependency:
    """What changes a page of the timeline; a day's total also changes behind a cursor."""
    is_settled = question.cursor is not None and not question.total
    return _list_interest(question, tz=question.tz, last_day=question.newest_day, is_settled=is_settled)


def articles_interest(question: ArticleListParams, *, entry: tuple[Facet, str] | None = None) -> ListDependency:
    """What changes a page of a list of articles, those of an `entry` where the address names one."""
    return _list_interest(question, entry, is_settled=question.cursor is not None)


def day_interest(question: DayParams, page: TimelineDayPage) -> ListDependency:
    """What changes a day and its links, which heed every filter too: nothing once a newer day has news."""
    previous, is_settled = page["previous"], page["next"] is not None
    after_day = None if previous is None else previous["date"]
    return _list_interest(question, tz=question.tz, after_day=after_day, is_settled=is_settled)


def calendar_interest(question: CalendarParams) -> ListDependency:
    """What changes a calendar."""
    return ListDependency(
        edition=question.edition,
        groups=_groups(question),
        starts=question.from_,
        ends=question.to,
        tz=question.tz,
    )


def feed_interest(question: QueryParams) -> ListDependency:
    """What changes a document of a feed; behind a cursor nothing that is still to come does."""
    return ListDependency(
        edition=question.edition,
        groups=_groups(question) if isinstance(question, FilterParams) else (),
        is_settled=isinstance(question, FeedParams) and question.cursor is not None,
    )


def article_interest(article: Article) -> ArticleDependency:
    """What changes an article's page: its next neighbour, when it has none yet, and its “read also”."""
    return ArticleDependency(
        name=article["id"], edition=article["edition"], is_newest=article["neighbours"]["next"] is None
    )


def related_interest(key: str) -> ArticleDependency:
    """What changes the “read also” of an article by itself."""
    return ArticleDependency(name=key)


def _list_interest(
    question: ArticleFilterParams, entry: tuple[Facet, str] | None = None, **members: Any
) -> ListDependency:
    return ListDependency(
        edition=question.edition,
        groups=_groups(question, entry),
        ids=tuple(question.id),
        excluded=tuple(question.exclude),
        starts=question.from_,
        ends=question.to,
        **members,
    )


def _groups(question: FilterParams, entry: tuple[Facet, str] | None = None) -> Groups:
    named = (
        (Facet.SECTION, question.section),
        (Facet.TAG, question.tag),
        (Facet.AUTHOR, question.author),
        (Facet.LABEL, question.label),
    )
    groups = tuple((kind, tuple(names)) for kind, names in named if names)
    return groups if entry is None else (*groups, (entry[0], (entry[1],)))
