"""The change log: one row for every public change, numbered in the order of commits."""

from sqlalchemy import Column, Integer, Table, Text

from app.db.base import Id, Instant, JsonText, metadata

changes = Table(
    "changes",
    metadata,
    Column("seq", Id, primary_key=True, autoincrement=False),
    Column("type", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("edition_id", Integer),
    Column("article_id", Id),
    Column("keys", JsonText, nullable=False),
)
