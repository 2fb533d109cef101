"""Budget of one read on a SQLite connection, beyond which it is interrupted.

SQLite calls a progress handler every N instructions of its virtual machine; where that returns true, the
statement ends with SQLITE_INTERRUPT. A connection in the event loop has a budget of instructions, which bounds a bad
plan, and of time, which bounds a slow disk; one in a thread has a deadline. Beyond either, every further statement is
interrupted as well, until the next read begins.
"""

import sqlite3
import time
from typing import NamedTuple


class Allowance(NamedTuple):
    """Limit of instructions and seconds of a read, checked every `every` instructions.

    A call of the handler takes 0.2 µs in the event loop. In a thread it has to wait for the interpreter's lock, up to
    5 ms while the loop is busy, so it is called seldom there.
    """

    instructions: float
    seconds: float
    every: int


class ReadBudget:
    """The allowance of the reads on one connection, one read at a time."""

    def __init__(self, driver: sqlite3.Connection, allowance: Allowance) -> None:
        self._allowance = allowance
        self._left = 0.0
        self._until: float | None = None
        self._is_reading = False
        self.is_spent = False
        driver.set_progress_handler(self._count, allowance.every)

    def begin(self) -> None:
        """Start a read with the whole budget."""
        self._left = self._allowance.instructions
        self._until = None
        self._is_reading = True
        self.is_spent = False

    def end(self) -> None:
        """Interrupt nothing until the next read begins: after an interrupted ROLLBACK the snapshot stays open."""
        self._is_reading = False

    def _count(self) -> bool:
        if not self._is_reading:
            return False
        self._left -= self._allowance.every
        now = time.monotonic()
        if self._until is None:  # from here on: compilation before is not part of the plan
            self._until = now + self._allowance.seconds
        if self._left < 0 or now > self._until:
            self.is_spent = True
        return self.is_spent
