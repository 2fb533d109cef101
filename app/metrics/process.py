"""Resources that this process uses, as far as the system reports them."""

import os
import resource
from contextlib import suppress
from pathlib import Path

from app.metrics.snapshot import Values

_SELF = Path("/proc/self")


def read_cpu_seconds() -> float:
    """Return the processor time of this process, in seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def read_process_gauges() -> Values:
    """Return resident memory and open files; nothing where there is no /proc."""
    values: Values = {}
    with suppress(OSError):
        pages = int((_SELF / "statm").read_text().split()[1])
        values[("dayline_process_resident_memory_bytes",)] = [pages * resource.getpagesize()]
        values[("dayline_process_open_fds",)] = [len(os.listdir(_SELF / "fd"))]  # noqa: PTH208 - up to 16,384 names
    return values
