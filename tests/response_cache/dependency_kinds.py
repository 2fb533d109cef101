"""The families of notes that keep answers exact, each with a way to leave it out and a history that it alone saves.

All notes pass through the sets and lists of a Footprint; what a change concerned passes through `parse_change_event`.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import pytest

from app.invalidation.change_event import ChangeEvent, parse_change_event
from app.invalidation.dependencies import LOG_KEY, Dependencies, RangeDependency
from app.invalidation.surrogate_keys import is_timestamp_key
from app.queries.changes import invalidation_log

Names = Callable[[str], bool]


class Family(NamedTuple):
    """What is left out: keys, spans, the instant by the clock, or the places of changes."""

    name: str
    keys: Names | None = None
    spans: Names | None = None
    clock: bool = False
    places: bool = False


def beginning(prefix: str) -> Names:
    """The names that begin so."""
    return lambda name: name.startswith(prefix)


FACETS = ("edition", "section", "tag", "author", "label")
FAMILIES = (
    Family("articles", keys=beginning("article:")),
    *(Family(f"entries: {kind}", keys=beginning(f"{kind}:")) for kind in FACETS),
    *(Family(f"shelves: {kind}s", keys=beginning(f"{kind}s")) for kind in FACETS),
    Family("slugs", keys=beginning("slugs:")),
    Family("curated lists", keys=beginning("list:")),
    Family("shelves: curated lists", keys=beginning("lists:")),
    Family("the log", keys=LOG_KEY.__eq__),
    *(Family(f"spans: {kind}", spans=beginning(f"{kind}:")) for kind in FACETS),
    Family("the clock", clock=True),
    Family("places", places=True),
)


class _Keys(set[str]):
    """A set that some names do not get into."""

    def __init__(self, left_out: Names) -> None:
        super().__init__()
        self._left_out = left_out

    def add(self, name: str) -> None:
        if not self._left_out(name):
            super().add(name)

    def update(self, *others: Iterable[str]) -> None:
        for names in others:
            for name in names:
                self.add(name)


class _Spans(list[RangeDependency]):
    """A list that some spans do not get into."""

    def __init__(self, left_out: Names) -> None:
        super().__init__()
        self._left_out = left_out

    def append(self, span: RangeDependency) -> None:
        """Unless it is of a list of the kind that is left out: by its first group, which its answers ask for."""
        if not all(self._left_out(name) for name in span.groups[0]):
            super().append(span)


def leave_out(family: Family, patch: pytest.MonkeyPatch) -> None:
    """From now on nothing of the family is noted, or told of changes."""
    begin = Dependencies.__init__

    def begin_without(footprint: Dependencies) -> None:
        begin(footprint)
        if family.keys is not None:
            footprint.keys = _Keys(family.keys)
        if family.spans is not None:
            footprint.ranges = _Spans(family.spans)

    patch.setattr(Dependencies, "__init__", begin_without)
    if family.clock:
        patch.setattr(Dependencies, "limit_expiry", lambda _footprint, _instant: None)
    if family.places:

        def told_without(seq: int, names: list[str], **members: Any) -> ChangeEvent:
            return parse_change_event(seq, [name for name in names if not is_timestamp_key(name)], **members)

        patch.setattr(invalidation_log, "parse_change_event", told_without)
