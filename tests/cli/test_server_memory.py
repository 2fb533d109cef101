"""Memory settings of `dayline serve`: collections of cycles, and arenas of the allocator."""

import json
import subprocess
import sys

import pytest

from app.cli.serve import MAX_ARENAS, bound_arenas
from tests.cli.commands import environment_of

CYCLES, ALIVE_MAX = 3_000_000, 1_600_000
"""At most 1,260,000 new cycles between two full collections, and the 250,000 in use, on any version of Python."""
MADE = f"""
import gc
from collections import deque
from app.cli.serve import GARBAGE_THRESHOLDS
gc.set_threshold(*GARBAGE_THRESHOLDS)
window = deque(maxlen=250_000)
for _ in range({CYCLES}):
    cycle = []
    cycle.append(cycle)
    window.append(cycle)  # long enough that searches in new objects find it in use
print(len(gc.get_objects()))
"""
SHARED = """
import ctypes, json, re, threading
from app.cli.serve import bound_arenas
bound_arenas()
together = threading.Barrier(12)
def use():
    together.wait()
    block = [bytearray(100_000) for _ in range(50)]
    together.wait()
threads = [threading.Thread(target=use) for _ in range(12)]
[each.start() for each in threads]
[each.join() for each in threads]
libc = ctypes.CDLL(None)
libc.open_memstream.restype = ctypes.c_void_p
text, size = ctypes.c_char_p(), ctypes.c_size_t()
stream = ctypes.c_void_p(libc.open_memstream(ctypes.byref(text), ctypes.byref(size)))
libc.malloc_info(0, stream)
libc.fclose(stream)
print(len(re.findall(rb"<heap nr", text.value)))
"""


def run(code: str) -> int:
    """Return the number that this code prints, in a process of its own."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code],
        env=environment_of("sqlite:///none.db"),
        capture_output=True,
        check=True,
        text=True,
    )
    return int(json.loads(done.stdout))


def test_old_garbage_cycles_are_collected() -> None:
    assert run(MADE) < ALIVE_MAX


@pytest.mark.skipif(not bound_arenas(), reason="another C library than glibc, whose arenas are not bounded")
def test_threads_share_allocator_arenas() -> None:
    assert run(SHARED) <= MAX_ARENAS
