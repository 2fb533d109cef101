"""Lease owners: the id of a process that delivers to endpoints, and whether the process of an id has certainly ended.

3f6c19e04026531836.4711.8812345.9f3a61c2
 │                  │    │       └ one dispatcher of the process
 │                  │    └ start time, in ticks
 │                  └ PID
 └ boot and PID namespace

The leases of a killed process last up to half a minute. A process on the same machine need not wait for their end: it
detects that no process with that PID and start time exists any more. Without `/proc` it waits.
"""

import os
from functools import cache
from pathlib import Path
from secrets import token_hex

BOOT_CHARACTERS = 8
UNKNOWN = "elsewhere"
_STARTED = 19  # index after the name in /proc/<pid>/stat, where the state is first
_ENDED = frozenset("ZXx")


def make_owner_id() -> str:
    """Return a unique id for this process."""
    number = os.getpid()
    return f"{_host_id()}.{number}.{_started(number) or 0}.{token_hex(4)}"


def is_dead(owner_id: str) -> bool:
    """Return whether the process of that id ran here and has ended; False in doubt."""
    machine, number, started, *_ = [*owner_id.split("."), "", "", ""]
    if machine == UNKNOWN or machine != _host_id() or not (number.isdigit() and started.isdigit()) or started == "0":
        return False
    return _started(int(number)) != int(started)


@cache
def _host_id() -> str:
    """Return the boot id of this machine, and the PID namespace of this process."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().replace("-", "")[:BOOT_CHARACTERS]
        return f"{boot}{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return UNKNOWN


def _started(number: int) -> int | None:
    """Return the start time of a process; None if it does not exist."""
    try:
        state, *others = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        return None if state in _ENDED else int(others[_STARTED - 1])
    except (OSError, ValueError, IndexError):
        return None
