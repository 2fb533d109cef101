"""Sections: the departments of one edition."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text, UniqueConstraint, text, true

from app.db.base import Code, Instant, metadata

sections = Table(
    "sections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("edition_id", ForeignKey("editions.id"), nullable=False),
    Column("slug", Code, nullable=False),
    Column("name", Text, nullable=False),
    Column("modified_at", Instant, nullable=False),
    Column("revision", Integer, nullable=False, server_default=text("1")),
    Column("is_listed", Boolean, nullable=False, server_default=true()),
    UniqueConstraint("edition_id", "slug"),
)
