"""Sections: the departments of one edition."""

from sqlalchemy import ForeignKey, Table, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Instant, JsonText


class SectionModel(Base):
    """A section of an edition; `is_listed` unless hidden, or only articles that were never public name it.

    `is_entered` is false in the latter case alone.
    """

    __tablename__ = "sections"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    slug: Mapped[Code]
    name: Mapped[str]
    position: Mapped[int | None]
    description: Mapped[str | None]
    image: Mapped[JsonText | None]
    modified_at: Mapped[Instant]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    is_listed: Mapped[bool] = mapped_column(server_default=true())
    is_entered: Mapped[bool] = mapped_column(server_default=true())
    is_hidden: Mapped[bool] = mapped_column(server_default=false())

    __table_args__ = (UniqueConstraint("edition_id", "slug"),)


sections: Table = SectionModel.__table__
