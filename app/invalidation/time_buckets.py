"""Bins of time, by which parts of lists are found: each part stands in the smallest bin that holds it."""

from collections.abc import Iterator

TimeBucket = tuple[int, int]
"""How many bits wide (of µs), and which one of that width."""

BUCKET_BITS = (36, 40, 44, 48)
"""Bins of 2^36 µs and more: 19 hours, 13 days, 7 months, 9 years; what fits into none stands in the one of all time."""
UNBOUNDED: TimeBucket = (64, 0)


def bucket_of(first: int, last: int) -> TimeBucket:
    """The bin of what lies between two instants (µs, both in it)."""
    for level in BUCKET_BITS:
        if first >> level == last >> level:
            return level, first >> level
    return UNBOUNDED


def candidate_buckets(places: tuple[int, ...]) -> Iterator[TimeBucket]:
    """Every bin that may be that of a part which holds one of these instants (µs); some may come twice."""
    yield UNBOUNDED
    for place in places:
        for level in BUCKET_BITS:
            yield level, place >> level
