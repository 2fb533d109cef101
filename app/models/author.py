"""Authors: the people and organisations that sign articles."""

from sqlalchemy import Table, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Instant, JsonText


class AuthorModel(Base):
    """An author of the installation, shared by its editions; listed while a public article names it.

    `is_entered` is false while only articles that were never public name it.
    """

    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[Code]
    name: Mapped[str]
    role: Mapped[str | None]
    bio: Mapped[str | None]
    bios: Mapped[JsonText] = mapped_column(server_default=text("'{}'"))
    author_type: Mapped[Code] = mapped_column(server_default=text("'person'"))
    image: Mapped[JsonText | None]
    url: Mapped[str | None]
    email: Mapped[str | None]
    links: Mapped[JsonText] = mapped_column(server_default=text("'[]'"))
    modified_at: Mapped[Instant]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    is_listed: Mapped[bool] = mapped_column(server_default=true())
    is_entered: Mapped[bool] = mapped_column(server_default=true())

    __table_args__ = (UniqueConstraint("slug"),)


authors: Table = AuthorModel.__table__
