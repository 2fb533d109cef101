"""Statements that are built once and run by the driver itself, for the questions that are asked most.

SQLAlchemy writes them; to run one, it would take several times what the database does.
"""

from collections import namedtuple
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement, Connection, Dialect, SelectBase
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import await_only

from app.db.base import AnyRow


class DriverText(NamedTuple):
    """A statement as a driver takes it: the names of its values in their places, and those that never change."""

    text: str
    names: tuple[str, ...]
    fixed: dict[str, Any]


def driver_text(statement: ClauseElement, dialect: Dialect) -> DriverText:
    """A statement written for this database; TypeError where its values have no places."""
    compiled = statement.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler) or compiled.positiontup is None:
        raise TypeError("Only statements with positional parameters can be prepared.")
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    return DriverText(str(compiled), tuple(compiled.positiontup), fixed)


class Prepared:
    """A query whose values the driver takes as they are: whole numbers, text, none of them a list."""

    def __init__(self, statement: SelectBase) -> None:
        self._statement = statement
        row: Any = namedtuple("Row", [str(each.key) for each in statement.selected_columns])  # type: ignore[misc]  # noqa: PYI024 - known from the statement
        self._make: Any = partial(tuple.__new__, row)  # what row._make does, in a third of the time
        self._texts: dict[str, DriverText] = {}

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[AnyRow]:
        """The rows, in order, within the connection's snapshot; their members are named as the columns are.

        Whoever writes sees what it wrote: a transaction has begun once SQLAlchemy has run a statement in it.
        """
        text, given = self.bound(connection, values)
        is_sqlite, driver = connection.dialect.name == "sqlite", _driver_of(connection)
        try:
            rows = driver.execute(text, given) if is_sqlite else await_only(driver.fetch(text, *given))
            return [*map(self._make, rows)]
        except Exception as error:
            if not is_sqlite and driver.is_in_transaction() and not driver.is_closed():
                # Asked again there, the server would only say that something failed before; else, what it is.
                raise DBAPIError(text, None, error, hide_parameters=True) from error
            return [*map(self._make, connection.exec_driver_sql(text, given))]

    def first(self, connection: Connection, values: Mapping[str, Any]) -> AnyRow | None:
        """The first row, if there is one."""
        rows = self.all(connection, values)
        return rows[0] if rows else None

    def bound(self, connection: Connection, values: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
        """The statement and its values as this database takes them."""
        dialect = connection.dialect
        text, names, fixed = self._texts.get(dialect.name) or self._compile(dialect)
        if fixed:
            values = {**fixed, **values}
        return text, tuple([values[name] for name in names])

    def _compile(self, dialect: Dialect) -> DriverText:
        self._texts[dialect.name] = text = driver_text(self._statement, dialect)
        return text


def _driver_of(connection: Connection) -> Any:
    return connection.connection.driver_connection
