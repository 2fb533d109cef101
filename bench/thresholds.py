"""Thresholds of a run, one for each line of the report, and whether its figures meet them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.plan import LARGE, SMALL
from bench.process import Process
from bench.rounds import Chapter, Spread

HOT, SQLITE, POSTGRESQL, DEPTH, SIZES, PUBLISHING = "hot", "sqlite", "postgresql", "depth", "sizes", "publishing"
MAX_MEMORY_MIB, MAX_START_S = 130, 1.0

Chapters = Mapping[str, Chapter]


@dataclass(frozen=True, slots=True)
class Threshold:
    """Ratio of two rates of a chapter: it must be at least `minimum`, and should reach `target`."""

    text: str
    chapter: str
    one: str
    other: str
    minimum: float
    target: float | None = None


@dataclass(frozen=True, slots=True)
class ThresholdResult:
    """Line of the table as it is printed; `holds` is None where nothing was measured."""

    text: str
    measured: str
    minimum: str
    target: str
    holds: bool | None
    reaches_target: bool = False

    @property
    def result(self) -> str:
        """Return the word in the last column."""
        if self.holds is None:
            return "not measured"
        if self.holds:
            return "yes, and the target" if self.reaches_target else "yes"
        return "**no**"


THRESHOLDS = (
    Threshold("hot timeline page vs nginx static, same bytes, plain", HOT, "Dayline", "nginx", 1.0, 1.3),
    Threshold(
        "hot timeline page vs nginx static, same bytes, 12 browser headers",
        *(HOT, "Dayline, 12 headers", "nginx, 12 headers", 1.0, 1.3),
    ),
    Threshold("hot timeline page vs bare uvicorn", HOT, "Dayline", "bare uvicorn", 2.0, 2.8),
    Threshold("hot timeline page with metrics vs without", HOT, "Dayline, metrics", "Dayline", 0.97),
    Threshold("hot timeline page with the access log vs without", HOT, "Dayline, access log", "Dayline", 0.5),
    Threshold(
        "hot page, a different X-Request-ID each time vs none", HOT, "Dayline, random request ids", "Dayline", 0.7, 0.9
    ),
    Threshold("hot 304 vs hot 200", HOT, "Dayline, 304", "Dayline", 0.95, 1.1),
    Threshold("cold timeline, SQLite, vs FastAPI by hand", SQLITE, "Dayline, timeline", "by hand, timeline", 0.4, 0.6),
    Threshold(
        "cold article by slug with authors, tags, body, SQLite, vs the same",
        *(SQLITE, "Dayline, article", "by hand, article", 0.3, 0.45),
    ),
    Threshold(
        "cold timeline, PostgreSQL, vs FastAPI + asyncpg by hand",
        *(POSTGRESQL, "Dayline, timeline", "by hand, timeline", 0.35, 0.5),
    ),
    Threshold(
        "a page one million items deep vs the first page, cold", DEPTH, "a million deep", "first pages", 0.9, 1.0
    ),
    Threshold(
        f"cold timeline at {LARGE:,} articles vs at {SMALL:,}",
        *(SIZES, f"timeline of {LARGE:,}", f"timeline of {SMALL:,}", 0.8, 0.95),
    ),
    Threshold(
        f"cold article at {LARGE:,} articles vs at {SMALL:,}",
        *(SIZES, f"article of {LARGE:,}", f"article of {SMALL:,}", 0.8, 0.95),
    ),
    Threshold(
        "hot page while another process publishes 20 articles a second",
        PUBLISHING,
        "publishing",
        "publishing elsewhere",
        0.7,
    ),
)


def evaluate(chapters: Chapters, process: Process | None) -> Iterator[ThresholdResult]:
    """Yield every line, in the order of the table."""
    for line in THRESHOLDS:
        chapter = chapters.get(line.chapter)
        yield _evaluate_ratio(line, None if chapter is None else chapter.ratio(line.one, line.other))
    yield _evaluate_memory(process)
    yield _evaluate_start(process)


def _evaluate_ratio(line: Threshold, ratio: Spread | None) -> ThresholdResult:
    minimum, target = f"{line.minimum:g}", "" if line.target is None else f"{line.target:g}"
    if ratio is None:
        return ThresholdResult(line.text, "", minimum, target, None)
    measured = f"{ratio.median:.2f} ({ratio.least:.2f} to {ratio.most:.2f})"
    reaches_target = line.target is not None and ratio.median >= line.target
    return ThresholdResult(line.text, measured, minimum, target, ratio.median >= line.minimum, reaches_target)


def _evaluate_memory(process: Process | None) -> ThresholdResult:
    text, minimum = "a worker's memory beyond the cache's budget", f"≤ {MAX_MEMORY_MIB} MiB"
    if process is None or process.memory is None:
        return ThresholdResult(text, "", minimum, "", None)
    beyond = process.memory.rss - process.budget
    measured = f"{beyond:.0f} MiB ({process.memory.rss:.0f} in all, {process.memory.uss:.0f} of its own)"
    return ThresholdResult(text, measured, minimum, "", beyond <= MAX_MEMORY_MIB)


def _evaluate_start(process: Process | None) -> ThresholdResult:
    text, minimum = "from process start to the first response, warm files", f"≤ {MAX_START_S:.1f} s"
    start = None if process is None else process.start
    if start is None:
        return ThresholdResult(text, "", minimum, "", None)
    measured = f"{start.median:.2f} s ({start.least:.2f} to {start.most:.2f})"
    return ThresholdResult(text, measured, minimum, "", start.median <= MAX_START_S)
