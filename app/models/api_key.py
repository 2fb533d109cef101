"""API keys: the credentials of programs, stored as digests."""

from sqlalchemy import Table, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Instant, JsonText


class ApiKeyModel(Base):
    """An API key. After a rotation its former secret stays valid until `previous_secret_expires_at`.

    `edition_ids` (null for all) are the editions whose articles it may read and write in the editorial API; a trusted
    key may name the person it acts for.
    """

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    prefix: Mapped[Code]
    name: Mapped[str]
    scopes: Mapped[JsonText]
    edition_ids: Mapped[JsonText | None]
    is_trusted: Mapped[bool] = mapped_column(server_default=false())
    digest: Mapped[bytes]
    previous_digest: Mapped[bytes | None]
    previous_secret_expires_at: Mapped[Instant | None]
    created_at: Mapped[Instant]
    rotated_at: Mapped[Instant | None]
    expires_at: Mapped[Instant | None]
    revoked_at: Mapped[Instant | None]
    last_used_at: Mapped[Instant | None]

    __table_args__ = (UniqueConstraint("prefix"),)


api_keys: Table = ApiKeyModel.__table__
