"""Tags: subjects that articles of every edition share."""

from sqlalchemy import Column, Integer, Table, Text, UniqueConstraint

from app.db.base import Code, Instant, metadata

tags = Table(
    "tags",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", Code, nullable=False),
    Column("name", Text, nullable=False),
    Column("modified_at", Instant, nullable=False),
    UniqueConstraint("slug"),
)
