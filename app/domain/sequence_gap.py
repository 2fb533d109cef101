"""Gaps of the change log: where a backup was restored, numbers that the lost log may have given out to other changes.

    … last │ last + 1 … given out by what was lost, or by nobody … first - 1 │ first …

`last` is where the backup ended and `first` where the log goes on. Whoever knows a place between them knew another
log. `first - 1` was given out by nobody and stands for the place in front of `first`.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

NAME = "log_gaps"
"""Under which the installation keeps them."""

SLOT_US = 100
"""A log that gains no more than 10,000 changes a second stays behind the clock in these; its numbers stay below 2^53,
which JavaScript reads exactly, for 28,000 years."""
MIN_JUMP = 10_000_000
"""Where the clock tells nothing, because it once stood further ahead."""


class Gap(NamedTuple):
    """As above."""

    last: int
    first: int

    def contains(self, place: int) -> bool:
        """Whether only another log can have told of this place."""
        return self.last < place < self.first - 1


def gap_after(last: int, *, now: int) -> Gap:
    """The gap behind a log that ends at `last`, at an instant (µs): beyond all that was ever given out before it.

    It does not matter how long ago the backup was made and how often the same one was restored.
    """
    return Gap(last, max(now // SLOT_US, last + MIN_JUMP))


def dump_gaps(gaps: Iterable[Gap]) -> bytes:
    """The bytes that the installation keeps."""
    return json.dumps(list(gaps)).encode()


@lru_cache(maxsize=4)
def parse_gaps(kept: bytes | None) -> tuple[Gap, ...]:
    """What these bytes say; none where nothing was kept."""
    return () if kept is None else tuple(Gap(*each) for each in json.loads(kept))


def unknown_position_reason(place: int, *, latest: int, kept: bytes | None) -> str | None:
    """Why nobody can go on from this place in a log that ends at `latest` and has these gaps; None where one can."""
    if place > latest:
        return f"The log ends at {latest}: it is not the one you knew; begin at 0."
    for gap in parse_gaps(kept):
        if gap.contains(place):
            return f"The log goes from {gap.last} to {gap.first}: it is not the one you knew; begin at 0."
    return None
