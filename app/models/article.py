"""Articles: the row that lists show, the body apart from it, and what an article points to."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from app.db.base import Code, Id, Instant, JsonText, metadata, partial_index

articles = Table(
    "articles",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("edition_id", ForeignKey("editions.id"), nullable=False),
    Column("source_id", Code),
    Column("slug", Code, nullable=False),
    Column("status", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("published_at", Instant),
    Column("updated_at", Instant),
    Column("first_published_at", Instant),
    Column("modified_at", Instant, nullable=False),
    Column("label_id", ForeignKey("labels.id")),
    Column("section_id", ForeignKey("sections.id")),
    Column("headline", Text, nullable=False),
    Column("lead", Text),
    Column("dateline", Text),
    Column("source_name", Text),
    Column("source_url", Text),
    Column("image", JsonText),
    Column("rights", JsonText),
    Column("withdrawal_reason", Text),
    Column("withdrawal_notice", Text),
    Column("withdrawn_at", Instant),
    Column("notes", JsonText),
    Column("erased_at", Instant),
    Column("fingerprint", LargeBinary, nullable=False),
    UniqueConstraint("edition_id", "slug"),
    UniqueConstraint("edition_id", "source_id"),
    CheckConstraint("status IN ('draft', 'scheduled', 'published', 'withdrawn')", name="status"),
    CheckConstraint("status = 'draft' OR published_at IS NOT NULL", name="dated"),
)

Index(
    "ix_articles_due",
    articles.c.published_at,
    info=partial_index("status = 'scheduled'"),
)

Index(
    "ix_articles_edition_id_status_modified_at_id",
    articles.c.edition_id,
    articles.c.status,
    articles.c.modified_at,
    articles.c.id,
)
Index("ix_articles_section_id", articles.c.section_id)
Index("ix_articles_label_id", articles.c.label_id)

article_bodies = Table(
    "article_bodies",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("blocks", JsonText, nullable=False),
)

article_authors = Table(
    "article_authors",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("author_id", ForeignKey("authors.id"), nullable=False),
    sqlite_with_rowid=False,
)

Index("ix_article_authors_author_id_article_id", article_authors.c.author_id, article_authors.c.article_id)

article_tags = Table(
    "article_tags",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), nullable=False),
    sqlite_with_rowid=False,
)

Index("ix_article_tags_tag_id_article_id", article_tags.c.tag_id, article_tags.c.article_id)

# The editors' own "Read also": `reference` is a source_id or an id as it was given; `related_id` is
# filled as soon as an article of that name exists, so references may come before their target.
article_related = Table(
    "article_related",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("reference", Code, nullable=False),
    Column("related_id", Id, ForeignKey("articles.id", ondelete="SET NULL")),
    sqlite_with_rowid=False,
)

Index("ix_article_related_related_id", article_related.c.related_id)
Index(
    "ix_article_related_pending",
    article_related.c.reference,
    info=partial_index("related_id IS NULL"),
)

# Picks by likeness, chosen when the article is written and only among earlier ones.
article_picks = Table(
    "article_picks",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("picked_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    sqlite_with_rowid=False,
)

Index("ix_article_picks_picked_id", article_picks.c.picked_id)

# Slugs an article had before; they answer with a redirect until another article takes them.
article_slugs = Table(
    "article_slugs",
    metadata,
    Column("edition_id", ForeignKey("editions.id"), primary_key=True),
    Column("slug", Code, primary_key=True),
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    sqlite_with_rowid=False,
)

Index("ix_article_slugs_article_id", article_slugs.c.article_id)
