"""Rows that link an article to authors, tags, further sections, other articles, former slugs and addresses."""

from sqlalchemy import ForeignKey, Index, Table
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import partial_index
from app.models.base import Base, Code, Id, Instant


class ArticleAuthorModel(Base):
    """An author of an article, at a position among its authors."""

    __tablename__ = "article_authors"

    article_id: Mapped[Id] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))

    __table_args__ = (
        Index("ix_article_authors_author_id_article_id", "author_id", "article_id"),
        {"sqlite_with_rowid": False},
    )


class ArticleTagModel(Base):
    """A tag of an article, at a position among its tags."""

    __tablename__ = "article_tags"

    article_id: Mapped[Id] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id"))

    __table_args__ = (
        Index("ix_article_tags_tag_id_article_id", "tag_id", "article_id"),
        {"sqlite_with_rowid": False},
    )


class ArticleSectionModel(Base):
    """A further section of an article, at a position from 1 on; its first section is `articles.section_id`.

    Most articles have one section and no row here; `articles.has_further_sections` records it, which saves a look-up.
    """

    __tablename__ = "article_sections"

    article_id: Mapped[Id] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("sections.id"))

    __table_args__ = (
        Index("ix_article_sections_section_id_article_id", "section_id", "article_id"),
        {"sqlite_with_rowid": False},
    )


class ArticleRelatedModel(Base):
    """A related article that editors chose ("Read also").

    `reference` is a source_id or an id as editors wrote it. `related_id` is set as soon as an article of that name
    exists: a reference may be stored before its target.
    """

    __tablename__ = "article_related"

    article_id: Mapped[Id] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[Code]
    related_id: Mapped[Id | None] = mapped_column(ForeignKey("articles.id", ondelete="SET NULL"))

    __table_args__ = (
        Index("ix_article_related_related_id", "related_id"),
        Index("ix_article_related_pending", "reference", info=partial_index("related_id IS NULL")),
        {"sqlite_with_rowid": False},
    )


class ArticleTranslationModel(Base):
    """A reference of an article to another that is the same story, as it was given.

    `edition` and `source_id`, or `given_id`, name the article; `target_id` is set as soon as it exists. A link joins
    two articles in both directions: `articles.translation_group` has the result.
    """

    __tablename__ = "article_translations"

    article_id: Mapped[Id] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    edition: Mapped[Code | None]
    source_id: Mapped[Code | None]
    given_id: Mapped[Id | None]
    target_id: Mapped[Id | None] = mapped_column(ForeignKey("articles.id", ondelete="SET NULL"))

    __table_args__ = (
        Index("ix_article_translations_target_id", "target_id"),
        Index(
            "ix_article_translations_pending_source", "source_id", "edition", info=partial_index("target_id IS NULL")
        ),
        Index("ix_article_translations_pending_id", "given_id", info=partial_index("target_id IS NULL")),
        {"sqlite_with_rowid": False},
    )


class ArticleRecommendationModel(Base):
    """A recommendation: a similar, earlier article, computed when the article is written."""

    __tablename__ = "article_recommendations"

    article_id: Mapped[Id] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    recommended_id: Mapped[Id] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))

    __table_args__ = (
        Index("ix_article_recommendations_recommended_id", "recommended_id"),
        {"sqlite_with_rowid": False},
    )


class SlugRedirectModel(Base):
    """A former slug of an article. Requests for it are redirected until another article takes the slug."""

    __tablename__ = "slug_redirects"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    slug: Mapped[Code] = mapped_column(primary_key=True)
    article_id: Mapped[Id] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))

    __table_args__ = (Index("ix_slug_redirects_article_id", "article_id"), {"sqlite_with_rowid": False})


class ArticleAddressModel(Base):
    """A past path or URL of an article: an alias that editors gave, or a former URL with the instant of its end.

    `digest` stands for the address without its scheme in the key: an index takes no text of 2,000 characters.
    """

    __tablename__ = "article_addresses"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    article_id: Mapped[Id] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))
    address: Mapped[Code]
    until: Mapped[Instant | None]

    __table_args__ = (Index("ix_article_addresses_article_id", "article_id"), {"sqlite_with_rowid": False})


article_authors: Table = ArticleAuthorModel.__table__
article_tags: Table = ArticleTagModel.__table__
article_sections: Table = ArticleSectionModel.__table__
article_related: Table = ArticleRelatedModel.__table__
article_translations: Table = ArticleTranslationModel.__table__
article_recommendations: Table = ArticleRecommendationModel.__table__
slug_redirects: Table = SlugRedirectModel.__table__
article_addresses: Table = ArticleAddressModel.__table__
