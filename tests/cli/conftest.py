"""The command line in this process: the same function as the program's, its streams caught."""

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from app.cli.main import run
from tests.cli.commands import Ended


class Dayline(Protocol):
    """Runs a command on an empty SQLite database, or on another."""

    def __call__(self, *words: object, address: str | None = None) -> Ended:
        """How it ended."""


@pytest.fixture
def _garbage() -> Iterator[None]:
    """What imports change about the collector lasts as long as their process, not this one; the frozen stays so."""
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
    def run_here(*words: object, address: str | None = None) -> Ended:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("DAYLINE_DATABASE_URL", address or request.getfixturevalue("sqlite_address"))
        capfd.readouterr()
        status = run([str(word) for word in words])
        output, errors = capfd.readouterr()
        return Ended(status, output, errors)

    return run_here


@pytest.fixture
def sqlite_address(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty, migrated SQLite database."""
    shutil.copy(sqlite_template, tmp_path / "own.db")
    return f"sqlite:///{tmp_path}/own.db"
