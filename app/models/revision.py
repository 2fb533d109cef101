"""Revisions: a row for every save of an article; what it said then is kept once it says something else."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from app.db.base import Id, Instant, JsonText, metadata

# `content` is null as long as the next revision (for the last one: the article itself) says the same: a save that
# only publishes or withdraws copies nothing, and an import into an empty database writes no text twice.
revisions = Table(
    "revisions",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("published_at", Instant),
    Column("action", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("note_type", Text),
    Column("note_text", Text),
    Column("content", JsonText),
    sqlite_with_rowid=False,
)
