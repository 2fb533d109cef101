"""Progress of a background task that one process performs at a time: the value in the key-value table has its lease."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, Protocol, Self, TypeVar

from app.db.database import Database
from app.interchange.key_value import compare_and_set

RELEASED_WITHIN_S = 2.0  # maximum of the last write at shutdown, to a database that may not respond


class Leased(Protocol):
    """Progress with the process that holds the lease; the empty text if none does."""

    @property
    def holder(self) -> str:
        """Return the holder of the lease."""

    def with_lease(self, holder: str, until: int) -> Self:
        """Return the progress with a lease of this process up to the instant (µs)."""


P = TypeVar("P", bound=Leased)


class LeaseLostError(Exception):
    """Another process holds the lease."""


class LeasedProgress(Generic[P]):
    """Progress under a name, as this process (`owner`) read or wrote it last: `stored`."""

    def __init__(
        self,
        database: Database,
        name: str,
        *,
        owner: str,
        parse: Callable[[bytes | None], P | None],
        dump: Callable[[P], bytes],
    ) -> None:
        self.owner = owner
        self.stored: bytes | None = None
        self._database = database
        self._name = name
        self._parse = parse
        self._dump = dump

    async def write(self, progress: P) -> P:
        """Replace the value that was read, and return the progress; LeaseLostError if another process replaced it."""
        new = self._dump(progress)
        if not await self._database.write(compare_and_set, self._name, old=self.stored, new=new):
            raise LeaseLostError
        self.stored = new
        return progress

    async def release(self) -> None:
        """Release the lease if this process holds it; where that fails, it expires."""
        with suppress(Exception):
            progress = self._parse(self.stored)
            if progress is not None and progress.holder == self.owner:
                async with asyncio.timeout(RELEASED_WITHIN_S):
                    await self.write(progress.with_lease("", 0))
