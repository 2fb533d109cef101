"""No stale byte: after every step of random histories every cached response equals that of an uncached process."""

from collections import Counter

import pytest

from tests.response_cache.conftest import Begin
from tests.response_cache.history import Pace

SHORT = Pace(steps=12, begin=48, new=5, again=20)
MANY = Pace(steps=14, begin=80, new=6, again=None)
WIDE = Pace(steps=40, begin=3_000, new=20, again=None)
PORTION = 10  # histories, each on a database of its own
PORTIONS_SOAK = 20


def print_counts(counts: Counter[str]) -> None:
    """Print the figures of a soak run: comparisons, and the share of repeated requests served from memory."""
    again = counts["from memory"] + counts["read again"]
    print(f"\n{dict(sorted(counts.items()))}; from memory {counts['from memory'] / max(1, again):.1%}")  # noqa: T201 - as above


async def test_cached_responses_equal_fresh_ones_after_every_step(begin: Begin) -> None:
    history = await begin(1)
    await history.run(SHORT)
    counts = history.requested.counts
    assert counts["compared"] > 300
    assert counts["from memory"] > counts["read again"]


@pytest.mark.soak
@pytest.mark.parametrize("portion", range(1, 1 + PORTIONS_SOAK))
async def test_long_cached_responses_equal_fresh_ones_after_every_step(begin: Begin, portion: int) -> None:
    counts: Counter[str] = Counter()
    for number in range(portion * PORTION, (portion + 1) * PORTION):
        history = await begin(number)
        await history.run(MANY)
        counts += history.requested.counts
    print_counts(counts)


@pytest.mark.soak
async def test_long_thousands_of_cached_responses_equal_fresh_ones(begin: Begin) -> None:
    history = await begin(7)
    await history.run(WIDE)
    print_counts(history.requested.counts)
