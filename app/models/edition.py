"""Editions: a publication with its own language, time zone and site."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, UniqueConstraint, text

from app.db.base import Code, Instant, JsonText, metadata, partial_index

editions = Table(
    "editions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", Code, nullable=False),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("site_url", Text, nullable=False),
    Column("article_url", Text),
    Column("is_default", Boolean, nullable=False),
    Column("strings", JsonText, nullable=False),
    Column("modified_at", Instant, nullable=False),
    Column("feed_content", Code, nullable=False, server_default=text("'summary'")),
    Column("revision", Integer, nullable=False, server_default=text("1")),
    UniqueConstraint("slug"),
)

Index(
    "uq_editions_default",
    editions.c.is_default,
    unique=True,
    info=partial_index("is_default"),
)
