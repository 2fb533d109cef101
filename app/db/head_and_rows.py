"""Rows and a single row above them, read from one snapshot with the fewest statements for each database."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select

from app.db.base import AnyRow
from app.db.prepared import PreparedQuery


class HeadAndRows(NamedTuple):
    """Result: the values of the head in their order, and the rows."""

    head: tuple[Any, ...]
    rows: list[AnyRow]


class HeadAndRowsQuery:
    """Query for rows, and one for their head, a single row; both take values as `PreparedQuery` does.

    For a server they are one statement, `joined`, with the columns of the rows followed by those of the head. For an
    embedded database they are two, because a join would fetch the head with every row: two take half the time. They are
    of one snapshot, which the first begins where none is open, and which ends with the read.
    """

    def __init__(self, head: Select[Any], rows: Select[Any], *, joined: Select[Any]) -> None:
        self._head = PreparedQuery(head)
        self._rows = PreparedQuery(rows)
        self._joined = PreparedQuery(joined)
        self._width = len(head.selected_columns)

    def read(self, connection: Connection, values: Mapping[str, Any]) -> HeadAndRows | None:
        """Return the head and its rows, in order; None without any row."""
        if connection.dialect.name != "sqlite":
            joined = self._joined.all(connection, values)
            return HeadAndRows(tuple(joined[0][-self._width :]), joined) if joined else None
        _begin_snapshot(connection)
        head = self._head.first(connection, values)
        rows = [] if head is None else self._rows.all(connection, values)
        return None if head is None or not rows else HeadAndRows(tuple(head), rows)

    def read_rows(self, connection: Connection, values: Mapping[str, Any]) -> list[AnyRow]:
        """Return the rows alone, in order, of an embedded database."""
        return self._rows.all(connection, values)


def _begin_snapshot(connection: Connection) -> None:
    """Begin a transaction on SQLite, unless the read or write has one: `Database` ends it."""
    driver: Any = connection.connection.driver_connection
    if not driver.in_transaction:
        driver.execute("BEGIN")
