"""Detection of commits to a SQLite file, by any process and however it ends."""

import asyncio
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from app.changefeed.log_follower import LogFollower
from app.db import migrations
from app.db.database import open_database
from app.db.sqlite import wal_index
from tests.process_writers import RecordedChanges, Slots, append, process, write_sqlite

OPENED_ONCE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(sys.argv[2]).fetchall()
connection.close()
"""


@pytest.fixture
def path(sqlite_template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "dayline.db"
    shutil.copy(sqlite_template, path)
    return path


@pytest.fixture
def recorded() -> RecordedChanges:
    return RecordedChanges()


@pytest.fixture
async def follower(path: Path, recorded: RecordedChanges) -> AsyncIterator[LogFollower]:
    database = open_database(f"sqlite:///{path}")
    await database.write(append)  # begins the write-ahead log
    follower = LogFollower(database, recorded.apply, recorded.clear)
    await follower.start()
    recorded.seq = 1
    assert follower.is_up_to_date()
    yield follower
    await follower.stop()
    await database.close()


def elsewhere(path: Path, statement: str) -> None:
    """Open the file in another process, run one statement there, and close it."""
    subprocess.run([sys.executable, "-c", OPENED_ONCE, str(path), statement], check=True)  # noqa: S603 - ourselves


def is_mapped(follower: LogFollower) -> bool:
    return isinstance(follower._watch.version_token(), bytes)


def holds_lock(index: Path) -> bool:
    """Return whether this process holds the lock that marks the WAL-index as used (byte 128)."""
    ours = [line.split()[4:] for line in Path("/proc/locks").read_text().splitlines() if "POSIX" in line]
    return any(
        pid == str(os.getpid()) and place.endswith(f":{index.stat().st_ino}") and first == "128"
        for pid, place, first, _last in ours
    )


def descriptors_of(path: Path) -> int:
    """Return how many descriptors of a file this process has."""
    return sum(1 for entry in Path("/proc/self/fd").iterdir() if entry.exists() and entry.resolve() == path.resolve())


async def test_wal_index_detects_every_commit_of_a_fast_process(
    path: Path, recorded: RecordedChanges, follower: LogFollower, tmp_path: Path
) -> None:
    assert is_mapped(follower)
    await never_behind(path, recorded, follower, tmp_path / "slots", count=1_500)


@pytest.mark.soak
async def test_wal_index_detects_every_commit_of_a_fast_process_for_long(
    path: Path, recorded: RecordedChanges, follower: LogFollower, tmp_path: Path
) -> None:
    await never_behind(path, recorded, follower, tmp_path / "slots", count=100_000)


async def test_commits_are_detected_without_a_wal_index(
    path: Path, recorded: RecordedChanges, follower: LogFollower, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower._watch, "_index", None)
    monkeypatch.setattr(follower._watch, "_unsupported_format", True)
    assert not is_mapped(follower)
    await never_behind(path, recorded, follower, tmp_path / "slots", count=1_000)


async def never_behind(
    path: Path, recorded: RecordedChanges, follower: LogFollower, shared: Path, *, count: int
) -> None:
    slots = Slots(shared)
    requested = 0
    with process(write_sqlite, path, shared, count, 7) as writer:
        while slots.get() <= count:
            assert writer.is_alive() or slots.get() == count + 1
            for _ in range(100):
                written = slots.get()
                assert follower.is_up_to_date()
                assert recorded.seq >= written
                requested += 1
    assert follower.is_up_to_date()
    assert recorded.seq == count + 1
    print(f"{count} commits with checkpoints among them, asked {requested} times")  # noqa: T201 - a figure


@pytest.mark.parametrize("rounds", [5, pytest.param(200, marks=pytest.mark.soak)])
async def test_commits_are_detected_after_killed_writers(
    path: Path, recorded: RecordedChanges, follower: LogFollower, tmp_path: Path, rounds: int
) -> None:
    moments = random.Random(rounds)
    slots = Slots(tmp_path / "slots")
    for _ in range(rounds):
        begun = slots.get()
        with process(write_sqlite, path, tmp_path / "slots", 1_000_000, 7) as writer:
            await slots.wait(begun + moments.randrange(1, 300))
            assert writer.pid is not None
            os.kill(writer.pid, signal.SIGKILL)
            for _ in range(100):
                written = slots.get()
                assert follower.is_up_to_date()
                assert recorded.seq >= written
            writer.join()
        assert follower.is_up_to_date()
        with closing(sqlite3.connect(path)) as fresh:
            (there,) = fresh.execute("SELECT max(seq) FROM changes").fetchone()
        assert follower.is_up_to_date()
        assert recorded.seq == there


async def test_checkpoints_and_new_processes_cause_no_false_detection(
    path: Path, recorded: RecordedChanges, follower: LogFollower
) -> None:
    index = path.with_name(f"{path.name}-shm")
    inode = index.stat().st_ino
    for statement in (
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "INSERT INTO changes (seq, type, at, actor, surrogate_keys) VALUES (2, 'article.published', 1, 'x', '[]')",
        "PRAGMA wal_checkpoint(RESTART)",
        "VACUUM",
        "INSERT INTO changes (seq, type, at, actor, surrogate_keys) VALUES (3, 'article.published', 1, 'x', '[]')",
    ):
        elsewhere(path, statement)
        assert follower.is_up_to_date()
    assert recorded.seq == 3
    assert index.stat().st_ino == inode  # else the last to close it would have deleted it


async def test_closing_another_handle_releases_no_lock(
    path: Path, recorded: RecordedChanges, follower: LogFollower
) -> None:
    index = path.with_name(f"{path.name}-shm")
    inode = index.stat().st_ino
    assert holds_lock(index)
    for _ in range(3):
        other = open_database(f"sqlite:///{path}")
        watching = LogFollower(other, RecordedChanges().apply, RecordedChanges().clear)
        await watching.start()
        assert is_mapped(watching)
        await other.read_in_thread(lambda connection: connection.exec_driver_sql("SELECT 1").scalar())
        await watching.stop()
        await other.close()
    # A process that finds no lock considers itself the first, recreates the index, and deletes it as the last one.
    elsewhere(
        path, "INSERT INTO changes (seq, type, at, actor, surrogate_keys) VALUES (2, 'article.published', 1, 'x', '[]')"
    )
    assert index.stat().st_ino == inode
    assert holds_lock(index)
    assert follower.is_up_to_date()
    assert recorded.seq == 2


async def test_wal_index_stays_open_until_the_last_user_closes(path: Path) -> None:
    index = path.with_name(f"{path.name}-shm")
    first, second = (open_database(f"sqlite:///{path}") for _ in range(2))
    await first.write(append)
    following = [
        LogFollower(database, RecordedChanges().apply, RecordedChanges().clear) for database in (first, second)
    ]
    for follower in following:
        await follower.start()
        assert is_mapped(follower)
    name = first._name  # type: ignore[attr-defined]  # under which SQLite's file is counted
    assert len(wal_index._handles[name].mapped) == 1
    await following[0].stop()
    await first.close()
    assert following[1].is_up_to_date()
    assert descriptors_of(index) > 0
    opened = list(wal_index._handles[name].descriptors)
    await following[1].stop()
    await second.close()
    assert name not in wal_index._handles
    for descriptor in opened:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


async def test_file_created_while_watched_is_watched(tmp_path: Path, recorded: RecordedChanges) -> None:
    database = open_database(f"sqlite:///{tmp_path}/new.db")
    follower = LogFollower(database, recorded.apply, recorded.clear)
    await follower.start()
    assert not follower.is_up_to_date()
    await database.write(migrations.upgrade)
    await asyncio.sleep(0.1)
    assert follower.is_up_to_date()
    await database.write(append)
    assert follower.is_up_to_date()
    assert recorded.seq == 1
    assert is_mapped(follower)
    await follower.stop()
    await database.close()


async def test_leftover_index_is_not_used(path: Path, recorded: RecordedChanges) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (a)")
        left = path.with_name(f"{path.name}-shm").read_bytes()
        connection.execute("PRAGMA journal_mode = DELETE")
    path.with_name(f"{path.name}-shm").write_bytes(left)
    database = open_database(f"sqlite:///{path}")
    follower = LogFollower(database, recorded.apply, recorded.clear)
    await follower.start()
    assert follower.is_up_to_date()
    assert not is_mapped(follower)
    elsewhere(
        path, "INSERT INTO changes (seq, type, at, actor, surrogate_keys) VALUES (1, 'article.published', 1, 'x', '[]')"
    )
    assert follower.is_up_to_date()
    assert recorded.seq == 1
    await database.write(append)  # begins the write-ahead log
    assert follower.is_up_to_date()
    assert is_mapped(follower)
    await database.write(append)
    assert follower.is_up_to_date()
    assert recorded.seq == 3
    await follower.stop()
    await database.close()
