"""Time buckets for finding ranges of lists: each range is in the smallest bucket that contains it."""

from collections.abc import Iterator

TimeBucket = tuple[int, int]
"""Width in bits (of µs) and index among buckets of that width."""

BUCKET_BITS = (36, 40, 44, 48)
"""Buckets of 2^36 µs and more: 19 hours, 13 days, 7 months, 9 years; longer ranges are in the unbounded one."""
UNBOUNDED: TimeBucket = (64, 0)


def bucket_of(first: int, last: int) -> TimeBucket:
    """Return the bucket of a range between two instants (µs, both included)."""
    for level in BUCKET_BITS:
        if first >> level == last >> level:
            return level, first >> level
    return UNBOUNDED


def candidate_buckets(timestamps: tuple[int, ...]) -> Iterator[TimeBucket]:
    """Yield every bucket of a range that contains one of these instants (µs); some may repeat."""
    yield UNBOUNDED
    for timestamp in timestamps:
        for level in BUCKET_BITS:
            yield level, timestamp >> level
