"""Prepared queries: statements that are compiled once and run by the driver itself, for the most frequent queries.

SQLAlchemy compiles them; executing one through it would take several times as long as the database does.
"""

import sys
from collections import namedtuple
from collections.abc import Callable, Mapping
from functools import lru_cache, partial, wraps
from typing import Any, NamedTuple, ParamSpec, cast

from sqlalchemy import ClauseElement, Connection, Dialect, SelectBase
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import await_only

from app.db.base import AnyRow

MAX_SHAPES = 256

P = ParamSpec("P")


class CompiledSql(NamedTuple):
    """Statement in the driver's syntax: the names of its parameters in order, and those with constant values."""

    text: str
    names: tuple[str, ...]
    fixed: dict[str, Any]


def compile_for_driver(statement: ClauseElement, dialect: Dialect) -> CompiledSql:
    """Compile a statement for this database; TypeError if its parameters have no fixed positions."""
    compiled = statement.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler) or compiled.positiontup is None:
        raise TypeError("Only statements with positional parameters can be prepared.")
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    return CompiledSql(str(compiled), tuple(map(sys.intern, compiled.positiontup)), fixed)


@lru_cache(maxsize=256)
def _row_maker(names: tuple[str, ...]) -> Any:
    row: Any = namedtuple("Row", names)  # type: ignore[misc]  # noqa: PYI024 - the statement has the fields
    return partial(tuple.__new__, row)  # as row._make does, in a third of the time


class PreparedQuery:
    """Query whose parameters are in the driver's types: integers and text, no lists.

    With `build` in place of the statement only its text stays in memory after compiling: SQLAlchemy's objects take ten
    times as much.
    """

    def __init__(
        self,
        statement: SelectBase | None = None,
        *,
        build: Callable[[], SelectBase] | None = None,
    ) -> None:
        self._statement = statement
        self._build = build
        self._make: Any = None
        self._texts: dict[str, CompiledSql] = {}

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[AnyRow]:
        """Return the rows, in order, within the connection's snapshot, with attributes named after the columns.

        A writer reads its own writes: SQLAlchemy has begun a transaction with its first statement.
        """
        text, given = self.bind(connection, values)
        is_sqlite, pooled = connection.dialect.name == "sqlite", connection.connection
        # Of sqlite3 both are one object, and this attribute is found in a third of the time.
        driver: Any = pooled.dbapi_connection if is_sqlite else pooled.driver_connection
        try:
            rows = driver.execute(text, given) if is_sqlite else await_only(driver.fetch(text, *given))
            return [*map(self._make, rows)]
        except OSError:  # the server did not respond in time: asyncpg would wait for it to cancel the statement
            driver.terminate()
            raise
        except Exception as error:
            if not is_sqlite and not driver.is_closed() and driver.is_in_transaction():
                # Repeated there, the server would only report that an earlier statement failed.
                raise DBAPIError(text, None, error, hide_parameters=True) from error
            return [*map(self._make, connection.exec_driver_sql(text, given))]

    def first(self, connection: Connection, values: Mapping[str, Any]) -> AnyRow | None:
        """Return the first row, or None."""
        rows = self.all(connection, values)
        return rows[0] if rows else None

    def bind(self, connection: Connection, values: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
        """Return the statement and its values in the syntax of this database."""
        dialect = connection.dialect
        text, names, fixed = self._texts.get(dialect.name) or self._compile(dialect)
        if fixed:
            values = {**fixed, **values}
        return text, tuple([values[name] for name in names])

    def _compile(self, dialect: Dialect) -> CompiledSql:
        statement = self._build() if self._build is not None else self._statement
        if statement is None:
            raise TypeError("A prepared query needs a statement, or a function that builds it.")
        text = compile_for_driver(statement, dialect)
        self._make = _row_maker(tuple(str(each.key) for each in statement.selected_columns))
        self._texts[dialect.name] = text
        return text


def by_shape(build: Callable[P, SelectBase]) -> Callable[P, PreparedQuery]:
    """Decorate a function that builds a statement, so that it returns it prepared; the latest 256 are cached as text.

    Its arguments are hashable, and the statement depends on nothing else but bound values.
    """

    @lru_cache(maxsize=MAX_SHAPES)
    def find(*args: P.args, **kwargs: P.kwargs) -> PreparedQuery:
        return PreparedQuery(build=partial(build, *args, **kwargs))

    return cast("Callable[P, PreparedQuery]", wraps(build)(find))
