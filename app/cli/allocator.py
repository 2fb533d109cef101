"""A setting of the C library's memory allocator for processes that serve."""

import ctypes

M_ARENA_MAX = -8  # malloc.h of glibc
ARENAS_MAX = 2


def bound_arenas() -> bool:
    """Let all threads share two arenas where the C library is glibc; return whether it does.

    Each thread otherwise gets an arena of its own, up to eight per core, and memory that a thread frees stays
    in its arena: 30 MB after five minutes of mixed load. Call it before threads start.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS_MAX))
    except (OSError, AttributeError, TypeError):  # another C library, or another system
        return False
