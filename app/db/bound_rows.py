"""Lists of numbers that are bound as one value and read as a table: the statement is the same whatever their length.

A parameter for each number would make a statement for each length, and SQLAlchemy takes 0.2 ms of the event loop
for every parameter that it compiles.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import CTE, BigInteger, ColumnElement, Text, bindparam, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Elements(FunctionElement[Any]):
    """The elements of a JSON array, a row each, in a column called `value`."""

    name = "json_elements"
    inherit_cache = True


class _TypeOf(FunctionElement[str]):
    """What kind of JSON value an element is."""

    type = Text()
    inherit_cache = True


class _NumberAt(FunctionElement[int]):
    """The number at a place of a JSON array of numbers."""

    type = BigInteger()
    inherit_cache = True

    def __init__(self, element: ColumnElement[Any], place: int) -> None:
        super().__init__(element, literal_column(str(place)))  # a clause: part of what a statement is cached by


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


@compiles(_NumberAt)
def _sqlite_number(element: _NumberAt, compiler: SQLCompiler, **options: Any) -> str:
    value, place = (compiler.process(each, **options) for each in element.clauses)
    return f"json_extract({value}, '$[{place}]')"


@compiles(_NumberAt, "postgresql")
def _postgresql_number(element: _NumberAt, compiler: SQLCompiler, **options: Any) -> str:
    value, place = (compiler.process(each, **options) for each in element.clauses)
    return f"CAST({value} ->> {place} AS BIGINT)"


@cache
def bound_rows(name: str, *columns: str) -> CTE:
    """A table of these columns whose rows are bound under its name, as `rows_value` writes them.

    It is evaluated once a statement, however many parts of that read it. The same table is returned for the same
    names, since SQLAlchemy takes two of one name for a mistake.
    """
    elements = _Elements(bindparam(name, type_=Text)).table_valued("value", name=f"{name}_elements")
    numbers = [_NumberAt(elements.c.value, place).label(column) for place, column in enumerate(columns)]
    # Always true. PostgreSQL expects a hundred rows of the function and would rather read a whole table than look
    # each up; of a condition that it knows nothing about, it expects that one row in 200 meets it.
    is_row = _TypeOf(elements.c.value) == literal_column("'array'")
    return select(*numbers).where(is_row).cte(name).prefix_with("MATERIALIZED")


def rows_value(rows: Iterable[Sequence[int]]) -> str:
    """The value to bind for these rows."""
    return orjson.dumps([*rows]).decode()
