"""Cache-Control of public responses: half a minute, or less if a scheduled publication will change the response."""

from typing import Any, Protocol

from fastapi import Request

from app import clock
from app.api.dependencies import services_of
from app.domain.list_filter import Facet
from app.domain.traits import LISTED_FORMATS, PAGE
from app.invalidation.dependencies import set_cache_policy
from app.invalidation.max_age import CONTENT, CachePolicy
from app.invalidation.schedule_snapshot import (
    ArticleDependency,
    CombinedDependency,
    Groups,
    ListDependency,
    ScheduleDependency,
    ScheduleSnapshot,
)
from app.queries.resolve import filter_of
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
from app.schemas.timeline import Timeline, TimelineDayPage

_WITH_PAGES: Groups = ((Facet.FORMAT, (*LISTED_FORMATS, PAGE)),)


class ScheduleProvider(Protocol):
    """Provider of the schedule snapshot; `Services.scheduler`."""

    snapshot: ScheduleSnapshot

    async def refresh(self) -> None:
        """Reload the schedule after a change of it in this process; raises nothing."""


class CacheControlBuilder:
    """Schedule before the response's snapshot was read, and the present one.

    Create it before the query, so that no publication in between is missed.
    """

    __slots__ = ("_schedule", "_seen", "_terms")

    def __init__(self, schedule: ScheduleProvider, terms: CachePolicy) -> None:
        self._schedule = schedule
        self._seen = schedule.snapshot
        self._terms = terms

    def header_value(self, dependency: ScheduleDependency) -> str:
        """Return the Cache-Control value for sending the response now, and record it for the response cache."""
        freshness = set_cache_policy(self._terms, dependency)
        current = self._schedule.snapshot
        known = (current,) if current is self._seen else (self._seen, current)
        return freshness.cache_control(clock.now(), *known)


class _Anything:
    """Dependency on every publication."""

    def is_affected_by(self, _coming: object, *, now: int) -> bool:  # noqa: ARG002 - the signature of ScheduleDependency
        """Return True."""
        return True


EVERY_PUBLICATION = _Anything()


def get_cache_control_builder(request: Request, terms: CachePolicy = CONTENT) -> CacheControlBuilder:
    """Return the builder for the response to this request, whose query follows."""
    return CacheControlBuilder(services_of(request).scheduler, terms)


def timeline_schedule_dependency(params: TimelineParams, page: Timeline) -> ListDependency:
    """Return the dependency of a page of the timeline: it is closed once there is a newer page.

    A day's total also changes behind a cursor.
    """
    has_newer = page["newer_page"] is not None
    is_closed = has_newer and params.cursor is not None and not params.total
    until_day = params.newest_day if has_newer else None
    return _list_schedule_dependency(params, tz=params.tz, until_day=until_day, is_closed=is_closed)


def articles_schedule_dependency(
    params: ArticleListParams, *, entry: tuple[Facet, str] | None = None
) -> ListDependency:
    """Return the dependency of a page of a list of articles, those of an `entry` if the path names one."""
    return _list_schedule_dependency(params, entry, is_closed=params.cursor is not None)


def day_schedule_dependency(params: DayParams, page: TimelineDayPage) -> ListDependency:
    """Return the dependency of a day and its filtered links: it is closed once a newer day has news."""
    previous, is_closed = page["previous"], page["next"] is not None
    after_day = None if previous is None else previous["date"]
    return _list_schedule_dependency(params, tz=params.tz, after_day=after_day, is_closed=is_closed)


def calendar_schedule_dependency(params: CalendarParams) -> ListDependency:
    """Return the dependency of a calendar."""
    return ListDependency(
        edition=params.edition,
        groups=_groups(params),
        starts=params.from_,
        ends=params.to,
        tz=params.tz,
    )


def feed_schedule_dependency(params: QueryParams) -> ListDependency:
    """Return the dependency of a feed document, or of a sitemap, which has pages; behind a cursor it is closed."""
    return ListDependency(
        edition=params.edition,
        groups=_groups(params) if isinstance(params, FilterParams) else _WITH_PAGES,
        is_closed=isinstance(params, FeedParams) and params.cursor is not None,
    )


def article_schedule_dependency(article: Article) -> ArticleDependency:
    """Return the dependency of an article's page: on its next neighbour, if it has none yet, and on its “read also”.

    A page of the format `page` has no neighbours.
    """
    if article["format"] == PAGE:
        return related_schedule_dependency(article["id"])
    return ArticleDependency(
        name=article["id"], edition=article["edition"], is_newest=article["neighbours"]["next"] is None
    )


def related_schedule_dependency(key: str) -> ArticleDependency:
    """Return the dependency of an article's “read also” by itself."""
    return ArticleDependency(name=key)


def curated_list_schedule_dependency(
    edition: str | None, pinned_ids: tuple[str, ...], chosen: ArticleListParams | None
) -> CombinedDependency:
    """Return the dependency of a curated list: on its pinned articles, and on those that its filter selects."""
    pinned = (ListDependency(edition=edition, groups=_WITH_PAGES, ids=pinned_ids),) if pinned_ids else ()
    following = () if chosen is None else (articles_schedule_dependency(chosen),)
    return CombinedDependency((*pinned, *following))


def _list_schedule_dependency(
    params: ArticleFilterParams, entry: tuple[Facet, str] | None = None, **members: Any
) -> ListDependency:
    return ListDependency(
        edition=params.edition,
        groups=_groups(params, entry),
        ids=tuple(params.id),
        excluded=tuple(params.exclude),
        starts=params.from_,
        ends=params.to,
        **members,
    )


def _groups(params: FilterParams, entry: tuple[Facet, str] | None = None) -> Groups:
    if entry is None and not params.has_filters:
        return ()
    scope = filter_of(params, edition="", entry=entry)
    section = Facet.SECTION_TREE if scope.subsections else Facet.SECTION
    groups = (*scope.groups(), *scope.traits())
    return tuple((section if kind is Facet.SECTION else kind, names) for kind, names in groups)
