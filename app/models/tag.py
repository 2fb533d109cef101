"""Tags: subjects that articles of every edition share."""

from sqlalchemy import Boolean, Column, Integer, Table, Text, UniqueConstraint, text, true

from app.db.base import Code, Instant, metadata

tags = Table(
    "tags",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", Code, nullable=False),
    Column("name", Text, nullable=False),
    Column("modified_at", Instant, nullable=False),
    Column("revision", Integer, nullable=False, server_default=text("1")),
    Column("is_listed", Boolean, nullable=False, server_default=true()),
    UniqueConstraint("slug"),
)
