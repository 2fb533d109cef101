"""Responses to requests with an Idempotency-Key, stored for a day."""

from sqlalchemy import Index, Table
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Id, Instant, JsonText


class IdempotencyKeyModel(Base):
    """The response to the first request with an Idempotency-Key; repeats of the request receive it again."""

    __tablename__ = "idempotency_keys"

    api_key_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[Code] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    status: Mapped[int]
    headers: Mapped[JsonText]
    body: Mapped[bytes]
    article_id: Mapped[Id | None]
    created_at: Mapped[Instant]

    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"),)


idempotency_keys: Table = IdempotencyKeyModel.__table__
