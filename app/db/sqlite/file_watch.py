"""Detection of deleted, replaced or truncated files of an open SQLite database.

SQLite uses its open files until they are closed: commits after a deletion are lost with them. So the
identities of the database file, its write-ahead log and its index are compared with what their paths lead to: before
and after each transaction that writes, and at most every 50 ms for what reads, cached responses included.
"""

import logging
import os
import sys
import threading
import time
from math import inf
from typing import TYPE_CHECKING, Any

from app.db.sqlite import wal_index

if TYPE_CHECKING:
    import mmap

CHECK_INTERVAL_S = wal_index.COMPARED_S
TRUNCATED_AFTER_S = 0.5  # a checkpoint that lets the file grow writes its first page, with the new size, first
HEADER_BYTES = 100
MAGIC = b"SQLite format 3\x00"
FRAME_HEADER_BYTES = 24
WAL_HEADER_BYTES = 32
LOG, INDEX = "-wal", "-shm"

log = logging.getLogger(__name__)


class DatabaseFileError(OSError):
    """A file of the open database was deleted, replaced or truncated."""


class FileWatch:
    """Compares the files of one database with those that this process has open.

    Nothing is compared before `note` was called. A file that was moved away and comes back is used again; after a
    truncation the process has to be restarted. Methods may be called from any thread.
    """

    def __init__(self, path: str, name: str) -> None:
        self._paths = {"": os.path.abspath(path), LOG: f"{name}{LOG}", INDEX: f"{name}{INDEX}"}  # noqa: PTH100 - strings
        self._name = name
        self._identities: dict[str, tuple[int, int]] = {}
        self._size = 0
        self._descriptor: int | None = None
        self._index: mmap.mmap | None = None
        self._looked_at = -inf
        self._truncated_at = inf
        self._is_truncated = False
        self._loss: str | None = None
        self._guard = threading.Lock()

    @property
    def is_recorded(self) -> bool:
        """Return whether the identities of the files are known, the write-ahead log's included."""
        return LOG in self._identities

    def record(self, driver: Any) -> None:
        """Note which files a connection has open, right after it has read or written.

        The log and its index are noted where the connection uses them: then they stay until it is closed.
        """
        keeps_wal = driver.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        with self._guard:
            if "" not in self._identities:
                self._descriptor = wal_index.open_shared(self._name)
                status = os.fstat(self._descriptor)
                self._size = status.st_size
                self._identities[""] = status.st_dev, status.st_ino
            if keeps_wal and not self.is_recorded:
                self._index = wal_index.map_index(self._name)
                for suffix in (INDEX, LOG):
                    status = os.stat(self._paths[suffix])  # noqa: PTH116 - a string, examined with each write
                    self._identities[suffix] = status.st_dev, status.st_ino

    def check_if_due(self) -> None:
        """Raise DatabaseFileError where a comparison of the last 50 ms found a loss, or a new one finds it."""
        if time.monotonic() - self._looked_at > CHECK_INTERVAL_S or self._loss is not None:
            self.check()

    def check(self) -> None:
        """Raise DatabaseFileError where a file is lost at this moment; it takes three system calls."""
        if not self._identities:
            return
        with self._guard:
            self._looked_at = time.monotonic()
            loss = self._find_loss()
            before, self._loss = self._loss, loss
        if loss is not None and before is None:
            log.error(
                "Database files lost: %s. Requests get 503 until the files that were open are back in place, or the "
                "server is restarted on others (stop it, put them in place, start it)",
                loss,
            )
        if loss is None and before is not None:
            log.warning("Database files back in place: requests are served again")
        if loss is not None:
            raise DatabaseFileError(loss)

    def _find_loss(self) -> str | None:
        """Return a description of the loss without a path; None where no file is lost."""
        sizes = {}
        header = self.read_index()
        for suffix, identity in self._identities.items():
            noun = {LOG: "write-ahead log", INDEX: "index of the write-ahead log"}.get(suffix, "database file")
            try:
                status = os.stat(self._paths[suffix])  # noqa: PTH116 - as above
            except FileNotFoundError:
                return f"the {noun} was deleted"
            except OSError as error:
                return f"the {noun} cannot be reached ({error.strerror})"
            if (status.st_dev, status.st_ino) != identity:
                return f"the {noun} was replaced by another file"
            sizes[suffix] = status.st_size
        if self._is_truncated or self._is_file_short(sizes[""]):
            return "the database file was truncated"
        if header is not None and header == self.read_index() and sizes[LOG] < _log_bytes(header):
            self._is_truncated = True
            return "the write-ahead log was truncated"
        return None

    def _is_file_short(self, size: int) -> bool:
        """Return whether the file is shorter than before, and than the size in its first page."""
        if size >= self._size:
            self._size, self._truncated_at = size, inf
            return False
        if self._descriptor is None or size >= _bytes_declared(os.pread(self._descriptor, HEADER_BYTES, 0)):
            self._size, self._truncated_at = size, inf  # VACUUM has made it smaller
            return False
        now = time.monotonic()
        self._truncated_at = min(self._truncated_at, now)
        self._is_truncated = now - self._truncated_at >= TRUNCATED_AFTER_S
        return True

    def read_index(self) -> bytes | None:
        """Return the header of the WAL-index, which every commit changes; None without one of the known format."""
        return None if self._index is None else self._index[: wal_index.HEADER_BYTES]


def _bytes_declared(header: bytes) -> float:
    """Return the size in the header of a database file (https://sqlite.org/fileformat.html)."""
    if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
        return inf
    page_bytes = int.from_bytes(header[16:18])
    return int.from_bytes(header[28:32]) * (65_536 if page_bytes == 1 else page_bytes)


def _log_bytes(header: bytes) -> int:
    """Return the minimum length of the log for the frames that its index counts."""
    page_bytes = int.from_bytes(header[14:16], sys.byteorder)
    page_bytes = (page_bytes & 0xFE00) + ((page_bytes & 1) << 16)
    frames = int.from_bytes(header[16:20], sys.byteorder)
    return WAL_HEADER_BYTES + frames * (FRAME_HEADER_BYTES + page_bytes) if frames else 0
