"""Sections: the departments of one edition."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from app.db.base import Code, Instant, metadata

sections = Table(
    "sections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("edition_id", ForeignKey("editions.id"), nullable=False),
    Column("slug", Code, nullable=False),
    Column("name", Text, nullable=False),
    Column("modified_at", Instant, nullable=False),
    UniqueConstraint("edition_id", "slug"),
)
