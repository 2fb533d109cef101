"""What the installation keeps about itself: its signing secret and how far its upkeep has come."""

from sqlalchemy import Column, LargeBinary, Table

from app.db.base import Code, metadata

installation = Table(
    "installation",
    metadata,
    Column("name", Code, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
