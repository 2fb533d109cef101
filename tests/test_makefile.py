"""The Makefile, read by `make --dry-run` in a folder without an environment: what each target would install and run."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
MAKE = shutil.which("make")

pytestmark = pytest.mark.skipif(MAKE is None, reason="make is not installed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the files that the targets depend on."""
    for name in ("Makefile", "pyproject.toml", "uv.lock"):
        shutil.copy(PROJECT / name, tmp_path)
    return tmp_path


def run_make(folder: Path, *words: str, **variables: str) -> list[str]:
    """Return the lines that make prints."""
    outer = ("MAKE", "MFLAGS", "PORT", "HOST", "SAMPLE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(outer)}
    done = subprocess.run(  # noqa: S603 - make, on the project's own Makefile
        [str(MAKE), *words],
        cwd=folder,
        env=environment | variables,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return done.stdout.splitlines()


def dry_run(folder: Path, *words: str, **variables: str) -> list[str]:
    """Return the commands that make would run."""
    return run_make(folder, "--dry-run", *words, **variables)


def synced(commands: list[str]) -> list[list[str]]:
    """Return the options of each `uv sync` among the commands."""
    return [command.split()[2:] for command in commands if "uv sync" in command]


def mark_ready(folder: Path, *names: str) -> None:
    """Create the files that record what is installed."""
    (folder / ".venv").mkdir(exist_ok=True)
    [version] = [line.split()[2] for line in (folder / "Makefile").read_text().splitlines() if "UV_VERSION :=" in line]
    for name in (f".uv-{version}", *names):
        (folder / ".venv" / name).touch()


def test_run_installs_no_development_group_and_removes_nothing(folder: Path) -> None:
    [options] = synced(dry_run(folder, "run"))
    assert {"--frozen", "--no-default-groups", "--inexact"} <= set(options)
    assert "--all-groups" not in options


@pytest.mark.parametrize("target", ["setup", "test", "soak", "bench", "lint", "dist"])
def test_development_targets_install_every_group(folder: Path, target: str) -> None:
    [options] = synced(dry_run(folder, target))
    assert {"--frozen", "--all-groups"} <= set(options)


def test_run_uses_the_environment_of_development(folder: Path) -> None:
    mark_ready(folder, ".ready", ".ready-dev")
    assert synced(dry_run(folder, "run")) == []
    assert synced(dry_run(folder, "test")) == []


def test_development_targets_add_to_the_environment_of_run(folder: Path) -> None:
    mark_ready(folder, ".ready")
    assert synced(dry_run(folder, "run")) == []
    assert len(synced(dry_run(folder, "test"))) == 1


def test_a_changed_lock_file_is_installed_again(folder: Path) -> None:
    mark_ready(folder, ".ready", ".ready-dev")
    later = (folder / ".venv/.ready").stat().st_mtime + 10
    os.utime(folder / "uv.lock", (later, later))
    assert len(synced(dry_run(folder, "run"))) == 1
    assert len(synced(dry_run(folder, "test"))) == 1


@pytest.mark.parametrize(
    ("words", "base"),
    [
        ((), "http://127.0.0.1:8000"),
        (("PORT=9000",), "http://127.0.0.1:9000"),
        (("HOST=0.0.0.0",), "http://127.0.0.1:8000"),
        (("HOST=192.0.2.7", "PORT=80"), "http://192.0.2.7:80"),
        (("HOST=::1",), "http://[::1]:8000"),
    ],
)
def test_run_prints_the_addresses_to_open(folder: Path, words: tuple[str, ...], base: str) -> None:
    commands = "\n".join(dry_run(folder, "run", *words))
    for path in ("/docs", "/v1", "/v1/timeline"):
        assert f"{base}{path} " in commands


def test_run_loads_the_sample_unless_an_option_disables_it(folder: Path) -> None:
    for commands in (dry_run(folder, "run"), dry_run(folder, "run", SAMPLE="no", HOST="elsewhere")):
        assert ".venv/bin/dayline sample --if-empty" in commands
        assert commands[-1] == "exec .venv/bin/dayline serve --port 8000"
        assert any("make run SAMPLE=no" in command for command in commands)
    without = dry_run(folder, "run", "SAMPLE=no")
    assert not any("dayline sample" in command for command in without)
    assert any("dayline import" in command for command in without)


def test_help_lists_every_target(folder: Path) -> None:
    listed = [line.split("\t")[0] for line in run_make(folder, "help")]
    assert listed == ["help", "setup", "run", "test", "soak", "bench", "lint", "dist"]
