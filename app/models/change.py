"""The change log: one row for every public change, numbered in the order of commits."""

from sqlalchemy import Column, Index, Integer, Table, Text

from app.db.base import Id, Instant, JsonText, metadata

changes = Table(
    "changes",
    metadata,
    Column("seq", Id, primary_key=True, autoincrement=False),
    Column("type", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("edition_id", Integer),
    Column("article_id", Id),
    Column("actor", Text),
    Column("keys", JsonText, nullable=False),
)

# What was said of an article before, and what was said of anything else: for making the log's old part short.
Index("ix_changes_article_id_seq", changes.c.article_id, changes.c.seq)
