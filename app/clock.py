"""Clock of the process, the only module that reads it; tests freeze it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

_boottime = getattr(time, "CLOCK_BOOTTIME", None)
uptime: Callable[[], float] = time.monotonic if _boottime is None else partial(time.clock_gettime, _boottime)
"""Seconds since an arbitrary instant, for leases: on Linux they include the time in which the machine is suspended."""

_frozen_at: int | None = None


def now() -> int:
    """Return the current instant in microseconds since 1970-01-01T00:00:00Z."""
    return time.time_ns() // 1000 if _frozen_at is None else _frozen_at


@contextmanager
def frozen(instant: int) -> Iterator[None]:
    """Stop the clock of this process at `instant`, for tests and rehearsals."""
    global _frozen_at  # noqa: PLW0603 - there is one clock per process
    before, _frozen_at = _frozen_at, instant
    try:
        yield
    finally:
        _frozen_at = before
