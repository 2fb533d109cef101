"""Which releases can work with the schema that each applied migration made."""

from sqlalchemy import Column, Table

from app.db.base import Code, metadata

schema_compatibility = Table(
    "schema_compatibility",
    metadata,
    Column("revision", Code, primary_key=True),
    Column("oldest_compatible_revision", Code, nullable=False),
)
