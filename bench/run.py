"""`make bench`: every comparison in one run, printed and written to docs/benchmarks.md.

.venv/bin/python -m bench.run --quick                 20,000 articles, two short rounds, printed only

.venv/bin/python -m bench.run --only hot publishing   some chapters, printed only
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from bench.archive import Size
from bench.cold import compare_by_hand, compare_depths, compare_sizes
from bench.create_archive import run_on
from bench.datasets import cached_postgresql_archive, cached_sqlite_archive, postgresql_server, warm
from bench.hot import compare_hot, compare_publishing
from bench.machine import examine_machine
from bench.plan import LARGE, MIDDLING, SMALL, Plan
from bench.process import Process, measure_process
from bench.report import absences, chapter_table, threshold_table, write_report
from bench.rounds import Chapter
from bench.serving import PROJECT
from bench.thresholds import DEPTH, HOT, POSTGRESQL, PUBLISHING, SIZES, SQLITE, evaluate

PROCESS = "process"
CHAPTERS = (HOT, SQLITE, POSTGRESQL, SIZES, DEPTH, PUBLISHING, PROCESS)
QUICK = (HOT, SQLITE, POSTGRESQL, PUBLISHING, PROCESS)
PAGE = PROJECT / "docs" / "benchmarks.md"


@dataclass(slots=True)
class Found:
    """Results of a run so far."""

    chapters: dict[str, Chapter] = field(default_factory=dict)
    process: Process | None = None
    postgresql: str | None = None


def main() -> None:
    """Measure the chapters named on the command line, and report."""
    options = _arguments()
    wanted = options.only or (QUICK if options.quick else CHAPTERS)
    _compile()
    begun, load = time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="dayline-bench-") as folder:
        plan = Plan(
            rounds=options.rounds or (2 if options.quick else 5),
            seconds=options.seconds or (1 if options.quick else 3),
            folder=Path(folder),
            report_progress=_print_line,
            small=Size(SMALL, options.seed),
            starts=4 if options.quick else 10,
        )
        found = _measure(plan, wanted)
    machine = examine_machine(found.postgresql, load)
    _print(found, absences(found.chapters, machine), machine.describe())
    page = options.output or (PAGE if set(wanted) == set(CHAPTERS) else None)
    if page is not None:
        write_report(page, machine, plan, found.chapters, found.process)
    _print_line(f"\n{time.monotonic() - begun:.0f} s in all" + (f"; written to {page}" if page else ""))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare Dayline with nginx, bare uvicorn and FastAPI by hand.")
    parser.add_argument("--rounds", type=int, help="How often each contestant runs; 5, or 2 where it is quick.")
    parser.add_argument("--seconds", type=int, help="How long each run takes; 3, or 1 where it is quick.")
    parser.add_argument("--quick", action="store_true", help="20,000 articles only; printed, not written.")
    parser.add_argument("--only", nargs="+", choices=CHAPTERS, help="These chapters; printed, not written.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, help="The page to write, whatever was measured.")
    return parser.parse_args()


def _measure(plan: Plan, wanted: tuple[str, ...]) -> Found:
    found = Found()
    small = cached_sqlite_archive(plan.small)
    address = f"sqlite:///{small}"
    warm(small)
    for name in CHAPTERS:
        if name not in wanted:
            continue
        plan.report_progress(f"{name} …")
        if name == HOT:
            found.chapters[name] = compare_hot(plan, small)
        elif name == SQLITE:
            found.chapters[name] = compare_by_hand(plan, "Cold: Dayline and FastAPI by hand on SQLite", address, small)
        elif name == POSTGRESQL:
            _measure_postgresql(plan, small, found)
        elif name == SIZES:
            found.chapters[name] = compare_sizes(plan, _lean(plan, SMALL, MIDDLING, LARGE))
        elif name == DEPTH:
            found.chapters[name] = compare_depths(plan, _lean(plan, LARGE)[LARGE])
        elif name == PUBLISHING:
            found.chapters[name] = compare_publishing(plan, small)
        else:
            found.process = measure_process(plan, small)
    return found


def _measure_postgresql(plan: Plan, archive: Path, found: Found) -> None:
    with postgresql_server() as server:
        address = cached_postgresql_archive(server, plan.small)

        def note_version(connection: Connection) -> None:
            numbers = connection.dialect.server_version_info or ()
            found.postgresql = ".".join(map(str, numbers))

        run_on(address, note_version)
        title = "Cold: Dayline and FastAPI with asyncpg by hand on PostgreSQL"
        found.chapters[POSTGRESQL] = compare_by_hand(plan, title, address, archive)


def _lean(plan: Plan, *sizes: int) -> Mapping[int, Path]:
    return {articles: cached_sqlite_archive(Size(articles, plan.small.seed, is_lean=True)) for articles in sizes}


def _print(found: Found, absent: list[str], machine: str) -> None:
    for chapter in found.chapters.values():
        _print_line("\n".join(["", chapter.title, *chapter_table(chapter), *chapter.notes]))
    _print_line("\n".join(["", *threshold_table([*evaluate(found.chapters, found.process)]), "", *absent, machine]))


def _compile() -> None:
    """Compile the app, as an installation is: else the first start would be slower than the others."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", "app", "bench"], cwd=PROJECT, check=False)


def _print_line(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
