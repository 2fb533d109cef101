"""How the suite empties its PostgreSQL databases between tests."""

import asyncio

import asyncpg

from app.db.base import metadata

GROWN_BYTES = 2 << 20
SIZE = "SELECT sum(pg_table_size(name::regclass)) FROM unnest($1::text[]) AS name"
NAMES = [table.name for table in metadata.sorted_tables]
DELETIONS = "; ".join(f"DELETE FROM {name}" for name in NAMES)  # noqa: S608 - names of the schema's tables
RESTART = "SELECT setval(sequencename::regclass, start_value, false) FROM pg_sequences WHERE last_value IS NOT NULL"


def empty_tables(address: str, *, anew: bool = False) -> None:
    """Leave no row, and let every number begin at 1; `anew` also gives the tables new files.

    New files for some sixty tables and indexes take a hundred times as long as deleting a few rows, so that tables
    get them only when they have grown.
    """
    try:
        _broom.sweep(address, anew=anew)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):  # a test may have ended every connection
        _broom.close()
        _broom.sweep(address, anew=anew)


def put_away() -> None:
    """Give back the connections that emptied tables."""
    _broom.close()


class Broom:
    """Connections that are kept: the first statements of another take seven times as long."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._connections: dict[str, asyncpg.Connection] = {}

    def sweep(self, address: str, *, anew: bool) -> None:
        """Empty the tables of one database."""
        self._runner.run(self._sweep(address, anew=anew))

    def close(self) -> None:
        """Close what is open; the next sweep opens what it needs."""
        for connection in self._connections.values():
            connection.terminate()
        self._connections.clear()
        self._runner.close()
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)

    async def _sweep(self, address: str, *, anew: bool) -> None:
        if address not in self._connections:
            self._connections[address] = await asyncpg.connect(address)
            await self._connections[address].execute("SET session_replication_role = replica")  # no reference is heeded
        connection = self._connections[address]
        if anew or await connection.fetchval(SIZE, NAMES) > GROWN_BYTES:
            await connection.execute(f"TRUNCATE {', '.join(NAMES)} RESTART IDENTITY CASCADE")
        else:
            await connection.execute(f"{DELETIONS}; {RESTART}")


_broom = Broom()
