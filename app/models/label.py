"""Labels: the badges of the installation, with their translations, disclaimer and genre."""

from sqlalchemy import Boolean, Column, Integer, Table, Text, UniqueConstraint, text, true

from app.db.base import Code, Instant, JsonText, metadata

labels = Table(
    "labels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", Code, nullable=False),
    Column("text", Text, nullable=False),
    Column("texts", JsonText, nullable=False),
    Column("disclaimer", Text),
    Column("disclaimers", JsonText, nullable=False),
    Column("genre", Text),
    Column("modified_at", Instant, nullable=False),
    Column("revision", Integer, nullable=False, server_default=text("1")),
    Column("is_listed", Boolean, nullable=False, server_default=true()),
    UniqueConstraint("code"),
)
