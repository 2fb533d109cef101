"""Memory shared by the processes of one machine: trusted only where it belongs to one user alone."""

import logging
import os
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import text

from app.db.database import Database
from app.db.shared_commit_flag import SharedCommitFlag, open_commit_flag


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"dayline-{os.geteuid()}"


def opened(identity: str = "a") -> SharedCommitFlag:
    tick = SharedCommitFlag(identity)
    tick.reopen()
    return tick


def test_processes_of_one_database_share_the_commit_flag(folder: Path) -> None:
    first, second, other = opened(), opened(), opened("b")
    seen = {first.read()}
    for tick in (first, second, first):
        tick.bump()
        assert first.read() == second.read()
        assert first.read() not in seen
        seen.add(first.read())
    assert other.read() == bytes(8)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {entry.stat().st_mode & 0o777 for entry in folder.iterdir()} == {0o600}


def test_deleted_flag_file_is_shared_again(folder: Path) -> None:
    first, second = opened(), opened()
    for tick in (first, second):
        (swept,) = folder.iterdir()
        swept.unlink()
        tick.bump()
        before = first.read(), second.read()
        first.reopen()
        second.reopen()
        assert first.read() == second.read() != bytes(8)
        assert before[0] != before[1]


def test_flag_number_is_that_of_the_mapped_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = opened(), opened()
    assert SharedCommitFlag("a").number() is None  # nothing is mapped yet
    assert first.number() == second.number() is not None
    (swept,) = folder.iterdir()
    swept.rename(folder.parent / "swept")  # its inode stays in use
    second.reopen()
    assert first.number() != second.number()
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    assert opened().number() not in {first.number(), second.number()}


@pytest.mark.parametrize("trap", ["open", "link", "file"])
def test_writable_folder_is_refused_with_one_warning(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, trap: str
) -> None:
    if trap == "open":
        folder.mkdir()
        folder.chmod(0o777)
    elif trap == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.touch()
    with caplog.at_level(logging.WARNING):
        tick = opened()
        tick.bump()
        tick.reopen()
    assert tick.read() == b""
    assert len(caplog.records) == 1


def test_symbolic_link_in_place_of_the_flag_is_refused(folder: Path, tmp_path: Path) -> None:
    tick = opened()
    (file,) = folder.iterdir()
    target = tmp_path / "target"
    target.write_bytes(b"precious")
    file.unlink()
    file.symlink_to(target)
    tick.bump()
    assert target.read_bytes() == b"precious"
    assert tick.read() == b""


@pytest.mark.parametrize("database_address", ["postgresql"], indirect=True)
async def test_role_without_privilege_shares_nothing_with_a_warning(
    database: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await database.read(open_commit_flag) is not None
    monkeypatch.setattr("app.db.shared_commit_flag._IDENTITY", text("SELECT pg_control_forbidden()"))
    assert await database.write(lambda connection: connection.execute(text("SELECT 1")).scalar()) == 1
    assert len(caplog.records) == 1
    assert "falling back to notifications of the server" in caplog.text
