"""Tags: subjects that the articles of every edition share."""

from sqlalchemy import ForeignKey, Index, Table, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import partial_index
from app.models.base import Base, Code, Instant, JsonText


class TagModel(Base):
    """A tag of the installation, listed while a public article has it; `is_entered` unless only drafts ever had it.

    `merged_into` has the meaning that it has for authors.
    """

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[Code]
    name: Mapped[str]
    tag_type: Mapped[Code] = mapped_column(server_default=text("'topic'"))
    description: Mapped[str | None]
    codes: Mapped[JsonText] = mapped_column(server_default=text("'[]'"))
    aliases: Mapped[JsonText] = mapped_column(server_default=text("'[]'"))
    modified_at: Mapped[Instant]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    is_listed: Mapped[bool] = mapped_column(server_default=true())
    is_entered: Mapped[bool] = mapped_column(server_default=true())

    merged_into: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("slug"),
        Index("ix_tags_merged_into", "merged_into", info=partial_index("merged_into IS NOT NULL")),
    )


class TagNameModel(Base):
    """A name by which a tag is found: its display name or an alias, without regard to case and spacing."""

    __tablename__ = "tag_names"

    name_key: Mapped[Code] = mapped_column(primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = (Index("ix_tag_names_tag_id", "tag_id"), {"sqlite_with_rowid": False})


tags: Table = TagModel.__table__
tag_names: Table = TagNameModel.__table__
