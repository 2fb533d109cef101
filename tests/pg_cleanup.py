"""Cleanup of the suite's PostgreSQL databases between tests, and inserts from outside of any test."""

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


def empty_tables(address: str, *, new_files: bool = False) -> None:
    """Delete all rows and restart all sequences; `new_files` also gives the tables new files.

    New files for some sixty tables and indexes take a hundred times as long as deleting a few rows, so tables get them
    only when they have grown.
    """

    async def run_cleanup(connection: asyncpg.Connection) -> None:
        if new_files or await connection.fetchval(SIZE, NAMES) > GROWN_BYTES:
            await connection.execute(f"TRUNCATE {', '.join(NAMES)} RESTART IDENTITY CASCADE")
        else:
            await connection.execute(f"{DELETIONS}; {RESTART}")

    run_unchecked(address, run_cleanup)


def run_unchecked(address: str, work: Callable[[asyncpg.Connection], Awaitable[R]]) -> R:
    """Run an action on a pooled connection that checks no foreign keys; repeat it where the connection was lost."""
    try:
        return _pool.run(address, work)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):  # a test may have ended every connection
        _pool.close()
        return _pool.run(address, work)


def close_connections() -> None:
    """Close the pooled connections."""
    _pool.close()


class CleanupPool:
    """Pool of connections: the first statements of a new one take seven times as long."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._connections: dict[str, asyncpg.Connection] = {}

    def run(self, address: str, work: Callable[[asyncpg.Connection], Awaitable[R]]) -> R:
        """Run the action on the connection to one database."""

        async def do() -> R:
            return await work(await self._connect(address))

        return self._runner.run(do())

    def close(self) -> None:
        """Close what is open; the next cleanup opens what it needs."""
        for connection in self._connections.values():
            connection.terminate()
        self._connections.clear()
        self._runner.close()
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)

    async def _connect(self, address: str) -> asyncpg.Connection:
        if address not in self._connections:
            self._connections[address] = await asyncpg.connect(address)
            await self._connections[address].execute("SET session_replication_role = replica")  # disables foreign keys
        return self._connections[address]


_pool = CleanupPool()
