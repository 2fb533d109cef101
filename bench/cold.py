"""Cache misses: no path repeats, and every run is a new process, warmed up on other paths."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import orjson

from bench import servers
from bench.datasets import warm
from bench.equivalence import check_same_articles, check_same_pages
from bench.load import Run, load_paths
from bench.plan import Plan
from bench.rounds import Chapter, Entrant, compete
from bench.serving import Server
from bench.url_sampling import (
    Dialect,
    Place,
    Walk,
    by_hand_dialect,
    dayline_dialect,
    draw_places,
    draw_slugs,
    enough,
    walk,
)

CHECKED = 40
BEYOND = 1_000_000
WIDTH = 2_000  # articles that pages are drawn from, at the head and far below

Start = Callable[[Path], AbstractContextManager[Server]]


def compare_by_hand(plan: Plan, title: str, address: str, archive: Path) -> Chapter:
    """Compare timeline and article of Dayline and of the programs by hand on one database.

    `archive` is the SQLite file that the paths are drawn from: both databases hold the same archive.
    """
    chapter = Chapter(title)
    starts: dict[str, Start] = {
        "Dayline": lambda folder: servers.dayline(address, folder),
        "by hand": lambda folder: servers.by_hand(address, folder),
    }
    places = draw_places(archive, enough(plan.seconds), seed=plan.small.seed)
    slugs = draw_slugs(archive, enough(plan.seconds), seed=plan.small.seed)
    dialects = _check(plan, starts["Dayline"], starts["by hand"], places, slugs)
    entrants: dict[str, Entrant] = {}
    for name, dialect in zip(starts, dialects, strict=True):
        walked = walk(map(dialect.page, places), plan.new_file())
        entrants[f"{name}, timeline"] = _entrant(plan, starts[name], walked)
    for name, dialect in zip(starts, dialects, strict=True):
        walked = walk(map(dialect.article, slugs), plan.new_file())
        entrants[f"{name}, article"] = _entrant(plan, starts[name], walked)
    compete(chapter, entrants, plan.rounds, plan.report_progress)
    return chapter


def compare_sizes(plan: Plan, archives: Mapping[int, Path]) -> Chapter:
    """Compare timeline and article of Dayline over archives of several sizes."""
    chapter = Chapter("Growing: Dayline on SQLite, all over archives of three sizes")
    entrants: dict[str, Entrant] = {}
    for articles, archive in archives.items():
        start = _start_on(archive)
        with plan.fresh_folder() as folder, start(folder) as server:
            pages, whole = walks_over(plan, server, archive)
        entrants[f"timeline of {articles:,}"] = _entrant(plan, start, pages)
        entrants[f"article of {articles:,}"] = _entrant(plan, start, whole)
    compete(chapter, entrants, plan.rounds, plan.report_progress)
    return chapter


def compare_depths(plan: Plan, archive: Path) -> Chapter:
    """Compare pages a million articles deep with pages at the head, equally close to each other."""
    chapter = Chapter("Depth: pages of Dayline on SQLite, 2,000,000 articles")
    start = _start_on(archive)
    with plan.fresh_folder() as folder, start(folder) as server:
        dialect = _dialect_of(server)
    entrants: dict[str, Entrant] = {}
    for name, depth in (("first pages", 0), ("a million deep", BEYOND)):
        places = draw_places(archive, enough(plan.seconds), seed=plan.small.seed, depth=depth, width=WIDTH)
        entrants[name] = _entrant(plan, start, walk(map(dialect.page, places), plan.new_file()))
    compete(chapter, entrants, plan.rounds, plan.report_progress)
    return chapter


def walks_over(plan: Plan, server: Server, archive: Path) -> list[Walk]:
    """Return positions of the timeline, and articles, to request from this server."""
    dialect, seed = _dialect_of(server), plan.small.seed
    places = draw_places(archive, enough(plan.seconds), seed=seed)
    slugs = draw_slugs(archive, enough(plan.seconds), seed=seed)
    return [walk(paths, plan.new_file()) for paths in (map(dialect.page, places), map(dialect.article, slugs))]


def _start_on(archive: Path) -> Start:
    """Return a start that first reads the file, because the system may evict its pages between two runs."""

    def start(folder: Path) -> AbstractContextManager[Server]:
        warm(archive)
        return servers.dayline(f"sqlite:///{archive}", folder)

    return start


def _entrant(plan: Plan, start: Start, walked: Walk) -> Entrant:
    """Return a contestant: a new server for each run, with requests for the same paths."""

    def run() -> Run:
        with plan.fresh_folder() as folder, start(folder) as server:
            server.get_each(walked.warm_up)
            return load_paths(server.port, walked.measured, plan.seconds)

    return run


def _dialect_of(server: Server) -> Dialect:
    return dayline_dialect(orjson.loads(server.get(servers.PAGE).body)["next"]["cursor"])


def _check(
    plan: Plan, dayline: Start, other: Start, places: Sequence[Place], slugs: Sequence[str]
) -> tuple[Dialect, Dialect]:
    """Check that both give the same responses to the first requests; return the dialects of both."""
    with ExitStack() as stack:
        one, two = (stack.enter_context(start(stack.enter_context(plan.fresh_folder()))) for start in (dayline, other))
        mine, theirs = _dialect_of(one), by_hand_dialect()
        check_same_pages(one, mine, two, theirs, places[:CHECKED])
        check_same_articles(one, mine, two, theirs, slugs[:CHECKED])
    return mine, theirs
