"""Articles: the row that lists read, and the body, which lists do not read."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Table, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import partial_index
from app.models.author import AuthorModel
from app.models.base import Base, Code, Id, Instant, JsonText
from app.models.edition import EditionModel
from app.models.label import LabelModel
from app.models.section import SectionModel
from app.models.tag import TagModel


class ArticleModel(Base):
    """An article without its body. Relationships are read-only: actions write articles and their projections.

    `details` is a JSON object of the members that lists neither show nor filter by (`domain/article_members.py`).
    `word_count` and `reading_minutes` are null until an article of an earlier release is saved again.
    `translation_group` is equal for articles that are the same story, and null for one that has no translations.
    """

    __tablename__ = "articles"

    id: Mapped[Id] = mapped_column(primary_key=True, autoincrement=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    source_id: Mapped[Code | None]
    slug: Mapped[Code]
    status: Mapped[str]
    version: Mapped[int]
    revision: Mapped[int]
    published_at: Mapped[Instant | None]
    updated_at: Mapped[Instant | None]
    first_published_at: Mapped[Instant | None]
    modified_at: Mapped[Instant]
    label_id: Mapped[int | None] = mapped_column(ForeignKey("labels.id"))
    section_id: Mapped[int | None] = mapped_column(ForeignKey("sections.id"))
    has_further_sections: Mapped[bool] = mapped_column(server_default=false())
    headline: Mapped[str]
    headline_key: Mapped[Code] = mapped_column(server_default=text("''"))
    lead: Mapped[str | None]
    dateline: Mapped[str | None]
    source_name: Mapped[str | None]
    source_url: Mapped[str | None]
    image: Mapped[JsonText | None]
    rights: Mapped[JsonText | None]
    withdrawal_reason: Mapped[str | None]
    withdrawal_notice: Mapped[str | None]
    withdrawn_at: Mapped[Instant | None]
    expires_at: Mapped[Instant | None]
    alerted_at: Mapped[Instant | None]
    notes: Mapped[JsonText | None]
    erased_at: Mapped[Instant | None]
    content_hash: Mapped[bytes]
    format: Mapped[str] = mapped_column(server_default=text("'article'"))
    kicker: Mapped[str | None]
    access: Mapped[str | None]
    featured: Mapped[bool] = mapped_column(server_default=false())
    alert: Mapped[bool] = mapped_column(server_default=false())
    language: Mapped[Code | None]
    embargoed_until: Mapped[Instant | None]
    source_version: Mapped[Instant | None]
    source_updated_at: Mapped[Instant | None]
    details: Mapped[JsonText | None]
    word_count: Mapped[int | None]
    reading_minutes: Mapped[int | None]
    translation_group: Mapped[Id | None]

    edition: Mapped[EditionModel] = relationship(viewonly=True)
    label: Mapped[LabelModel | None] = relationship(viewonly=True)
    section: Mapped[SectionModel | None] = relationship(viewonly=True)
    body: Mapped["ArticleBodyModel"] = relationship(viewonly=True)
    tags: Mapped[list[TagModel]] = relationship(
        secondary="article_tags", order_by="ArticleTagModel.position", viewonly=True
    )
    authors: Mapped[list[AuthorModel]] = relationship(
        secondary="article_authors", order_by="ArticleAuthorModel.position", viewonly=True
    )

    __table_args__ = (
        UniqueConstraint("edition_id", "slug"),
        UniqueConstraint("edition_id", "source_id"),
        CheckConstraint("status IN ('draft', 'scheduled', 'published', 'withdrawn')", name="status"),
        CheckConstraint("status = 'draft' OR published_at IS NOT NULL", name="dated"),
        Index("ix_articles_due", "published_at", info=partial_index("status = 'scheduled'")),
        Index(
            "ix_articles_expiring", "expires_at", info=partial_index("status = 'published' AND expires_at IS NOT NULL")
        ),
        Index("ix_articles_edition_id_status_modified_at_id", "edition_id", "status", "modified_at", "id"),
        Index("ix_articles_edition_id_status_published_at_id", "edition_id", "status", "published_at", "id"),
        Index("ix_articles_edition_id_headline_key_id", "edition_id", "headline_key", "id"),
        Index(
            "ix_articles_translation_group", "translation_group", info=partial_index("translation_group IS NOT NULL")
        ),
        Index("ix_articles_section_id", "section_id"),
        Index("ix_articles_label_id", "label_id"),
    )


class ArticleBodyModel(Base):
    """The parts of an article that lists do not read: the blocks of its body, and `extra`, both as JSON."""

    __tablename__ = "article_bodies"

    article_id: Mapped[Id] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    blocks: Mapped[JsonText]
    extra: Mapped[JsonText | None]


articles: Table = ArticleModel.__table__
article_bodies: Table = ArticleBodyModel.__table__
