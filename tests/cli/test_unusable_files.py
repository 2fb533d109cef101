"""SQLite files that no command can use: one sentence, exit status 2, and nothing created or changed."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.db import engine
from app.domain.tsid import format_id
from tests.cli.commands import is_one_sentence
from tests.cli.conftest import Dayline

NOBODY = 65_534
COMMANDS: list[tuple[str, ...]] = [
    ("serve", "--port", "0"),
    ("import", "a.jsonl"),
    ("export",),
    ("sample",),
    ("keys", "create", "--name", "a", "--scope", "content:read"),
    ("keys", "list"),
    ("keys", "revoke", "k7q2m5xw3f"),
    ("erase", format_id(7)),
    ("db", "check"),
    ("db", "post-restore"),
]
MIGRATING = ("db", "upgrade")


@pytest.fixture(autouse=True)
def _file_to_import(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("")


def check_refused(dayline: Dayline, path: Path, words: tuple[str, ...], says: str) -> None:
    ended = dayline(*words, address=f"sqlite:///{path}")
    assert is_one_sentence(ended), (words, ended)
    assert says in ended.errors, (words, ended)


def test_folder_in_place_of_a_database_is_reported(dayline: Dayline, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for words in (*COMMANDS, MIGRATING):
        check_refused(dayline, tmp_path / "folder", words, "is a folder")
    assert list((tmp_path / "folder").iterdir()) == []


def test_missing_database_folder_is_named(dayline: Dayline, tmp_path: Path) -> None:
    for words in (*COMMANDS, MIGRATING):
        check_refused(dayline, tmp_path / "missing" / "dayline.db", words, f"no folder '{tmp_path}/missing'")


def test_only_the_upgrade_creates_a_database(dayline: Dayline, tmp_path: Path) -> None:
    for words in COMMANDS:
        check_refused(dayline, tmp_path / "new.db", words, "run 'dayline db upgrade' first")
    assert not (tmp_path / "new.db").exists()
    assert dayline(*MIGRATING, address=f"sqlite:///{tmp_path}/new.db").status == 0


def test_locked_database_is_reported_after_the_timeout(
    dayline: Dayline, sqlite_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    with closing(sqlite3.connect(tmp_path / "own.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for words in (*COMMANDS, MIGRATING):
            check_refused(dayline, Path(sqlite_address.removeprefix("sqlite:///")), words, "locked")


@contextmanager
def as_nobody() -> Iterator[None]:
    """Drop the rights of the superuser, which bypass file modes."""
    if os.geteuid() == 0:
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)
    else:
        yield


@pytest.fixture
def reachable(tmp_path: Path) -> Iterator[Path]:
    """Return the test's folder, which every user may enter."""
    closed = {each: each.stat().st_mode for each in (tmp_path, *tmp_path.parents) if not each.stat().st_mode & 0o001}
    for folder, mode in closed.items():
        folder.chmod(mode | 0o055)
    yield tmp_path
    for folder, mode in closed.items():
        folder.chmod(mode)


@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_file_without_permission_is_named(dayline: Dayline, sqlite_address: str, reachable: Path, mode: int) -> None:
    for words in (*COMMANDS, MIGRATING):  # loads each command: a user without rights may not read its files
        dayline(*words, address=f"sqlite:///{reachable}/missing/dayline.db")
    path = Path(sqlite_address.removeprefix("sqlite:///"))
    path.chmod(mode)
    with as_nobody():
        for words in (*COMMANDS, MIGRATING):
            check_refused(dayline, path, words, "no permission to read and write")
