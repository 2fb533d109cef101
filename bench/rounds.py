"""Rounds: every contestant runs once a round, so that disturbances of the machine affect all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median

from bench.load import Run

Entrant = Callable[[], Run]
ReportProgress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Spread:
    """Median of several figures, with the smallest and the largest."""

    median: float
    least: float
    most: float


@dataclass(slots=True)
class Chapter:
    """Result of one comparison: responses per second of every contestant, in the order of the rounds.

    `absent`: sentences on contestants that are missing; `notes`: remarks on this run.
    """

    title: str
    rates: dict[str, list[float]] = field(default_factory=dict)
    p99_ms: dict[str, list[float]] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def ratio(self, one: str, other: str) -> Spread | None:
        """Return how many times faster one is than the other, round by round; None where one of them is absent."""
        if not (self.rates.get(one) and self.rates.get(other)):
            return None
        return spread_of([a / b for a, b in zip(self.rates[one], self.rates[other], strict=True)])


def spread_of(figures: list[float]) -> Spread:
    """Return the median and the extremes of these figures, at least one."""
    return Spread(median(figures), min(figures), max(figures))


def compete(chapter: Chapter, entrants: Mapping[str, Entrant], rounds: int, report_progress: ReportProgress) -> None:
    """Run the contestants in turn, so many rounds, and add their rates to the chapter."""
    for turn in range(1, rounds + 1):
        for name, entrant in entrants.items():
            run = entrant()
            chapter.rates.setdefault(name, []).append(run.rate)
            chapter.p99_ms.setdefault(name, []).append(run.p99_ms)
        shown = ", ".join(f"{name} {rates[-1]:,.0f}" for name, rates in chapter.rates.items())
        report_progress(f"  round {turn} of {rounds}: {shown}")
