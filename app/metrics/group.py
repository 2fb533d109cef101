"""Files by which the serving processes of a machine merge their metrics, and the lock that elects their server.

    dayline-metrics-1000-4f1c…/     belongs to one user, one database and one address
    ├── leader                      locked by the process that serves the metrics
    ├── 812-9c01.lock, 812-9c01     locked while its process lives, and the latest snapshot of it
    └── ended                       the sum of the counters of processes that have ended

The system releases the lock of a process that is killed, and its last snapshot stays: the leader adds its counters to
those of all that have ended and drops its gauges. No process waits for another.
"""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

import orjson

from app.metrics.snapshot import Snapshot, Values, add_counters, decode_snapshot, encode_snapshot
from app.net.listen_address import ListenAddress

_LOCK = ".lock"
_ENDED = "ended"
_LEADER = "leader"
MAX_ATTEMPTS = 3
PUBLISH_INTERVAL_S = 0.25
"""Interval at which members publish their counts."""


class Member:
    """One process of a group: publishes its snapshots until it is closed or killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = f"{os.getpid()}-{token_hex(4)}"
        self._lock = self._open()

    def publish(self, snapshot: bytes) -> None:
        """Replace the snapshot of this process; OSError where that cannot be written."""
        written = self._folder / f".{self._name}"
        try:
            os.utime(self._lock)  # temporary folders are swept of files that nobody has touched for days
            written.write_bytes(snapshot)
        except FileNotFoundError:
            os.close(self._lock)
            self._lock = self._open()
            written.write_bytes(snapshot)
        written.rename(self._folder / self._name)

    def close(self) -> None:
        """End as a member; the last snapshot stays for the leader."""
        os.close(self._lock)

    def _open(self) -> int:
        """Lock a file before renaming it, so that no process finds it unlocked."""
        hidden = f".{self._name}{_LOCK}"
        lock = _open_in(self._folder, hidden)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (self._folder / hidden).rename(self._folder / f"{self._name}{_LOCK}")
        return lock


class MetricsGroup:
    """The processes of one installation: started in the same folder, with the same database and metrics address."""

    def __init__(self, address: ListenAddress, database_url: str) -> None:
        identity = f"{address.host} {address.port} {database_url} {Path.cwd()}"  # a database URL may be relative
        digest = blake2b(identity.encode(errors="surrogateescape"), digest_size=8).hexdigest()
        self.folder = Path(tempfile.gettempdir()) / f"dayline-metrics-{os.geteuid()}-{digest}"
        self._lead: int | None = None

    def join(self) -> Member:
        """Add this process; OSError where the folder cannot be used."""
        return Member(self.folder)

    def try_lead(self) -> bool:
        """Become the leader unless another process is; what an earlier group left behind is removed."""
        if self._lead is not None:
            return True
        lock = _open_in(self.folder, _LEADER)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            return False
        self._lead = lock
        if not self._has_members():
            for path in self.folder.iterdir():
                if path.name != _LEADER:
                    path.unlink(missing_ok=True)
        return True

    def resign(self) -> None:
        """Let another process lead; where no process of the group is left, the folder is removed."""
        self._unlock()
        if not self._has_members() and self.folder.exists() and self.try_lead():
            shutil.rmtree(self.folder, ignore_errors=True)
            self._unlock()

    def _unlock(self) -> None:
        if self._lead is not None:
            os.close(self._lead)
            self._lead = None

    def read(self) -> tuple[Values, list[Snapshot]]:
        """Return the counters of all processes that ever were in the group, and the snapshots of the live ones.

        Only the leader calls it, from one thread at a time.
        """
        if self._lead is not None:
            os.utime(self._lead)  # as each member does with its lock
        alive: list[Snapshot] = []
        ended: dict[str, Values] = {}
        for name, is_alive in self._members():
            snapshot = self._read_snapshot(name)
            if is_alive:
                alive.append(snapshot)
            else:
                ended[name] = snapshot.counters
        counters = self._add_ended(ended)
        for each in alive:
            add_counters(counters, each.counters)
        return counters, alive

    def _add_ended(self, ended: dict[str, Values]) -> Values:
        """Add processes that have ended to the sum of all, each of them once even where this process is killed here."""
        counters, added = self._read_ended()
        new = {name: values for name, values in ended.items() if name not in added}
        for values in new.values():
            add_counters(counters, values)
        if new:
            sum_of_all = encode_snapshot(Snapshot(counters))
            written = self.folder / f".{_ENDED}"
            written.write_bytes(orjson.dumps([list(ended), sum_of_all.decode()]))
            written.rename(self.folder / _ENDED)
        for name in ended:
            (self.folder / name).unlink(missing_ok=True)
            (self.folder / f"{name}{_LOCK}").unlink(missing_ok=True)
        return counters

    def _read_ended(self) -> tuple[Values, set[str]]:
        """Return that sum, and the names in it whose files may still be there."""
        try:
            names, sum_of_all = orjson.loads((self.folder / _ENDED).read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return {}, set()
        return decode_snapshot(sum_of_all.encode()).counters, set(names)

    def _read_snapshot(self, name: str) -> Snapshot:
        with suppress(FileNotFoundError, orjson.JSONDecodeError):
            return decode_snapshot((self.folder / name).read_bytes())
        return Snapshot()

    def _has_members(self) -> bool:
        return any(is_alive for _, is_alive in self._members())

    def _members(self) -> Iterator[tuple[str, bool]]:
        """Yield the name of every member, and whether its process lives."""
        for path in sorted(self.folder.glob(f"[0-9]*{_LOCK}")):
            with suppress(FileNotFoundError):
                yield path.name.removesuffix(_LOCK), _is_locked(path)


def _is_locked(path: Path) -> bool:
    with _opened(path) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _open_in(folder: Path, name: str) -> int:
    """Open a file of the folder, and create both where they are missing: a group that ends removes its folder."""
    for _ in range(MAX_ATTEMPTS):
        _make_folder(folder)
        with suppress(FileNotFoundError):
            return os.open(folder / name, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    raise FileNotFoundError(f"{folder} is removed whenever it is created")


def _make_folder(path: Path) -> None:
    """Create the folder for this user alone; PermissionError where others own it or may write into it."""
    with suppress(FileExistsError):
        path.mkdir(0o700)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise PermissionError(f"{path} is not a folder that belongs to this user alone")
