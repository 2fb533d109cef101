"""Inserting many rows at once, without a compiler's pass over each of them."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns, with values as the driver takes them; none is fine.

    SQLAlchemy's own executemany spends longer on each row's parameters than SQLite does on the row.
    """
    if rows:
        statement, names = _compile(connection.dialect, table, frozenset(rows[0]))
        connection.exec_driver_sql(statement, [tuple([row[name] for name in names]) for row in rows])


@lru_cache(maxsize=64)
def _compile(dialect: Dialect, table: Table, names: frozenset[str]) -> tuple[str, list[str]]:
    ordered = [column.name for column in table.c if column.name in names]
    return str(insert(table).compile(dialect=dialect, column_keys=ordered)), ordered
