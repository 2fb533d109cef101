"""Sections: the departments of one edition."""

from sqlalchemy import ForeignKey, Table, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Instant


class SectionModel(Base):
    """A section of an edition."""

    __tablename__ = "sections"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    slug: Mapped[Code]
    name: Mapped[str]
    modified_at: Mapped[Instant]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    is_listed: Mapped[bool] = mapped_column(server_default=true())

    __table_args__ = (UniqueConstraint("edition_id", "slug"),)


sections: Table = SectionModel.__table__
