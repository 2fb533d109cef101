"""Random histories, run one after the other."""

from collections import Counter
from collections.abc import Awaitable, Callable


async def run_each(numbers: range, live: Callable[[int], Awaitable[Counter[str]]]) -> Counter[str]:
    """Run all of them; print and return the counts of what happened. A failure names its history."""
    counts: Counter[str] = Counter()
    for number in numbers:
        try:
            counts += await live(number)
        except BaseException as error:
            error.add_note(f"in history {number}")
            raise
    print(f"\n{len(numbers)} histories: {dict(sorted(counts.items()))}")  # noqa: T201 - what a soak run reports
    return counts
