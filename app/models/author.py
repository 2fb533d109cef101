"""Authors: the people who sign, with a one-line biography."""

from sqlalchemy import Boolean, Column, Integer, Table, Text, UniqueConstraint, text, true

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
    Column("revision", Integer, nullable=False, server_default=text("1")),
    Column("is_listed", Boolean, nullable=False, server_default=true()),
    UniqueConstraint("slug"),
)
