"""Gaps in the sequence of the change log after a restored backup.

… last │ last + 1 … issued by the lost log, or unused … first - 1 │ first …

`last` is where the backup ended, `first` the next sequence number issued. A client with a position between them read
the lost log. `first - 1` is never issued and denotes the position before `first`.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

NAME = "log_gaps"
"""Key of the gaps in the key-value table."""

SLOT_US = 100
"""Microseconds for each reserved sequence number: a log with fewer than 10,000 changes a second stays behind the clock,
and its numbers stay below 2^53, which JavaScript reads exactly, for 28,000 years.
"""
MIN_JUMP = 10_000_000
"""Minimum size of a gap, for a clock that has been ahead."""


class Gap(NamedTuple):
    """Gap: the last number before it and the first one after it."""

    last: int
    first: int

    def contains(self, position: int) -> bool:
        """Return whether only the lost log can have issued this position."""
        return self.last < position < self.first - 1


def gap_after(last: int, *, now: int) -> Gap:
    """Return the gap after a log that ends at `last`, at an instant (µs): beyond every number issued earlier.

    The age of the backup and the number of times that it was restored do not matter.
    """
    return Gap(last, max(now // SLOT_US, last + MIN_JUMP))


def dump_gaps(gaps: Iterable[Gap]) -> bytes:
    """Serialise gaps for the key-value table."""
    return json.dumps(list(gaps)).encode()


@lru_cache(maxsize=4)
def parse_gaps(stored: bytes | None) -> tuple[Gap, ...]:
    """Parse the stored gaps; none if nothing is stored."""
    return () if stored is None else tuple(Gap(*each) for each in json.loads(stored))


def unknown_position_reason(position: int, *, latest: int, stored: bytes | None) -> str | None:
    """Return why a position is unknown to a log that ends at `latest` and has these gaps; None for a known one."""
    if position > latest:
        return f"The log ends at {latest}: the position is of another log; begin at 0."
    for gap in parse_gaps(stored):
        if gap.contains(position):
            return f"No change is between {gap.last} and {gap.first}: the position is of another log; begin at 0."
    return None
