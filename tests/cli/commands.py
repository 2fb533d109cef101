"""Commands of `dayline` as an operator runs them: in this process for speed, or in a process of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
MAX_SECONDS = 120


@dataclass(frozen=True, slots=True)
class CommandResult:
    """Result of a command."""

    status: int
    output: str
    errors: str


def arguments_of(*words: object) -> list[str]:
    """Return the command line of a process of its own."""
    return [sys.executable, "-m", "app", *map(str, words)]


def environment_of(address: str, **settings: str) -> dict[str, str]:
    """This process's environment with these settings and no others."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DAYLINE_")}
    return {**clean, "PYTHONPATH": str(PROJECT), "DAYLINE_DATABASE_URL": address, **settings}


def run_process(address: str, *words: object, folder: Path, piped: bytes = b"") -> CommandResult:
    """Run a command to its end in a process of its own."""
    done = subprocess.run(  # noqa: S603 - our own program
        arguments_of(*words),
        env=environment_of(address),
        cwd=folder,
        input=piped,
        capture_output=True,
        check=False,
        timeout=MAX_SECONDS,
    )
    return CommandResult(done.returncode, done.stdout.decode(), done.stderr.decode())


def is_one_sentence(ended: CommandResult) -> bool:
    """Return whether it says in one line what to correct, and exits with status 2."""
    lines = ended.errors.strip().splitlines()
    return ended.status == 2 and len(lines) == 1 and lines[0].startswith("dayline: ") and lines[0].endswith((".", ")"))
