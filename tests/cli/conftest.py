"""The command line in this process: the program's own function, with captured streams."""

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from app.cli.main import run
from tests.cli.commands import CommandResult


class Dayline(Protocol):
    """Runs a command on an empty SQLite database, or on another."""

    def __call__(self, *words: object, address: str | None = None) -> CommandResult:
        """Return its result."""


@pytest.fixture
def _garbage() -> Iterator[None]:
    """Restore the garbage collector, which imports configure for the life of their process."""
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)


@pytest.fixture
def dayline(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    _garbage: None,
) -> Dayline:
    def run_here(*words: object, address: str | None = None) -> CommandResult:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("DAYLINE_DATABASE_URL", address or request.getfixturevalue("sqlite_address"))
        capfd.readouterr()
        status = run([str(word) for word in words])
        output, errors = capfd.readouterr()
        return CommandResult(status, output, errors)

    return run_here


@pytest.fixture
def sqlite_address(sqlite_template: Path, tmp_path: Path) -> str:
    """Create an empty, migrated SQLite database."""
    shutil.copy(sqlite_template, tmp_path / "own.db")
    return f"sqlite:///{tmp_path}/own.db"
