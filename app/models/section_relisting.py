"""Sections whose articles are to be listed again after a move in the tree of sections."""

from sqlalchemy import ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Instant


class SectionRelistingModel(Base):
    """A section whose articles a background job lists again, from the article after this sort key on.

    The job updates the rows of these articles in the lists of unsettled sections (`sections.is_tree_settled`).
    `edition_id` is that of their rows in `listings`.
    """

    __tablename__ = "section_relistings"

    section_id: Mapped[int] = mapped_column(ForeignKey("sections.id", ondelete="CASCADE"), primary_key=True)
    edition_id: Mapped[int] = mapped_column(primary_key=True)
    published_at: Mapped[Instant]
    article_id: Mapped[Id]


section_relistings: Table = SectionRelistingModel.__table__
