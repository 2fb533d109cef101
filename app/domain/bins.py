"""Bins of time, by which parts of lists are found: each part stands in the smallest bin that holds it."""

from collections.abc import Iterator

Bin = tuple[int, int]
"""How many bits wide (of µs), and which one of that width."""

LEVELS = (36, 40, 44, 48)
"""Bins of 2^36 µs and more: 19 hours, 13 days, 7 months, 9 years; what fits into none stands in the one of all time."""
ALL_TIME: Bin = (64, 0)


def bin_of(first: int, last: int) -> Bin:
    """The bin of what lies between two instants (µs, both in it)."""
    for level in LEVELS:
        if first >> level == last >> level:
            return level, first >> level
    return ALL_TIME


def bins_around(places: tuple[int, ...]) -> Iterator[Bin]:
    """Every bin that may be that of a part which holds one of these instants (µs); some may come twice."""
    yield ALL_TIME
    for place in places:
        for level in LEVELS:
            yield level, place >> level
