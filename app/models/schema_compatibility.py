"""Table of the oldest release that can work with the schema of each applied migration."""

from sqlalchemy import Column, Table

from app.db.base import Code, metadata

schema_compatibility = Table(
    "schema_compatibility",
    metadata,
    Column("revision", Code, primary_key=True),
    Column("oldest_compatible_revision", Code, nullable=False),
)
