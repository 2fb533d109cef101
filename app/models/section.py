"""Sections: the departments of one edition."""

from sqlalchemy import ForeignKey, Index, Table, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Instant, JsonText


class SectionModel(Base):
    """A section of an edition; `is_listed` unless hidden, or only articles that were never public name it.

    `is_entered` is false in the latter case alone. `is_tree_settled` is false while a background job updates the index
    of lists for the articles below it. `parent_id` has no foreign key, which SQLite cannot add to a table that others
    refer to.
    """

    __tablename__ = "sections"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    slug: Mapped[Code]
    name: Mapped[str]
    parent_id: Mapped[int | None]
    position: Mapped[int | None]
    description: Mapped[str | None]
    image: Mapped[JsonText | None]
    modified_at: Mapped[Instant]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    is_listed: Mapped[bool] = mapped_column(server_default=true())
    is_entered: Mapped[bool] = mapped_column(server_default=true())
    is_hidden: Mapped[bool] = mapped_column(server_default=false())
    is_tree_settled: Mapped[bool] = mapped_column(server_default=true())

    __table_args__ = (UniqueConstraint("edition_id", "slug"), Index("ix_sections_parent_id", "parent_id"))


sections: Table = SectionModel.__table__
