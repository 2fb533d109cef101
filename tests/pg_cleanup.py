"""How the suite empties its PostgreSQL databases between tests, and fills them from outside of any test."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from app.db.base import metadata

GROWN_BYTES = 2 << 20
SIZE = "SELECT sum(pg_table_size(name::regclass)) FROM unnest($1::text[]) AS name"
NAMES = [table.name for table in metadata.sorted_tables if table.name != "schema_compatibility"]  # as migrated
DELETIONS = "; ".join(f"DELETE FROM {name}" for name in NAMES)  # noqa: S608 - names of the schema's tables
R = TypeVar("R")
RESTART = "SELECT setval(sequencename::regclass, start_value, false) FROM pg_sequences WHERE last_value IS NOT NULL"


def empty_tables(address: str, *, anew: bool = False) -> None:
    """Leave no row, and let every number begin at 1; `anew` also gives the tables new files.

    New files for some sixty tables and indexes take a hundred times as long as deleting a few rows, so that tables
    get them only when they have grown.
    """

    async def sweep(connection: asyncpg.Connection) -> None:
        if anew or await connection.fetchval(SIZE, NAMES) > GROWN_BYTES:
            await connection.execute(f"TRUNCATE {', '.join(NAMES)} RESTART IDENTITY CASCADE")
        else:
            await connection.execute(f"{DELETIONS}; {RESTART}")

    from_outside(address, sweep)


def from_outside(address: str, work: Callable[[asyncpg.Connection], Awaitable[R]]) -> R:
    """What is done on a connection that is kept, which heeds no reference; it is done again where that was lost."""
    try:
        return _broom.run(address, work)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):  # a test may have ended every connection
        _broom.close()
        return _broom.run(address, work)


def put_away() -> None:
    """Give back the connections that emptied tables."""
    _broom.close()


class Broom:
    """Connections that are kept: the first statements of another take seven times as long."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._connections: dict[str, asyncpg.Connection] = {}

    def run(self, address: str, work: Callable[[asyncpg.Connection], Awaitable[R]]) -> R:
        """What is done on the connection to one database."""

        async def do() -> R:
            return await work(await self._connect(address))

        return self._runner.run(do())

    def close(self) -> None:
        """Close what is open; the next sweep opens what it needs."""
        for connection in self._connections.values():
            connection.terminate()
        self._connections.clear()
        self._runner.close()
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)

    async def _connect(self, address: str) -> asyncpg.Connection:
        if address not in self._connections:
            self._connections[address] = await asyncpg.connect(address)
            await self._connections[address].execute("SET session_replication_role = replica")  # no reference is heeded
        return self._connections[address]


_broom = Broom()
