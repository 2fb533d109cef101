"""Machine of a run: the processor, the system, and every version that matters."""

import os
import platform
import re
import sqlite3
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.load import CONNECTIONS, NO_WRK, find_wrk
from bench.servers import find_nginx
from bench.serving import LOAD_CORE, SERVER_CORE, can_pin

PACKAGES = ("uvicorn", "uvloop", "httptools", "fastapi", "starlette", "sqlalchemy", "asyncpg", "orjson")
BUSY = "The machine was busy when the run began (load average {load:.1f}): these figures say little."
MAX_IDLE = 0.7
NO_PINS = "Processes cannot be pinned to two cores here: contestants and load generator share what there is."


@dataclass(slots=True)
class Machine:
    """Machine and programs of a run; `absent` lists what was missing, a sentence each."""

    processor: str
    cores: int
    system: str
    day: str
    versions: dict[str, str]
    absent: list[str] = field(default_factory=list)
    pinning: str = ""
    server_core: int = SERVER_CORE
    load_core: int = LOAD_CORE
    connections: int = CONNECTIONS

    def describe(self) -> str:
        """Return two sentences that describe it."""
        named = ", ".join(f"{name} {number}" for name, number in self.versions.items())
        return f"{self.processor}, {self.cores} cores, {self.system}. {named}."


def examine_machine(postgresql: str | None, load: float) -> Machine:
    """Return this machine with its load before the run; the caller has read the version of PostgreSQL."""
    versions = {"Python": platform.python_version()}
    versions |= {name: version(name) for name in PACKAGES} | {"SQLite": sqlite3.sqlite_version}
    versions |= {} if postgresql is None else {"PostgreSQL": postgresql}
    versions |= _programs({"nginx": (find_nginx(), "-v", r"nginx/(\S+)"), "wrk": (find_wrk(), "-v", r"wrk (\S+)")})
    absent = [] if find_wrk() else [NO_WRK]
    absent += [] if can_pin() else [NO_PINS]
    absent += [BUSY.format(load=load)] if load > MAX_IDLE else []
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.release()}",
        day=datetime.now(UTC).date().isoformat(),
        versions=versions,
        absent=absent,
        pinning="" if can_pin() else NO_PINS,
    )


def _programs(wanted: Mapping[str, tuple[str | None, str, str]]) -> dict[str, str]:
    found = {}
    for name, (program, option, pattern) in wanted.items():
        if program is not None:
            done = subprocess.run([program, option], capture_output=True, check=False, timeout=10)  # noqa: S603 - found by its name
            match = re.search(pattern, (done.stdout + done.stderr).decode())
            found[name] = match.group(1) if match else "of an unknown version"
    return found


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
