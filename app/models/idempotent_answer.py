"""Answers to requests that came with an Idempotency-Key, to be given again for a day."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table

from app.db.base import Code, Id, Instant, JsonText, metadata

idempotent_answers = Table(
    "idempotent_answers",
    metadata,
    Column("api_key_id", Integer, primary_key=True, autoincrement=False),
    Column("name", Code, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JsonText, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("article_id", Id),
    Column("at", Instant, nullable=False),
)

Index("ix_idempotent_answers_at", idempotent_answers.c.at)
