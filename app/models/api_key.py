"""API keys: what a program shows to write, kept as a digest only."""

from sqlalchemy import Column, Integer, LargeBinary, Table, Text, UniqueConstraint

from app.db.base import Code, Instant, JsonText, metadata

# While a rotation is under way the secret before it is good until `previous_until`.
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("prefix", Code, nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", JsonText, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("previous_digest", LargeBinary),
    Column("previous_until", Instant),
    Column("created_at", Instant, nullable=False),
    Column("rotated_at", Instant),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("last_used_at", Instant),
    UniqueConstraint("prefix"),
)
