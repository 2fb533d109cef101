"""What an answer is made from, noted while it is made: by it a change that alters the answer is told from all others.

Footprint ── keys: the articles, catalogue entries and lists of entries that were looked at, found or not
          ├─ spans: parts of lists of articles that were read from one end to the other
          ├─ until: when it becomes another by the clock alone
          └─ freshness: how long others may keep it
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from app.domain.list_filter import Facet
from app.invalidation.cache_control import ResponseFreshness
from app.invalidation.change_event import ChangeEvent
from app.invalidation.surrogate_keys import article_key, collection_key, facet_key, slugs_key

LOG_KEY = "log"
"""Noted by answers that any row of the change log alters."""


@dataclass(frozen=True, slots=True)
class RangeDependency:
    """The articles that stand in a list of every group, between two instants (µs, both in it).

    A group holds the surrogate keys of lists that are alternatives to each other.
    """

    groups: tuple[frozenset[str], ...]
    first: int
    last: int

    def is_invalidated_by(self, change: ChangeEvent) -> bool:
        """Whether the article that changed belongs into it or did."""
        places = change.timestamps
        is_within = places is None or any(self.first <= place <= self.last for place in places)
        return is_within and not any(group.isdisjoint(change.list_keys) for group in self.groups)


class Dependencies:
    """Everything one answer depends on. What is noted twice counts once."""

    __slots__ = ("expires_at", "freshness", "keys", "ranges")

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.ranges: list[RangeDependency] = []
        self.expires_at: int | None = None
        self.freshness: ResponseFreshness | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was noted: the answer depends on nothing, or on something that was not noted."""
        return not (self.keys or self.ranges)

    def is_invalidated_by(self, change: ChangeEvent) -> bool:
        """Whether the answer may be another one after this change."""
        return not self.keys.isdisjoint(change.entity_keys) or any(
            span.is_invalidated_by(change) for span in self.ranges
        )

    def limit_expiry(self, instant: int) -> None:
        """Say that the clock changes the answer at this instant (µs), if nothing does before."""
        self.expires_at = instant if self.expires_at is None else min(self.expires_at, instant)


_noting: ContextVar[Dependencies | None] = ContextVar("footprint", default=None)


@contextmanager
def tracking(footprint: Dependencies) -> Iterator[None]:
    """Within it, what queries look at is noted there."""
    token = _noting.set(footprint)
    try:
        yield
    finally:
        _noting.reset(token)


def depend_on_article(article_id: int) -> None:
    """An article by its id, public or not, there or not."""
    if (footprint := _noting.get()) is not None:
        footprint.keys.add(article_key(article_id))


def depend_on_entry(kind: Facet, number: int) -> None:
    """A catalogue entry whose members the answer shows or reckons with."""
    if (footprint := _noting.get()) is not None:
        footprint.keys.add(facet_key(kind, number))


def depend_on_collection(kind: Facet, edition_id: int | None = None) -> None:
    """A list of catalogue entries, or one of its names that stands for nothing yet."""
    if (footprint := _noting.get()) is not None:
        footprint.keys.add(collection_key(kind, edition_id))


def depend_on_entries(kind: Facet, numbers: Iterable[int | None]) -> None:
    """The same for several; None stands for no entry."""
    if (footprint := _noting.get()) is not None:
        footprint.keys.update(facet_key(kind, number) for number in numbers if number is not None)


def depend_on_slugs(edition_id: int) -> None:
    """The slugs of an edition, one of which stands for nothing yet."""
    if (footprint := _noting.get()) is not None:
        footprint.keys.add(slugs_key(edition_id))


def depend_on_log() -> None:
    """The change log as a whole."""
    if (footprint := _noting.get()) is not None:
        footprint.keys.add(LOG_KEY)


def depend_on_range(groups: Iterable[Iterable[str]], first: int, last: int) -> None:
    """The part of a list between two instants (µs, both in it); see Span."""
    if (footprint := _noting.get()) is not None:
        span = RangeDependency(tuple(frozenset(group) for group in groups), first, last)
        if span not in footprint.ranges:
            footprint.ranges.append(span)


def expires_at(instant: int) -> None:
    """The clock alone changes the answer at this instant (µs)."""
    if (footprint := _noting.get()) is not None:
        footprint.limit_expiry(instant)


def set_cache_policy(freshness: ResponseFreshness) -> None:
    """What decides how long others may keep the answer."""
    if (footprint := _noting.get()) is not None:
        footprint.freshness = freshness
