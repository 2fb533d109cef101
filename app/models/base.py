"""Declarative base of every model, and the column types of its annotations."""

from typing import Annotated, ClassVar

from sqlalchemy import BigInteger, Integer, Table, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column

from app.db import base

Instant = Annotated[int, mapped_column(BigInteger())]
"""Microseconds since 1970-01-01T00:00:00Z."""

Id = Annotated[int, mapped_column(BigInteger().with_variant(Integer(), "sqlite"))]
"""64-bit key. SQLite stores an INTEGER PRIMARY KEY as the rowid."""

Code = Annotated[str, mapped_column(Text().with_variant(Text(collation="C"), "postgresql"))]
"""Slug or code, compared byte by byte on both databases."""

JsonText = Annotated[str, mapped_column(Text())]
"""JSON document as text. Queries decode it with orjson; the database never searches it."""


class Base(DeclarativeBase):
    """Base of the models: one class for each table.

    Queries and actions run Core statements over `__table__`, which each model's module exports under the table's
    name. The classes serve the reader, Alembic and scripts that read the database through a `Session`.
    """

    __table__: ClassVar[Table]

    metadata = base.metadata
    type_annotation_map: ClassVar = {str: Text()}
