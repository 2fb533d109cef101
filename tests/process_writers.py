"""Processes that write to a database or follow it, each ended by its process id, and the numbers that they share."""

import asyncio
import mmap
import random
import sqlite3
import struct
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app.actions.changelog.changes import Change, append_changes, begin_log_transaction
from app.changefeed.log_follower import LogFollower
from app.db.database import open_database
from app.domain.change import ChangeType
from app.invalidation.change_event import ChangeEvent
from tests.conftest import NOW

_INSERT = (
    "INSERT INTO changes (seq, type, at, actor, surrogate_keys) "
    "SELECT coalesce(max(seq), 0) + 1, ?, 1, 'x', '[]' FROM changes"
)
_processes = get_context("forkserver")
_processes.set_forkserver_preload(["app.main", "asyncpg", "sqlalchemy.ext.asyncio", __name__])
SLOTS = 4_096
A_TYPE = next(iter(ChangeType))


def append(connection: Connection, count: int = 1, key: str = "tag:1") -> None:
    """Append rows to the log, in one transaction, as every action does."""
    begin_log_transaction(connection)
    append_changes(connection, [Change(type=A_TYPE, keys=[key]) for _ in range(count)], now=NOW, actor="x")


class RecordedChanges:
    """Recorder of the callbacks of a follower; it checks that every row comes in order and once."""

    def __init__(self) -> None:
        self.seq = 0
        self.calls: list[list[int] | str] = []
        self.applied_at: dict[int, float] = {}

    def apply(self, changes: Sequence[ChangeEvent]) -> None:
        now = time.monotonic()
        for change in changes:
            assert change.seq == self.seq + 1
            self.seq = change.seq
            self.applied_at[change.seq] = now
        self.calls.append([change.seq for change in changes])

    def clear(self) -> None:
        self.calls.append("clear")


async def sync_follower(follower: LogFollower, *, most: float = 5) -> None:
    """Synchronise the follower, repeatedly where a busy machine makes the server slow."""
    deadline = time.monotonic() + most
    while not await follower.sync():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


class Slots:
    """Several numbers that processes share by a file."""

    def __init__(self, path: Path) -> None:
        with path.open("ab") as file:
            file.truncate(SLOTS * 8)
        with path.open("r+b") as file:
            self._mapped = mmap.mmap(file.fileno(), SLOTS * 8)

    def get(self, slot: int = 0) -> float:
        return float(struct.unpack_from("<d", self._mapped, slot * 8)[0])

    async def wait(self, number: float = 1, slot: int = 0, *, seconds: float = 20) -> None:
        """Wait until a slot has reached this number."""
        deadline = time.monotonic() + seconds
        while self.get(slot) < number:
            assert time.monotonic() < deadline, "the other process makes no progress"
            await asyncio.sleep(0.01)

    def set(self, number: float, slot: int = 0) -> None:
        struct.pack_into("<d", self._mapped, slot * 8, number)


@contextmanager
def process(target: Any, *args: Any) -> Iterator[BaseProcess]:
    """Run a process; it is killed at the end if it still runs."""
    started = _processes.Process(target=target, args=args)
    started.start()
    try:
        yield started
    finally:
        if started.is_alive():
            started.kill()
        started.join(10)


def write_sqlite(path: Path, shared: Path, count: int, checkpoint_every: int = 0) -> None:
    """Commit without pauses, and set the last number right after each commit; outside of the program, without fsync."""
    slots = Slots(shared)
    modes = random.Random(1)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA wal_autocheckpoint = 50")
        for number in range(count):
            connection.execute("BEGIN IMMEDIATE")
            seq = connection.execute(_INSERT + " RETURNING seq", (A_TYPE,)).fetchall()[0][0]
            connection.execute("COMMIT")
            slots.set(seq)
            if checkpoint_every and number % checkpoint_every == 0:
                mode = modes.choice(["PASSIVE", "FULL", "RESTART", "TRUNCATE"])
                connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()


def write_through(address: str, shared: Path, count: int) -> None:
    """Write as the program does, and set the last number as soon as it is committed."""

    async def write() -> None:
        slots = Slots(shared)
        database = open_database(address)
        for number in range(count):
            await database.write(append)
            slots.set(number + 1)
        await database.close()

    asyncio.run(write())


def follow(address: str, shared: Path, folder: Path, count: int) -> None:
    """Follow a database as another machine does, with its own temporary folder; record when each row was applied.

    Slot 0: 1 as soon as it follows; slot n: the time of row n.
    """

    async def listen() -> None:
        tempfile.tempdir = str(folder)
        slots, changes = Slots(shared), RecordedChanges()
        database = open_database(address)
        follower = LogFollower(database, changes.apply, changes.clear)
        await follower.start()
        changes.seq = follower._last.seq if follower._last else 0
        slots.set(1)
        while changes.seq < count:
            follower.is_up_to_date()
            await asyncio.sleep(0.002)
            for seq, at in changes.applied_at.items():
                slots.set(at, seq)
            changes.applied_at.clear()
        await follower.stop()
        await database.close()

    asyncio.run(listen())
