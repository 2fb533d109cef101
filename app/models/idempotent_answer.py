"""Responses to requests with an Idempotency-Key, stored for a day."""

from sqlalchemy import Index, Table
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Id, Instant, JsonText


class IdempotentAnswerModel(Base):
    """The response to the first request with an Idempotency-Key; repeats of the request receive it again."""

    __tablename__ = "idempotent_answers"

    api_key_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[Code] = mapped_column(primary_key=True)
    digest: Mapped[bytes]
    status: Mapped[int]
    headers: Mapped[JsonText]
    body: Mapped[bytes]
    article_id: Mapped[Id | None]
    at: Mapped[Instant]

    __table_args__ = (Index("ix_idempotent_answers_at", "at"),)


idempotent_answers: Table = IdempotentAnswerModel.__table__
