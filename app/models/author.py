"""Authors: the people who sign articles, with a one-line biography."""

from sqlalchemy import Table, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Instant


class AuthorModel(Base):
    """An author of the installation, shared by its editions."""

    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[Code]
    name: Mapped[str]
    role: Mapped[str | None]
    bio: Mapped[str | None]
    modified_at: Mapped[Instant]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    is_listed: Mapped[bool] = mapped_column(server_default=true())

    __table_args__ = (UniqueConstraint("slug"),)


authors: Table = AuthorModel.__table__
