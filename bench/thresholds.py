"""What must hold, line by line, and whether it does by the figures of one run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.plan import LARGE, SMALL
from bench.process import Process
from bench.rounds import Chapter, Spread

HOT, SQLITE, POSTGRESQL, DEPTH, SIZES, PUBLISHING = "hot", "sqlite", "postgresql", "depth", "sizes", "publishing"
MAX_MEMORY_MIB, START_MOST_S = 130, 1.0

Chapters = Mapping[str, Chapter]


@dataclass(frozen=True, slots=True)
class Line:
    """One rate must be at least `must` times another of the same chapter, and should be `aim` times as high."""

    text: str
    chapter: str
    one: str
    other: str
    must: float
    aim: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A line as the table shows it; `holds` is None where nothing was measured."""

    text: str
    measured: str
    must: str
    aim: str
    holds: bool | None
    reaches_aim: bool = False

    @property
    def word(self) -> str:
        """What to say of it."""
        if self.holds is None:
            return "not measured"
        if self.holds:
            return "yes, and the target" if self.reaches_aim else "yes"
        return "**no**"


LINES = (
    Line("hot timeline page vs nginx static, same bytes, plain", HOT, "Dayline", "nginx", 1.0, 1.3),
    Line(
        "hot timeline page vs nginx static, same bytes, 12 browser headers",
        *(HOT, "Dayline, 12 headers", "nginx, 12 headers", 1.0, 1.3),
    ),
    Line("hot timeline page vs bare uvicorn", HOT, "Dayline", "bare uvicorn", 2.0, 2.8),
    Line("hot timeline page with metrics vs without", HOT, "Dayline, metrics", "Dayline", 0.97),
    Line("hot timeline page with the access log vs without", HOT, "Dayline, access log", "Dayline", 0.5),
    Line(
        "hot page, a different X-Request-ID each time vs none", HOT, "Dayline, random request ids", "Dayline", 0.7, 0.9
    ),
    Line("hot 304 vs hot 200", HOT, "Dayline, 304", "Dayline", 0.95, 1.1),
    Line("cold timeline, SQLite, vs FastAPI by hand", SQLITE, "Dayline, timeline", "by hand, timeline", 0.4, 0.6),
    Line(
        "cold article by slug with authors, tags, body, SQLite, vs the same",
        *(SQLITE, "Dayline, article", "by hand, article", 0.3, 0.45),
    ),
    Line(
        "cold timeline, PostgreSQL, vs FastAPI + asyncpg by hand",
        *(POSTGRESQL, "Dayline, timeline", "by hand, timeline", 0.35, 0.5),
    ),
    Line("a page one million items deep vs the first page, cold", DEPTH, "a million deep", "first pages", 0.9, 1.0),
    Line(
        f"cold timeline at {LARGE:,} articles vs at {SMALL:,}",
        *(SIZES, f"timeline of {LARGE:,}", f"timeline of {SMALL:,}", 0.8, 0.95),
    ),
    Line(
        f"cold article at {LARGE:,} articles vs at {SMALL:,}",
        *(SIZES, f"article of {LARGE:,}", f"article of {SMALL:,}", 0.8, 0.95),
    ),
    Line(
        "hot page while another process publishes 20 articles a second",
        PUBLISHING,
        "publishing",
        "publishing elsewhere",
        0.7,
    ),
)


def judge(chapters: Chapters, process: Process | None) -> Iterator[Verdict]:
    """Every line, in the order of the table."""
    for line in LINES:
        chapter = chapters.get(line.chapter)
        yield _judge_ratio(line, None if chapter is None else chapter.ratio(line.one, line.other))
    yield _judge_memory(process)
    yield _judge_start(process)


def _judge_ratio(line: Line, ratio: Spread | None) -> Verdict:
    must, aim = f"{line.must:g}", "" if line.aim is None else f"{line.aim:g}"
    if ratio is None:
        return Verdict(line.text, "", must, aim, None)
    measured = f"{ratio.median:.2f} ({ratio.least:.2f} to {ratio.most:.2f})"
    reaches_aim = line.aim is not None and ratio.median >= line.aim
    return Verdict(line.text, measured, must, aim, ratio.median >= line.must, reaches_aim)


def _judge_memory(process: Process | None) -> Verdict:
    text, must = "a worker's memory beyond the cache's budget", f"≤ {MAX_MEMORY_MIB} MiB"
    if process is None or process.memory is None:
        return Verdict(text, "", must, "", None)
    beyond = process.memory.rss - process.budget
    measured = f"{beyond:.0f} MiB ({process.memory.rss:.0f} in all, {process.memory.uss:.0f} of its own)"
    return Verdict(text, measured, must, "", beyond <= MAX_MEMORY_MIB)


def _judge_start(process: Process | None) -> Verdict:
    text, must = "from process start to the first response, warm files", f"≤ {START_MOST_S:.1f} s"
    start = None if process is None else process.start
    if start is None:
        return Verdict(text, "", must, "", None)
    measured = f"{start.median:.2f} s ({start.least:.2f} to {start.most:.2f})"
    return Verdict(text, measured, must, "", start.median <= START_MOST_S)
