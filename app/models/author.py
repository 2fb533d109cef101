"""Authors: the people who sign, with a one-line biography."""

from sqlalchemy import Column, Integer, Table, Text, UniqueConstraint

from app.db.base import Code, Instant, metadata

authors = Table(
    "authors",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", Code, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text),
    Column("bio", Text),
    Column("modified_at", Instant, nullable=False),
    UniqueConstraint("slug"),
)
