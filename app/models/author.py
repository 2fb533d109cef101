"""Authors: the people and organisations that sign articles."""

from sqlalchemy import Index, Table, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import partial_index
from app.models.base import Base, Code, Instant, JsonText


class AuthorModel(Base):
    """An author of the installation, shared by its editions; listed while a public article names it.

    `is_entered` is false while only articles that were never public name it. `merged_into` is the author into which it
    was merged, until no article links to it any more; it has no name then.
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

    merged_into: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("slug"),
        Index("ix_authors_merged_into", "merged_into", info=partial_index("merged_into IS NOT NULL")),
    )


authors: Table = AuthorModel.__table__
