"""Bulk statements for many rows, without compiling each of them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Connection, Dialect, Table, bindparam, insert, update

from app.db.prepared import compile_for_driver

CHUNK_SIZE = 10_000

T = TypeVar("T")


def chunked(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield chunks that fit an IN clause: PostgreSQL accepts 32,767 arguments in a statement."""
    for start in range(0, len(values), CHUNK_SIZE):
        yield values[start : start + CHUNK_SIZE]


def bulk_insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows with equal columns and values in the driver's types; [] is valid.

    SQLAlchemy's executemany spends more time on the parameters of a row than SQLite on inserting it.
    """
    if rows:
        statement, names = _compile_insert(connection.dialect, table, frozenset(rows[0]))
        connection.exec_driver_sql(statement, [tuple([row[name] for name in names]) for row in rows])


def bulk_insert_tuples(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows with a value for every column in the table's order; no row is valid."""
    if rows:
        statement, _names = _compile_insert(connection.dialect, table, frozenset(table.c.keys()))
        connection.exec_driver_sql(statement, rows)


def bulk_insert_missing(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows as `bulk_insert_tuples` does, except those whose key exists; no row is valid."""
    if rows:
        statement, _names = _compile_insert(connection.dialect, table, frozenset(table.c.keys()))
        connection.exec_driver_sql(f"{statement} ON CONFLICT DO NOTHING", rows)


def reuses_ids(connection: Connection) -> bool:
    """Return whether the database assigns the highest id of a table again after its row was deleted: SQLite does."""
    return connection.dialect.name == "sqlite"


def bulk_update(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    unchanged: frozenset[str] = frozenset(),
) -> None:
    """Update rows by primary key, with equal columns and values in the driver's types; no row is valid.

    The `unchanged` columns are left out: SQLite writes the entries of their indexes again, even with equal values.
    """
    if rows:
        statement, names = _compile_update(connection.dialect, table, frozenset(rows[0]) - unchanged)
        connection.exec_driver_sql(statement, [tuple([row[name] for name in names]) for row in rows])


@lru_cache(maxsize=64)
def _compile_insert(dialect: Dialect, table: Table, names: frozenset[str]) -> tuple[str, list[str]]:
    ordered = [column.name for column in table.c if column.name in names]
    return str(insert(table).compile(dialect=dialect, column_keys=ordered)), ordered


@lru_cache(maxsize=64)
def _compile_update(dialect: Dialect, table: Table, names: frozenset[str]) -> tuple[str, list[str]]:
    given: dict[str, BindParameter[Any]] = {
        name: bindparam(f"new_{name}", type_=table.c[name].type) for name in sorted(names)
    }
    keys = [column == given.pop(column.name) for column in table.primary_key]
    text, places, _fixed = compile_for_driver(update(table).where(*keys).values(given), dialect)
    return text, [place.removeprefix("new_") for place in places]
