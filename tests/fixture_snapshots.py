"""What an action fills an empty database with, kept by this process and put back as rows where it is asked for again.

Storing a small newsroom properly takes a tenth of a second and more, and hundreds of tests begin with it. A test that
is about storing stores by itself.
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
from tests.pg_cleanup import NAMES, from_outside

Rows = list[tuple[Table, Any]]
Numbers = list[tuple[str, int]]

TABLES = [table for table in metadata.sorted_tables if table.name in NAMES]
_ANYTHING = " UNION ALL ".join(
    f"SELECT 1 WHERE EXISTS (SELECT 1 FROM {table.name})"  # noqa: S608 - names of the schema's tables
    for table in TABLES
)
_SEQUENCES = text("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
_ticks: dict[str, SharedCommitFlag | None] = {}


class Kept:
    """An action that is done once for each kind of database; after that its rows are put into an empty one.

    Ids, and whatever else is made at random, are those of the first time. A database that holds anything already is
    filled by the action itself.
    """

    def __init__(self, fill: Callable[[Connection], None]) -> None:
        self._fill = fill
        self._taken: dict[str, tuple[Rows, Numbers]] = {}

    def __call__(self, connection: Connection) -> None:
        """Do it on a connection, within its transaction."""
        kind = connection.dialect.name
        if connection.exec_driver_sql(_ANYTHING).first() is not None:
            self._fill(connection)
        elif kind not in self._taken:
            self._fill(connection)
            self._taken[kind] = _rows_of(connection), _numbers_of(connection)
            _ticks[_place_of(connection)] = open_commit_flag(connection) if kind == "postgresql" else None
        else:
            _put_back(connection, *self._taken[kind])

    def put_back(self, address: str) -> bool:
        """Whether its rows could be put into this database by themselves, past the program; no loop may run.

        Who has the database open learns of it as of whatever another process writes.
        """
        url = parse_database_url(address)
        rows, numbers = self._taken.get(url.get_backend_name(), ([], []))
        if rows and url.get_backend_name() == "sqlite":
            return _insert(str(sqlite_path(url)), rows)
        tick = _ticks.get(url.database or "")
        if not rows or tick is None or not from_outside(address, lambda driver: _copy(driver, rows, numbers)):
            return False
        tick.bump()
        return True


def kept(fill: Callable[[Connection], None]) -> Kept:
    """The same action, kept."""
    return Kept(fill)


def _place_of(connection: Connection) -> str:
    return connection.engine.url.database or ""


def _rows_of(connection: Connection) -> Rows:
    """Every table that has rows: all of them, or on PostgreSQL what COPY makes of them."""
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
    """The last number each sequence gave out; SQLite counts on from the rows."""
    if connection.dialect.name == "sqlite":
        return []
    return [(name, last) for name, last in connection.execute(_SEQUENCES)]


def _put_back(connection: Connection, rows: Rows, numbers: Numbers) -> None:
    if connection.dialect.name == "sqlite":
        for table, values in rows:
            bulk_insert_tuples(connection, table, values)
        return
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # whole, so no reference is looked up
    for table, copied in rows:
        await_only(_driver(connection).copy_to_table(table.name, source=BytesIO(copied), format="binary"))
    connection.exec_driver_sql(_counting_on(numbers))
    connection.exec_driver_sql("SET LOCAL session_replication_role = origin")
    notify_commit(connection)


def _counting_on(numbers: Numbers) -> str:
    return "SELECT " + ", ".join(f"setval('{name}', {last})" for name, last in numbers)


async def _copy(driver: asyncpg.Connection, rows: Rows, numbers: Numbers) -> bool:
    """Put rows into a PostgreSQL database, if it is empty."""
    if await driver.fetchval(_ANYTHING) is not None:
        return False
    async with driver.transaction():
        for table, copied in rows:
            await driver.copy_to_table(table.name, source=BytesIO(copied), format="binary")
        await driver.execute(f"{_counting_on(numbers)}; NOTIFY {CHANNEL}")
    return True


def _insert(path: str, rows: Rows) -> bool:
    """Put rows into a SQLite file, if it is empty."""
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
    """The connection as asyncpg knows it."""
    return connection.connection.driver_connection
