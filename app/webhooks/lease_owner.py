"""The name under which a process works endpoints, and whether the process behind such a name has ended for sure.

    3f6c19e04026531836.4711.8812345.9f3a61c2
    └ boot and PID namespace  └ PID  └ when it started, in ticks  └ which of its dispatchers

A process that was killed leaves its endpoints claimed for half a minute. One that is started on the same machine need
not wait: it sees that nobody of that number and start runs there any more. Where `/proc` does not tell, it waits.
"""

import os
from functools import cache
from pathlib import Path
from secrets import token_hex

BOOT_CHARACTERS = 8
UNKNOWN = "elsewhere"
_STARTED = 19  # of what follows the name in /proc/<pid>/stat; the first is the state
_ENDED = frozenset("ZXx")


def make_owner_id() -> str:
    """A fresh name for this process."""
    number = os.getpid()
    return f"{_host_id()}.{number}.{_started(number) or 0}.{token_hex(4)}"


def is_dead(holder: str) -> bool:
    """Whether the process of that name ran here and runs no more; False wherever that is not certain."""
    place, number, started, *_ = [*holder.split("."), "", "", ""]
    if place == UNKNOWN or place != _host_id() or not (number.isdigit() and started.isdigit()) or started == "0":
        return False
    return _started(int(number)) != int(started)


@cache
def _host_id() -> str:
    """This boot of this machine, and the namespace whose processes can be seen."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().replace("-", "")[:BOOT_CHARACTERS]
        return f"{boot}{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return UNKNOWN


def _started(number: int) -> int | None:
    """When the process of that number started; None where none runs."""
    try:
        state, *others = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        return None if state in _ENDED else int(others[_STARTED - 1])
    except (OSError, ValueError, IndexError):
        return None
