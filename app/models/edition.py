"""Editions: publications with a language, time zone and site of their own."""

from sqlalchemy import ForeignKey, Index, Table, UniqueConstraint, text
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
    section_fallback: Mapped[Code] = mapped_column(server_default=text("'news'"))
    slug_style: Mapped[Code] = mapped_column(server_default=text("'ascii'"))
    feed_content: Mapped[Code] = mapped_column(server_default=text("'summary'"))
    expiry_notice: Mapped[str | None]
    revision: Mapped[int] = mapped_column(server_default=text("1"))

    __table_args__ = (
        UniqueConstraint("slug"),
        Index("uq_editions_default", "is_default", unique=True, info=partial_index("is_default")),
    )


class FormerArticleUrlModel(Base):
    """Members of an edition that formed the URLs of its articles until an instant."""

    __tablename__ = "former_article_urls"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    until: Mapped[Instant] = mapped_column(primary_key=True)
    site_url: Mapped[str]
    article_url: Mapped[str | None]
    timezone: Mapped[str]
    section_fallback: Mapped[Code]

    __table_args__ = ({"sqlite_with_rowid": False},)


editions: Table = EditionModel.__table__
former_article_urls: Table = FormerArticleUrlModel.__table__
