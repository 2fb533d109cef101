"""Curated lists: articles in an editor's order."""

from sqlalchemy import ForeignKey, Table, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Instant, JsonText


class CuratedListModel(Base):
    """A curated list of an edition; a deleted one remains, so that its slug stays known to the change feed."""

    __tablename__ = "curated_lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    slug: Mapped[Code]
    name: Mapped[str]
    items: Mapped[JsonText]
    """Array of the `source_id`s or ids of the pinned articles, in order; an article may follow its reference."""
    filter: Mapped[JsonText | None]
    """Object of the filters, by parameter, whose newest articles follow the pinned ones."""
    max_items: Mapped[int]
    expires_at: Mapped[Instant | None]
    modified_at: Mapped[Instant]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    is_deleted: Mapped[bool] = mapped_column(server_default=false())

    __table_args__ = (UniqueConstraint("edition_id", "slug"),)


curated_lists: Table = CuratedListModel.__table__
