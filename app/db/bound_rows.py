"""Lists of numbers or codes bound as one value and read as a table, so that a statement is the same for any length.

With one parameter for each element, every length would be another statement, and SQLAlchemy takes 0.2 ms of the event
loop for each parameter that it compiles.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import CTE, BigInteger, ColumnElement, FromClause, Select, Text, bindparam, cast, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Elements(FunctionElement[Any]):
    """Elements of a JSON array, one row each, in a column named `value`."""

    name = "json_elements"
    inherit_cache = True


class _TypeOf(FunctionElement[str]):
    """JSON type of an element."""

    type = Text()
    inherit_cache = True


class _ArrayOf(FunctionElement[str]):
    """Rows as a JSON array of arrays, in their order; NULL or empty without rows."""

    type = Text()
    inherit_cache = True


class _MemberAt(FunctionElement[Any]):
    """Number or code at an index of a JSON array."""

    inherit_cache = True

    def __init__(self, element: ColumnElement[Any], place: int) -> None:
        super().__init__(element, literal_column(str(place)))  # a clause, so that it is in the statement's cache key


@compiles(_Elements)
def _sqlite_elements(element: _Elements, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_Elements, "postgresql")
def _postgresql_elements(element: _Elements, compiler: SQLCompiler, **options: Any) -> str:
    return f"jsonb_array_elements(CAST({compiler.process(element.clauses, **options)} AS JSONB))"


@compiles(_TypeOf)
def _sqlite_type(element: _TypeOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_type({compiler.process(element.clauses, **options)})"


@compiles(_TypeOf, "postgresql")
def _postgresql_type(element: _TypeOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"jsonb_typeof({compiler.process(element.clauses, **options)})"


@compiles(_ArrayOf)
def _sqlite_array(element: _ArrayOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **options)}))"


@compiles(_ArrayOf, "postgresql")
def _postgresql_array(element: _ArrayOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"jsonb_agg(jsonb_build_array({compiler.process(element.clauses, **options)}))"


@compiles(_MemberAt)
def _sqlite_member(element: _MemberAt, compiler: SQLCompiler, **options: Any) -> str:
    value, place = (compiler.process(each, **options) for each in element.clauses)
    return f"json_extract({value}, '$[{place}]')"


@compiles(_MemberAt, "postgresql")
def _postgresql_member(element: _MemberAt, compiler: SQLCompiler, **options: Any) -> str:
    value, place = (compiler.process(each, **options) for each in element.clauses)
    return f"({value} ->> {place})"


@cache
def bound_rows(name: str, *numbers: str, codes: tuple[str, ...] = ()) -> CTE:
    """Return a table whose rows are bound under its name, as `rows_value` writes them: first numbers, then codes.

    It is evaluated once in a statement, however many parts of that read it. Equal arguments return one table object:
    SQLAlchemy refuses two tables of one name.
    """
    return _read_rows(bindparam(name, type_=Text), name, numbers, codes).cte(name).prefix_with("MATERIALIZED")


def rows_value(rows: Iterable[Sequence[int | str]]) -> str:
    """Return the value to bind for these rows."""
    return orjson.dumps([*rows]).decode()


def rows_of_each(table: FromClause, rows: Select[Any], *, codes: tuple[str, ...] = ()) -> Select[Any]:
    """Return the rows of a query for each row of a table that it refers to; `codes` are its columns of text.

    It is a LATERAL join, which SQLite has for functions only: the rows pass through one as JSON.
    """
    each = rows.correlate(table).subquery()
    array = select(_ArrayOf(*each.c)).scalar_subquery()
    numbers = tuple(column.name for column in each.c if column.name not in codes)
    return _read_rows(array, "each", numbers, codes).select_from(table)


def _read_rows(array: ColumnElement[Any], name: str, numbers: Sequence[str], codes: Sequence[str]) -> Select[Any]:
    elements = _Elements(array).table_valued("value", name=f"{name}_elements")
    members = [_MemberAt(elements.c.value, place) for place in range(len(numbers) + len(codes))]
    columns: list[Any] = [cast(members.pop(0), BigInteger).label(column) for column in numbers]
    columns += [member.label(column) for member, column in zip(members, codes, strict=True)]
    # Always true. PostgreSQL estimates a hundred rows for the function and would read a whole table rather than look
    # each row up; for a condition without statistics it estimates that one row in 200 matches.
    return select(*columns).where(_TypeOf(elements.c.value) == literal_column("'array'"))
