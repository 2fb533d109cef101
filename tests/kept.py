"""What an action fills an empty database with, kept by this process and put back as rows where it is asked for again.

Storing a small newsroom properly takes a tenth of a second and more, and hundreds of tests begin with it. A test that
is about storing stores by itself.
"""

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any

from sqlalchemy import Connection, Table, select, text
from sqlalchemy.util import await_only

from app.db.base import metadata
from app.db.bulk import insert_tuples
from app.db.commits import announce_commit

Rows = list[tuple[Table, Any]]
Fill = Callable[[Connection], None]

_ANYTHING = " UNION ALL ".join(
    f"SELECT 1 WHERE EXISTS (SELECT 1 FROM {table.name})"  # noqa: S608 - names of the schema's tables
    for table in metadata.sorted_tables
)
_SEQUENCES = text("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")


def kept(fill: Fill) -> Fill:
    """The same action, done once for each kind of database; after that its rows are put into an empty one.

    Ids, and whatever else is made at random, are those of the first time. A database that holds anything already is
    filled by the action itself.
    """
    taken: dict[str, tuple[Rows, list[tuple[str, int]]]] = {}

    @wraps(fill)
    def put(connection: Connection) -> None:
        kind = connection.dialect.name
        if not _is_empty(connection):
            fill(connection)
        elif kind not in taken:
            fill(connection)
            taken[kind] = _rows_of(connection), _numbers_of(connection)
        else:
            _put_back(connection, *taken[kind])

    return put


def _is_empty(connection: Connection) -> bool:
    return connection.exec_driver_sql(_ANYTHING).first() is None


def _rows_of(connection: Connection) -> Rows:
    """Every table that has rows: all of them, or on PostgreSQL what COPY makes of them."""
    found: Rows = []
    for table in metadata.sorted_tables:
        rows = [tuple(row) for row in connection.execute(select(table))]
        if rows and connection.dialect.name == "postgresql":
            copied = BytesIO()
            await_only(_driver(connection).copy_from_table(table.name, output=copied, format="binary"))
            found.append((table, copied.getvalue()))
        elif rows:
            found.append((table, rows))
    return found


def _numbers_of(connection: Connection) -> list[tuple[str, int]]:
    """The last number each sequence gave out; SQLite counts on from the rows."""
    if connection.dialect.name == "sqlite":
        return []
    return [(name, last) for name, last in connection.execute(_SEQUENCES)]


def _put_back(connection: Connection, rows: Rows, numbers: list[tuple[str, int]]) -> None:
    if connection.dialect.name == "sqlite":
        for table, values in rows:
            insert_tuples(connection, table, values)
        return
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # whole, so no reference is looked up
    for table, copied in rows:
        await_only(_driver(connection).copy_to_table(table.name, source=BytesIO(copied), format="binary"))
    connection.exec_driver_sql("SELECT " + ", ".join(f"setval('{name}', {last})" for name, last in numbers))
    connection.exec_driver_sql("SET LOCAL session_replication_role = origin")
    announce_commit(connection)


def _driver(connection: Connection) -> Any:
    """The connection as asyncpg knows it."""
    return connection.connection.driver_connection
