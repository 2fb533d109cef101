"""Webhooks: who is told of changes, and what was sent or is to be sent to each."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, text

from app.db.base import Code, Id, Instant, JsonText, metadata, partial_index

# `filled_seq`: every change up to it is among the deliveries or does not concern the endpoint. While `claimed_until`
# lies ahead the process `claimed_by` sends, and no other; its secrets are kept as they are, to sign with.
webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False),
    Column("description", Text),
    Column("question", JsonText, nullable=False),
    Column("types", JsonText, nullable=False),
    Column("secret", Text, nullable=False),
    Column("previous_secret", Text),
    Column("previous_until", Instant),
    Column("filled_seq", Id, nullable=False),
    Column("failing_since", Instant),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("due_at", Instant, nullable=False, server_default=text("0")),
    Column("disabled_at", Instant),
    Column("disabled_reason", Text),
    Column("claimed_by", Code),
    Column("claimed_until", Instant, nullable=False, server_default=text("0")),
    Column("created_at", Instant, nullable=False),
    Column("modified_at", Instant, nullable=False),
    Column("revision", Integer, nullable=False, server_default=text("1")),
)

# The outbox and the record of what was sent. Nothing of an article's text is here: it is read when it is sent. `entry`
# is what of the catalogue was edited; `at` when it happened.
webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("endpoint_id", Id, ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Id, primary_key=True, autoincrement=False),
    Column("type", Code, nullable=False),
    Column("at", Instant, nullable=False),
    Column("article_id", Id),
    Column("entry", JsonText),
    Column("status", Code, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("attempted_at", Instant),
    Column("response_status", Integer),
    Column("reason", Text),
    Column("duration_ms", Integer),
    Column("delivered_at", Instant),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("status IN ('pending', 'delivered')", name="status"),
    sqlite_with_rowid=False,
)

Index(
    "ix_webhook_deliveries_pending",
    webhook_deliveries.c.endpoint_id,
    webhook_deliveries.c.seq,
    info=partial_index("status = 'pending'"),
)
