"""Former names of catalogue entries: slugs, and codes of labels."""

from sqlalchemy import ForeignKey, Index, SmallInteger, Table
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Instant


class FormerSlugModel(Base):
    """A former slug of an entry, or the slug of another that was merged into it; no present entry has the slug.

    `edition_id` is that of a section and 0 for other kinds. Entries are in several tables, so that there is no foreign
    key. `merged_id` is the number of the merged entry, to which older cursors are bound. `until` grows with each row.
    """

    __tablename__ = "former_slugs"

    kind: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    edition_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slug: Mapped[Code] = mapped_column(primary_key=True)
    entry_id: Mapped[int]
    merged_id: Mapped[int | None]
    until: Mapped[Instant]

    __table_args__ = (
        Index("ix_former_slugs_kind_entry_id", "kind", "entry_id"),
        Index("ix_former_slugs_until", "until"),
        {"sqlite_with_rowid": False},
    )


class ReleasedSectionSlugModel(Base):
    """A former slug of a section that another section took, with the instant at which it ended.

    It names the other section everywhere but in URLs of articles that were public before: `/v1/resolve` finds these.
    """

    __tablename__ = "released_section_slugs"

    edition_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slug: Mapped[Code] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("sections.id", ondelete="CASCADE"), primary_key=True)
    until: Mapped[Instant]

    __table_args__ = (Index("ix_released_section_slugs_section_id", "section_id"), {"sqlite_with_rowid": False})


former_slugs: Table = FormerSlugModel.__table__
released_section_slugs: Table = ReleasedSectionSlugModel.__table__
