"""Commit flag in shared memory, by which the processes of one machine notify each other of commits.

The flag is eight bytes in a file of the temporary folder, for one user and one database: a process that has committed
writes fresh random bytes before it acknowledges the commit. Comparing them takes 0.1 µs.
"""

import logging
import mmap
import os
import stat
import tempfile
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from secrets import token_bytes

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

TICK_BYTES = 8
BOOT = Path("/proc/sys/kernel/random/boot_id")
INSUFFICIENT_PRIVILEGE = "42"  # class of PostgreSQL's codes: insufficient privilege, undefined object
UNSHARED_WARNING = "Shared-memory commit flag unavailable (%s); falling back to notifications of the server"

_IDENTITY = text(
    "SELECT system_identifier, oid FROM pg_control_system(), pg_database WHERE datname = current_database()"
)

log = logging.getLogger(__name__)


def open_commit_flag(connection: Connection) -> "SharedCommitFlag | None":
    """Open the flag of this database; None, with a warning, if the role may not read the database's identity.

    Its name is unique to the database, unless its server's files were copied, which causes needless wake-ups only.
    """
    try:
        server, number = connection.execute(_IDENTITY).one()
    except DBAPIError as error:
        if not str(getattr(error.orig, "sqlstate", "") or "").startswith(INSUFFICIENT_PRIVILEGE):
            raise
        log.warning(UNSHARED_WARNING, "this role cannot execute pg_control_system()")
        return None
    return SharedCommitFlag(f"{server}/{number}")


class SharedCommitFlag:
    """Commit flag of one database on this machine; without access to its file it warns once and shares nothing."""

    def __init__(self, identity: str) -> None:
        self._name = blake2b(identity.encode(), digest_size=16).hexdigest()
        self._mapped: mmap.mmap | None = None
        self._inode: tuple[int, int] | None = None
        self._is_refused = False

    def read(self) -> bytes:
        """Return the bytes of the latest commit; empty if nothing is shared."""
        return b"" if self._mapped is None else self._mapped[:TICK_BYTES]

    def bump(self) -> None:
        """Notify every process of this machine of a commit."""
        self.reopen()
        if self._mapped is not None:
            self._mapped[:TICK_BYTES] = token_bytes(TICK_BYTES)

    def number(self) -> int | None:
        """Return a number equal in two processes only where they share this file; None without a shared file."""
        boot = _boot()
        if self._inode is None or boot is None:
            return None
        name = f"{boot}/{self._inode[0]}/{self._inode[1]}".encode()
        return int.from_bytes(blake2b(name, digest_size=4).digest()) >> 1

    def reopen(self) -> None:
        """Open the file, again if it was replaced: temporary folders are cleaned."""
        if self._is_refused:
            return
        path = os.path.join(_folder(), self._name)  # noqa: PTH118 - called with each poll, and a Path costs 5 µs
        try:
            status = os.stat(path, follow_symlinks=False)  # noqa: PTH116 - a string, as above
            if (status.st_dev, status.st_ino) == self._inode:
                return
        except FileNotFoundError:
            pass
        except OSError as error:
            self._disable(error)
            return
        self.close()
        try:
            self._open()
        except (OSError, ValueError) as error:
            self._disable(error)

    def close(self) -> None:
        """Close the file; it remains for other processes."""
        mapped, self._mapped, self._inode = self._mapped, None, None
        if mapped is not None:
            mapped.close()

    def _open(self) -> None:
        folder = _open_folder(_folder())
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(self._name, flags, 0o600, dir_fd=folder)
        finally:
            os.close(folder)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
                raise PermissionError(f"{self._name} is not a file of this user")
            if status.st_size < TICK_BYTES:
                os.ftruncate(descriptor, TICK_BYTES)
            self._mapped = mmap.mmap(descriptor, TICK_BYTES)
            self._inode = status.st_dev, status.st_ino
        finally:
            os.close(descriptor)

    def _disable(self, error: Exception) -> None:
        self._is_refused = True
        self.close()
        log.warning(UNSHARED_WARNING, error)


@cache
def _boot() -> str | None:
    """Return the number that Linux gives each start of a machine; a file is the same where it, device and inode are."""
    try:
        return BOOT.read_text().strip()
    except OSError:
        return None


def _folder() -> str:
    return os.path.join(tempfile.gettempdir(), f"dayline-{os.geteuid()}")  # noqa: PTH118 - as above


def _open_folder(path: str) -> int:
    """Return a descriptor of the folder, created if missing; PermissionError if others may write to it."""
    with suppress(FileExistsError):
        os.mkdir(path, 0o700)  # noqa: PTH102 - a string, as above
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    status = os.fstat(descriptor)
    if status.st_uid != os.geteuid() or status.st_mode & 0o077:
        os.close(descriptor)
        raise PermissionError(f"{path} is not a folder that belongs to this user alone")
    return descriptor
