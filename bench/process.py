"""Resources of a worker: time until its first response, and memory after much work."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from app.settings import Settings
from bench import servers
from bench.cold import walks_over
from bench.hot import PAGE
from bench.load import load_page, load_paths
from bench.plan import Plan
from bench.rounds import Spread, spread_of
from bench.serving import MIB, Memory

CACHE_BYTES = 32 * MIB
CACHE_SETTING = "cache_bytes"


@dataclass(slots=True)
class Process:
    """Seconds to the first response of each start; memory, and the budget of the response cache (MiB) in that run."""

    starts: list[float] = field(default_factory=list)
    memory: Memory | None = None
    budget: float = 0.0
    answered: int = 0

    @property
    def start(self) -> Spread | None:
        """Return the median of the starts with their extremes."""
        return spread_of(self.starts) if self.starts else None


def measure_process(plan: Plan, archive: Path) -> Process:
    """Start a worker repeatedly; then have one respond to everything for a while, with a cache budget that it fills."""
    found = Process()
    address = f"sqlite:///{archive}"
    for number in range(plan.starts + 1):
        begun = time.perf_counter()
        with plan.fresh_folder() as folder, servers.dayline(address, folder):
            if number:  # the first start warmed the files
                found.starts.append(time.perf_counter() - begun)
    settings = {}
    if CACHE_SETTING in Settings.model_fields:
        settings, found.budget = {f"DAYLINE_{CACHE_SETTING.upper()}": str(CACHE_BYTES)}, CACHE_BYTES / MIB
    with plan.fresh_folder() as folder, servers.dayline(address, folder, settings=settings) as server:
        for walked in walks_over(plan, server, archive):
            found.answered += load_paths(server.port, walked.measured, plan.seconds).requests
        found.answered += load_page(server.port, PAGE, plan.seconds).requests
        found.memory = server.memory()
    plan.report_progress(f"  {found.start}, {found.memory}")
    return found
