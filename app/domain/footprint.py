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

from app.domain.freshness import Freshness
from app.domain.logged_change import LoggedChange
from app.domain.scope import Facet
from app.domain.surrogate import article_key, facet_key, shelf_key, slugs_key

LOG_KEY = "log"
"""Noted by answers that any row of the change log alters."""


@dataclass(frozen=True, slots=True)
class Span:
    """The articles that stand in a list of every group, between two instants (µs, both in it).

    A group holds the surrogate keys of lists that are alternatives to each other.
    """

    groups: tuple[frozenset[str], ...]
    first: int
    last: int

    def is_touched_by(self, change: LoggedChange) -> bool:
        """Whether the article that changed belongs into it or did."""
        places = change.places
        is_within = places is None or any(self.first <= place <= self.last for place in places)
        return is_within and not any(group.isdisjoint(change.lists) for group in self.groups)


class Footprint:
    """Everything one answer depends on. What is noted twice counts once."""

    __slots__ = ("freshness", "keys", "spans", "until")

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.spans: list[Span] = []
        self.until: int | None = None
        self.freshness: Freshness | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was noted: the answer depends on nothing, or on something that was not noted."""
        return not (self.keys or self.spans)

    def is_touched_by(self, change: LoggedChange) -> bool:
        """Whether the answer may be another one after this change."""
        return not self.keys.isdisjoint(change.named) or any(span.is_touched_by(change) for span in self.spans)

    def expires(self, instant: int) -> None:
        """Say that the clock changes the answer at this instant (µs), if nothing does before."""
        self.until = instant if self.until is None else min(self.until, instant)


_noting: ContextVar[Footprint | None] = ContextVar("footprint", default=None)


@contextmanager
def noting(footprint: Footprint) -> Iterator[None]:
    """Within it, what queries look at is noted there."""
    token = _noting.set(footprint)
    try:
        yield
    finally:
        _noting.reset(token)


def note_article(article_id: int) -> None:
    """An article by its id, public or not, there or not."""
    if (footprint := _noting.get()) is not None:
        footprint.keys.add(article_key(article_id))


def note_entry(kind: Facet, number: int) -> None:
    """A catalogue entry whose members the answer shows or reckons with."""
    if (footprint := _noting.get()) is not None:
        footprint.keys.add(facet_key(kind, number))


def note_shelf(kind: Facet, edition_id: int | None = None) -> None:
    """A list of catalogue entries, or one of its names that stands for nothing yet."""
    if (footprint := _noting.get()) is not None:
        footprint.keys.add(shelf_key(kind, edition_id))


def note_entries(kind: Facet, numbers: Iterable[int | None]) -> None:
    """The same for several; None stands for no entry."""
    if (footprint := _noting.get()) is not None:
        footprint.keys.update(facet_key(kind, number) for number in numbers if number is not None)


def note_slugs(edition_id: int) -> None:
    """The slugs of an edition, one of which stands for nothing yet."""
    if (footprint := _noting.get()) is not None:
        footprint.keys.add(slugs_key(edition_id))


def note_log() -> None:
    """The change log as a whole."""
    if (footprint := _noting.get()) is not None:
        footprint.keys.add(LOG_KEY)


def note_span(groups: Iterable[Iterable[str]], first: int, last: int) -> None:
    """The part of a list between two instants (µs, both in it); see Span."""
    if (footprint := _noting.get()) is not None:
        span = Span(tuple(frozenset(group) for group in groups), first, last)
        if span not in footprint.spans:
            footprint.spans.append(span)


def note_until(instant: int) -> None:
    """The clock alone changes the answer at this instant (µs)."""
    if (footprint := _noting.get()) is not None:
        footprint.expires(instant)


def note_freshness(freshness: Freshness) -> None:
    """What decides how long others may keep the answer."""
    if (footprint := _noting.get()) is not None:
        footprint.freshness = freshness
