"""Snapshots of filled databases: the rows that an action stored in an empty one, inserted again where it is used again.

Storing a small newsroom properly takes a tenth of a second and more, and hundreds of tests begin with it. Tests of
storing call the action itself.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from typing import Any

import asyncpg
from sqlalchemy import Connection, Table, select, text
from sqlalchemy.util import await_only

from app.db.base import metadata
from app.db.bulk import bulk_insert_tuples
from app.db.commit_watch import notify_commit
from app.db.engine import parse_database_url, sqlite_path
from app.db.postgresql.presence import CHANNEL
from app.db.shared_commit_flag import SharedCommitFlag, open_commit_flag
from tests.pg_cleanup import NAMES, run_unchecked

Rows = list[tuple[Table, Any]]
Numbers = list[tuple[str, int]]

TABLES = [table for table in metadata.sorted_tables if table.name in NAMES]
_ANYTHING = " UNION ALL ".join(
    f"SELECT 1 WHERE EXISTS (SELECT 1 FROM {table.name})"  # noqa: S608 - names of the schema's tables
    for table in TABLES
)
_SEQUENCES = text("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
_ticks: dict[str, SharedCommitFlag | None] = {}


class SnapshotFixture:
    """Action that runs once for each kind of database; later its rows are inserted into empty ones.

    Ids and other random values are those of the first time. In a database that is not empty the action itself runs.
    """

    def __init__(self, fill: Callable[[Connection], None]) -> None:
        self._fill = fill
        self._taken: dict[str, tuple[Rows, Numbers]] = {}

    def __call__(self, connection: Connection) -> None:
        """Run the action on a connection, within its transaction."""
        kind = connection.dialect.name
        if connection.exec_driver_sql(_ANYTHING).first() is not None:
            self._fill(connection)
        elif kind not in self._taken:
            self._fill(connection)
            self._taken[kind] = _rows_of(connection), _numbers_of(connection)
            _ticks[_location(connection)] = open_commit_flag(connection) if kind == "postgresql" else None
        else:
            _restore(connection, *self._taken[kind])

    def restore(self, address: str) -> bool:
        """Insert the rows outside of the program; return whether that was possible. No event loop may run.

        A process that has the database open detects the rows as those of another process.
        """
        url = parse_database_url(address)
        rows, numbers = self._taken.get(url.get_backend_name(), ([], []))
        if rows and url.get_backend_name() == "sqlite":
            return _insert(str(sqlite_path(url)), rows)
        tick = _ticks.get(url.database or "")
        if not rows or tick is None or not run_unchecked(address, lambda driver: _copy(driver, rows, numbers)):
            return False
        tick.bump()
        return True


def snapshot(fill: Callable[[Connection], None]) -> SnapshotFixture:
    """Return the action with a snapshot of its rows."""
    return SnapshotFixture(fill)


def _location(connection: Connection) -> str:
    return connection.engine.url.database or ""


def _rows_of(connection: Connection) -> Rows:
    """Return every table that has rows: all of them, or on PostgreSQL what COPY makes of them."""
    found: Rows = []
    for table in TABLES:
        rows = [tuple(row) for row in connection.execute(select(table))]
        if rows and connection.dialect.name == "postgresql":
            copied = BytesIO()
            await_only(_driver(connection).copy_from_table(table.name, output=copied, format="binary"))
            found.append((table, copied.getvalue()))
        elif rows:
            found.append((table, rows))
    return found


def _numbers_of(connection: Connection) -> Numbers:
    """Return the last number of each sequence; SQLite continues after the rows."""
    if connection.dialect.name == "sqlite":
        return []
    return [(name, last) for name, last in connection.execute(_SEQUENCES)]


def _restore(connection: Connection, rows: Rows, numbers: Numbers) -> None:
    if connection.dialect.name == "sqlite":
        for table, values in rows:
            bulk_insert_tuples(connection, table, values)
        return
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # complete, so no foreign key is checked
    for table, copied in rows:
        await_only(_driver(connection).copy_to_table(table.name, source=BytesIO(copied), format="binary"))
    connection.exec_driver_sql(_counting_on(numbers))
    connection.exec_driver_sql("SET LOCAL session_replication_role = origin")
    notify_commit(connection)


def _counting_on(numbers: Numbers) -> str:
    return "SELECT " + ", ".join(f"setval('{name}', {last})" for name, last in numbers)


async def _copy(driver: asyncpg.Connection, rows: Rows, numbers: Numbers) -> bool:
    """Insert rows into a PostgreSQL database, if it is empty."""
    if await driver.fetchval(_ANYTHING) is not None:
        return False
    async with driver.transaction():
        for table, copied in rows:
            await driver.copy_to_table(table.name, source=BytesIO(copied), format="binary")
        await driver.execute(f"{_counting_on(numbers)}; NOTIFY {CHANNEL}")
    return True


def _insert(path: str, rows: Rows) -> bool:
    """Insert rows into a SQLite file, if it is empty."""
    with closing(sqlite3.connect(path, isolation_level=None)) as driver:
        driver.execute("PRAGMA synchronous = OFF")
        driver.execute("BEGIN IMMEDIATE")
        if driver.execute(_ANYTHING).fetchone() is not None:
            return False
        for table, values in rows:
            names, places = ", ".join(f'"{column.name}"' for column in table.c), ", ".join("?" * len(table.c))
            driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({places})", values)  # noqa: S608 - ours
        driver.execute("COMMIT")
    return True


def _driver(connection: Connection) -> Any:
    """Return asyncpg's connection."""
    return connection.connection.driver_connection
