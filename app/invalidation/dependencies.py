"""Dependencies of a response, recorded while queries run: a change invalidates the responses that depend on it.

Dependencies ── keys: the articles, catalogue entries and collections that queries looked up, found or not
             ├─ spans: ranges of article lists that queries read from one end to the other
             ├─ until: the instant at which the response expires without any change
             └─ freshness: its cache policy
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import NamedTuple

from app.domain.list_filter import Facet
from app.invalidation.change_event import ChangeEvent
from app.invalidation.max_age import CachePolicy, ResponseFreshness
from app.invalidation.schedule_snapshot import ScheduleDependency
from app.invalidation.surrogate_keys import (
    article_key,
    collection_key,
    curated_list_key,
    curated_lists_key,
    facet_key,
    facet_keys,
    slugs_key,
)

_OF_ARTICLES = ("article:", "slugs:", "tag:", "author:")
LOG_KEY = "log"
"""Dependency of responses that every row of the change log invalidates."""


class RangeDependency(NamedTuple):
    """Range of a list of articles, between two instants (µs, both included).

    A group holds the surrogate keys of alternative lists; an article in the range is in a list of every group.
    """

    groups: tuple[frozenset[str], ...]
    first: int
    last: int

    def is_invalidated_by(self, change: ChangeEvent) -> bool:
        """Return whether the changed article is or was in the range."""
        places = change.timestamps
        is_within = places is None or any(self.first <= place <= self.last for place in places)
        return is_within and not any(group.isdisjoint(change.list_keys) for group in self.groups)


class Dependencies:
    """All dependencies of one response; a dependency that is recorded twice counts once."""

    __slots__ = ("expires_at", "freshness", "keys", "ranges")

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.ranges: list[RangeDependency] = []
        self.expires_at: int | None = None
        self.freshness: ResponseFreshness | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was recorded: the response is constant, or depends on something unrecorded."""
        return not (self.keys or self.ranges)

    @property
    def has_articles(self) -> bool:
        """Return whether the withdrawal of an article may alter the response: it shows articles, or a tag or author."""
        return bool(self.ranges) or any(key.startswith(_OF_ARTICLES) for key in self.keys)

    def is_invalidated_by(self, change: ChangeEvent) -> bool:
        """Return whether the change may alter the response."""
        return not self.keys.isdisjoint(change.entity_keys) or any(
            span.is_invalidated_by(change) for span in self.ranges
        )

    def limit_expiry(self, instant: int) -> None:
        """Expire the response at this instant (µs), unless it expires earlier."""
        self.expires_at = instant if self.expires_at is None else min(self.expires_at, instant)


_current: ContextVar[Dependencies | None] = ContextVar("dependencies", default=None)


class _Tracking:
    """Context in which dependencies are recorded; a generator would take twice the time for each response."""

    __slots__ = ("_dependencies", "_token")

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies

    def __enter__(self) -> None:
        self._token = _current.set(self._dependencies)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


def tracking(dependencies: Dependencies) -> AbstractContextManager[None]:
    """Record the dependencies of queries that run within this context."""
    return _Tracking(dependencies)


def depend_on_article(article_id: int) -> None:
    """Depend on an article by its id, whether public or not, existing or not."""
    if (dependencies := _current.get()) is not None:
        dependencies.keys.add(article_key(article_id))


def depend_on_entry(kind: Facet, number: int) -> None:
    """Depend on a catalogue entry whose members the response shows or uses."""
    if (dependencies := _current.get()) is not None:
        dependencies.keys.add(facet_key(kind, number))


def depend_on_collection(kind: Facet, edition_id: int | None = None) -> None:
    """Depend on a collection of catalogue entries, or on one of its names that does not exist yet."""
    if (dependencies := _current.get()) is not None:
        dependencies.keys.add(collection_key(kind, edition_id))


def depend_on_entries(kind: Facet, numbers: Iterable[int | None]) -> None:
    """Depend on several catalogue entries; None stands for no entry."""
    if (dependencies := _current.get()) is not None:
        dependencies.keys.update(facet_keys(kind, numbers))


def depend_on_slugs(edition_id: int) -> None:
    """Depend on the slugs of an edition, because one of them does not exist yet."""
    if (dependencies := _current.get()) is not None:
        dependencies.keys.add(slugs_key(edition_id))


def depend_on_curated_list(number: int) -> None:
    """Depend on a curated list: its name, its pinned articles and its filter."""
    if (dependencies := _current.get()) is not None:
        dependencies.keys.add(curated_list_key(number))


def depend_on_curated_lists(edition_id: int) -> None:
    """Depend on the collection of an edition's curated lists, or on one of its names that does not exist yet."""
    if (dependencies := _current.get()) is not None:
        dependencies.keys.add(curated_lists_key(edition_id))


def depend_on_log() -> None:
    """Depend on the whole change log."""
    if (dependencies := _current.get()) is not None:
        dependencies.keys.add(LOG_KEY)


def depend_on_range(groups: Iterable[Iterable[str]], first: int, last: int) -> None:
    """Depend on the range of a list between two instants (µs, both included); see RangeDependency."""
    if (dependencies := _current.get()) is not None:
        span = RangeDependency(tuple(map(frozenset, groups)), first, last)
        if span not in dependencies.ranges:
            dependencies.ranges.append(span)


def expires_at(instant: int) -> None:
    """Expire the response at this instant (µs) without any change, in every cache.

    The cache policy is set later: `max-age` and the lifetime for CDNs count down to it.
    """
    if (dependencies := _current.get()) is not None:
        dependencies.limit_expiry(instant)


def set_cache_policy(terms: CachePolicy, dependency: ScheduleDependency) -> ResponseFreshness:
    """Set the cache policy of the response, and return it with the dependencies and the expiry that are recorded."""
    dependencies = _current.get()
    changes_at = None if dependencies is None else dependencies.expires_at
    freshness = ResponseFreshness(terms, dependency, changes_at, dependencies)
    if dependencies is not None:
        dependencies.freshness = freshness
    return freshness
