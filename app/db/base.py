"""Metadata that every table registers with, its naming convention, partial indexes and the type of a row."""

from typing import Any

from sqlalchemy import MetaData, Row, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql.compiler import DDLCompiler

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

AnyRow = Row[*tuple[Any, ...]]
"""Row whose columns are read by name."""


def partial_index(condition: str) -> dict[str, str]:
    """Return the `info` of an index that holds only some rows of its table.

    SQLAlchemy's own options name every dialect, and import each of them at every start.
    """
    return {"where": condition}


@compiles(CreateIndex)
def _create_index(create: CreateIndex, compiler: DDLCompiler, **options: Any) -> str:
    condition = create.element.info.get("where")
    if condition is not None:
        create.element.dialect_options[compiler.dialect.name]["where"] = text(condition)
    statement: str = compiler.visit_create_index(create, **options)  # type: ignore[no-untyped-call]  # SQLAlchemy's
    return statement
