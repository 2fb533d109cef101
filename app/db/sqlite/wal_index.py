"""Detection of commits to a SQLite file by the header of its WAL-index, which every commit of any process changes.

The header is 48 bytes, twice, at the beginning of `<file>-shm`: a commit is visible to new readers as soon as both are
written (https://sqlite.org/walformat.html#the_wal_index_header). Comparing them takes 0.2 µs.

The file carries SQLite's locks, and closing any descriptor of it releases all locks of this process. So it is opened
once, and closed when the last user of the database in this process has closed its connections.
"""

import mmap
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection

HEADER_BYTES = 96  # both copies: they differ if a writer was killed between them
FORMAT = 3_007_000
INITIALISED = 12  # offset of the byte that is set after initialisation

COMPARED_S = 0.05

P = ParamSpec("P")
R = TypeVar("R")


class SyncReader(Protocol):
    """Reader of the file in the event loop's thread."""

    def try_read_sync(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """Return the result of a query on one snapshot; None if it takes too long to run inline."""

    async def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the result of a query on one snapshot, in a thread if it takes too long."""

    def compare_files(self) -> None:
        """Raise DatabaseFileError if the database's files are not those that are open."""

    def driver(self) -> sqlite3.Connection:
        """Return the sqlite3 connection, between two queries."""


class _FileHandle:
    """Reference count of a database file in this process, and its mapped WAL-index."""

    def __init__(self) -> None:
        self.users = 0
        self.mapped: dict[tuple[int, int], mmap.mmap] = {}
        self.descriptors: list[int] = []

    def end(self) -> None:
        """Close everything; this process holds no lock on the file any more."""
        for mapped in self.mapped.values():
            mapped.close()
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.mapped.clear()
        self.descriptors.clear()


_guard = threading.Lock()
_handles: dict[str, _FileHandle] = {}


def acquire(path: Path) -> str:
    """Register a user of a file before its first connection; returns the name to `release`."""
    name = os.path.realpath(path)
    with _guard:
        _handles.setdefault(name, _FileHandle()).users += 1
    return name


def release(name: str) -> None:
    """Unregister a user of a file after its last connection was closed."""
    with _guard:
        usage = _handles[name]
        usage.users -= 1
        if usage.users == 0:
            del _handles[name]
            usage.end()


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Register a user of a file within this context."""
    name = acquire(path)
    try:
        yield
    finally:
        release(name)


def open_shared(name: str) -> int:
    """Return a shared descriptor of a file, closed with its last user: closing it earlier drops SQLite's locks."""
    with _guard:
        usage = _handles[name]
        descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC)
        usage.descriptors.append(descriptor)
        return descriptor


def map_index(name: str) -> mmap.mmap | None:
    """Map the WAL-index of a file in use for reading; None without one of the known format."""
    path = Path(f"{name}-shm")
    with _guard:
        usage = _handles[name]
        try:
            status = path.stat()
            mapped = usage.mapped.get((status.st_dev, status.st_ino))
            if mapped is None:
                descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
                usage.descriptors.append(descriptor)
                status = os.fstat(descriptor)
                mapped = mmap.mmap(descriptor, HEADER_BYTES, access=mmap.ACCESS_READ)
                usage.mapped[status.st_dev, status.st_ino] = mapped
        except (OSError, ValueError):
            return None
    header = mapped[:HEADER_BYTES]
    is_known = int.from_bytes(header[:4], sys.byteorder) == FORMAT and header[INITIALISED] == 1
    return mapped if is_known else None


class SqliteCommitWatch:
    """Detector of commits to a SQLite file; without a WAL it queries SQLite each time (4 µs)."""

    trust_window_s: float = inf
    compared_s: float = COMPARED_S
    poll_interval_s: float | None = None

    def __init__(self, reader: SyncReader, name: str) -> None:
        self._reader = reader
        self._name = name
        self._index: mmap.mmap | None = None
        self._unsupported_format = False  # the index cannot be read

    def version_token(self) -> object | None:
        """Return the header of the WAL-index; without one, SQLite's counter of commits by other connections."""
        if self._index is not None:
            return self._index[:HEADER_BYTES]
        try:
            version: int = self._reader.driver().execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error:
            return None
        return version

    def compare(self) -> None:
        """Compare the files of the database with those that are open."""
        self._reader.compare_files()

    def try_read_sync(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """Read inline. After its first read, a connection maps the index that other processes write."""
        response = self._reader.try_read_sync(query, *args, **kwargs)
        self._find_index()
        return response

    async def ensure_connected(self) -> None:
        """Do nothing: the file needs no connection."""

    async def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Read inline, or in a thread if it takes too long."""
        response = await self._reader.read(query, *args, **kwargs)
        self._find_index()
        return response

    async def is_unchanged(self) -> bool:
        """Return False: the version token is cheaper and exact."""
        return False

    async def close(self) -> None:
        """Stop using the mapped index, which is closed with the last user of the file."""
        self._index = None

    def _find_index(self) -> None:
        if self._index is None and not self._unsupported_format and self._uses_wal():
            self._index = map_index(self._name)
            self._unsupported_format = self._index is None

    def _uses_wal(self) -> bool:
        """Return whether the file is written through a WAL: otherwise an existing index is a leftover."""
        return bool(self._reader.driver().execute("PRAGMA journal_mode").fetchone()[0] == "wal")
