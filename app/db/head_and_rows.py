"""Rows and what stands above them, read as of one moment in the way that takes each database least."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select

from app.db.base import AnyRow
from app.db.prepared import PreparedQuery


class HeadAndRows(NamedTuple):
    """What was read: the values of the head in their order, and the rows."""

    head: tuple[Any, ...]
    rows: list[AnyRow]


class HeadAndRowsQuery:
    """A query for rows, and one for the single row above them, both with values as `PreparedQuery` takes them.

    Where a statement has to travel they are one, `joined`, whose columns are those of the head and then those of
    the rows. Embedded they are two, since the head would be fetched again with every row: half the time is saved.
    Two are of one moment in a transaction only, in which `Database.read_autocommit` runs them.
    """

    def __init__(self, head: Select[Any], rows: Select[Any], *, joined: Select[Any]) -> None:
        self._head = PreparedQuery(head)
        self._rows = PreparedQuery(rows)
        self._joined = PreparedQuery(joined)
        self._width = len(head.selected_columns)

    def read(self, connection: Connection, values: Mapping[str, Any]) -> HeadAndRows | None:
        """The head and its rows, in order; None where there is no row."""
        if connection.dialect.name != "sqlite":
            joined = self._joined.all(connection, values)
            return HeadAndRows(tuple(joined[0][: self._width]), joined) if joined else None
        head = self._head.first(connection, values)
        rows = [] if head is None else self._rows.all(connection, values)
        return None if head is None or not rows else HeadAndRows(tuple(head), rows)
