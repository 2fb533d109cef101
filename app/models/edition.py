"""Editions: publications with a language, time zone and site of their own."""

from sqlalchemy import Index, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import partial_index
from app.models.base import Base, Code, Instant, JsonText


class EditionModel(Base):
    """An edition; exactly one is the default."""

    __tablename__ = "editions"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[Code]
    name: Mapped[str]
    language: Mapped[str]
    timezone: Mapped[str]
    site_url: Mapped[str]
    article_url: Mapped[str | None]
    section_url: Mapped[str | None]
    tag_url: Mapped[str | None]
    author_url: Mapped[str | None]
    preview_url: Mapped[str | None]
    logo: Mapped[JsonText | None]
    icon: Mapped[JsonText | None]
    is_default: Mapped[bool]
    strings: Mapped[JsonText]
    modified_at: Mapped[Instant]
    feed_content: Mapped[Code] = mapped_column(server_default=text("'summary'"))
    revision: Mapped[int] = mapped_column(server_default=text("1"))

    __table_args__ = (
        UniqueConstraint("slug"),
        Index("uq_editions_default", "is_default", unique=True, info=partial_index("is_default")),
    )


editions: Table = EditionModel.__table__
