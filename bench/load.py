"""Load: 32 keep-alive connections from one core, by wrk or, where that is absent, by `bench.load_generator`."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.serving import LOAD_CORE, environment, on_core

CONNECTIONS = 32
SECONDS_BEYOND = 30
MAX_ERROR_CHARACTERS = 2_000  # characters
SCRIPT = Path(__file__).with_name("wrk.lua")
NO_WRK = (
    "wrk is not installed: a load generator of our own takes its place. It is slower than the fastest contestants, "
    "so ratios between them come out nearer to 1 than they are."
)


class LoadError(Exception):
    """A run is invalid, because requests failed."""


@dataclass(frozen=True, slots=True)
class Run:
    """The responses of a run; `p99_ms` is the 99th percentile of their times."""

    requests: int
    seconds: float
    p99_ms: float

    @property
    def rate(self) -> float:
        """Return the responses per second."""
        return self.requests / self.seconds


def find_wrk() -> str | None:
    """Return the path of the program, None where it is not installed."""
    return shutil.which("wrk")


def load_page(port: int, path: str, seconds: int, *, headers: Mapping[str, str] | None = None) -> Run:
    """Request one path repeatedly."""
    wrk, given = find_wrk(), dict(headers or {})
    if wrk is None:
        return _own(port, seconds, ["--path", path, "--headers", json.dumps(given)])
    named = [part for name, value in given.items() for part in ("-H", f"{name}: {value}")]
    return _run([wrk, *_wrk_options(seconds), *named, f"http://127.0.0.1:{port}{path}"], seconds)


def load_paths(port: int, paths: Path, seconds: int) -> Run:
    """Request each path of a file once, in order; end early after the last one."""
    wrk = find_wrk()
    if wrk is None:
        return _own(port, seconds, ["--paths", str(paths)])
    return _run([wrk, *_wrk_options(seconds), f"http://127.0.0.1:{port}", "--", str(paths)], seconds)


def _wrk_options(seconds: int) -> list[str]:
    return ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", str(SCRIPT)]


def _own(port: int, seconds: int, target: Sequence[str]) -> Run:
    options = ["--port", str(port), "--connections", str(CONNECTIONS), "--seconds", str(seconds)]
    return _run([sys.executable, "-m", "bench.load_generator", *options, *target], seconds)


def _run(command: Sequence[str], seconds: int) -> Run:
    with on_core(LOAD_CORE):
        process = subprocess.Popen(  # noqa: S603 - commands of the bench itself
            command, env=environment({}), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
    try:
        output, _ = process.communicate(timeout=seconds + SECONDS_BEYOND)
    except BaseException:
        process.kill()
        process.wait()
        raise
    if process.returncode:
        raise LoadError(output.decode()[-MAX_ERROR_CHARACTERS:])
    found = json.loads(output.decode().strip().splitlines()[-1])
    if found["refused"] or found["failed"] or not found["requests"]:
        raise LoadError(f"{found['refused']} requests were refused and {found['failed']} failed")
    return Run(found["requests"], found["seconds"], found["p99_ms"])
