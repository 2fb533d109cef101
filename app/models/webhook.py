"""Webhook endpoints, and the deliveries that were sent or are to be sent to each of them."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Table, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import partial_index
from app.models.base import Base, Code, Id, Instant, JsonText


class WebhookEndpointModel(Base):
    """A webhook endpoint and the state of its delivery.

    Every change up to `enqueued_seq` has a delivery, or the endpoint's filters exclude it. Until `lease_expires_at`
    only the process `lease_owner` sends. Secrets are stored in the clear, because they sign payloads.
    """

    __tablename__ = "webhook_endpoints"

    id: Mapped[Id] = mapped_column(primary_key=True, autoincrement=False)
    url: Mapped[str]
    description: Mapped[str | None]
    filters: Mapped[JsonText]
    types: Mapped[JsonText]
    payload: Mapped[Code] = mapped_column(server_default=text("'dayline'"))
    secret: Mapped[str]
    previous_secret: Mapped[str | None]
    previous_secret_expires_at: Mapped[Instant | None]
    enqueued_seq: Mapped[Id]
    failing_since: Mapped[Instant | None]
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    next_attempt_at: Mapped[Instant] = mapped_column(server_default=text("0"))
    disabled_at: Mapped[Instant | None]
    disabled_reason: Mapped[str | None]
    lease_owner: Mapped[Code | None]
    lease_expires_at: Mapped[Instant] = mapped_column(server_default=text("0"))
    created_at: Mapped[Instant]
    modified_at: Mapped[Instant]
    revision: Mapped[int] = mapped_column(server_default=text("1"))


class WebhookDeliveryModel(Base):
    """A delivery: the outbox and the record of attempts in one table.

    It holds no text of an article, which is read when the payload is sent. `entry` names the catalogue entry that was
    edited; `at` is when the change happened.
    """

    __tablename__ = "webhook_deliveries"

    endpoint_id: Mapped[Id] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[Id] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[Code]
    at: Mapped[Instant]
    article_id: Mapped[Id | None]
    entry: Mapped[JsonText | None]
    status: Mapped[Code]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    attempted_at: Mapped[Instant | None]
    response_status: Mapped[int | None]
    reason: Mapped[str | None]
    duration_ms: Mapped[int | None]
    delivered_at: Mapped[Instant | None]
    created_at: Mapped[Instant]

    __table_args__ = (
        CheckConstraint("status IN ('pending', 'delivered')", name="status"),
        Index("ix_webhook_deliveries_pending", "endpoint_id", "seq", info=partial_index("status = 'pending'")),
        {"sqlite_with_rowid": False},
    )


webhook_endpoints: Table = WebhookEndpointModel.__table__
webhook_deliveries: Table = WebhookDeliveryModel.__table__
