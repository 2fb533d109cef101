"""Report of a run: docs/benchmarks.md, with everything that is needed to check or to repeat it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.machine import Machine
from bench.plan import Plan
from bench.process import Process
from bench.rounds import Chapter, spread_of
from bench.thresholds import ThresholdResult, evaluate

FOLDER = Path(__file__).parent
BY_HAND = ("by_hand_sqlite.py", "by_hand_postgresql.py")


def write_report(
    file: Path, machine: Machine, plan: Plan, chapters: Mapping[str, Chapter], process: Process | None
) -> None:
    """Write the page."""
    context = {
        "thresholds": "\n".join(threshold_table([*evaluate(chapters, process)])),
        "absences": "".join(f"**{sentence}**\n\n" for sentence in absences(chapters, machine)),
        "day": machine.day,
        "rounds": plan.rounds,
        "seconds": plan.seconds,
        "seed": plan.small.seed,
        "machine": machine.describe(),
        "chapters": "\n".join(_section(chapter) for chapter in chapters.values()),
        "server_core": machine.server_core,
        "load_core": machine.load_core,
        "connections": machine.connections,
        "pinning": machine.pinning,
        "answered": 0 if process is None else process.answered,
        "budget": 0 if process is None else process.budget,
        "programs": "\n".join(map(_program, BY_HAND)),
    }
    page = (FOLDER / "report.md").read_text().format_map(context)
    file.write_text("\n".join(line.rstrip() for line in page.rstrip().splitlines()) + "\n")


def threshold_table(results: Sequence[ThresholdResult]) -> Iterator[str]:
    """Render the table of thresholds with the measured values."""
    yield "| | measured | threshold | target | met |"
    yield "|---|---|---|---|---|"
    for result in results:
        yield f"| {result.text} | {result.measured} | {result.minimum} | {result.target} | {result.result} |"


def chapter_table(chapter: Chapter) -> Iterator[str]:
    """Render the rates of a chapter; ratios are to its first contestant."""
    yield "| | responses/s | lowest to highest | ratio to the first | 99 % within ms |"
    yield "|---|---|---|---|---|"
    first = next(iter(chapter.rates), "")
    for name, rates in chapter.rates.items():
        rate, ratio = spread_of(rates), chapter.ratio(name, first)
        within = spread_of(chapter.p99_ms[name]).median
        shown = "" if ratio is None else f"{ratio.median:.2f}"
        yield f"| {name} | {rate.median:,.0f} | {rate.least:,.0f} to {rate.most:,.0f} | {shown} | {within:.1f} |"


def absences(chapters: Mapping[str, Chapter], machine: Machine) -> list[str]:
    """Return one sentence for each contestant or program that is missing."""
    sentences = [*machine.absent, *(sentence for chapter in chapters.values() for sentence in chapter.absent)]
    return list(dict.fromkeys(sentences))


def _section(chapter: Chapter) -> str:
    notes = ["", *chapter.notes] if chapter.notes else []
    return "\n".join([f"## {chapter.title}", *chapter_table(chapter), *notes, ""])


def _program(name: str) -> str:
    return f"`bench/{name}`\n\n```python\n{(FOLDER / name).read_text().rstrip()}\n```\n"
