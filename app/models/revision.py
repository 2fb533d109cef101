"""Revisions: one row for each saved change of an article, and the blocks of contents that later revisions replaced."""

from sqlalchemy import ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import partial_index
from app.models.base import Base, Id, Instant, JsonText


class RevisionModel(Base):
    """A revision of an article.

    `blocks` is null while the next revision (for the last revision: the article itself) has equal content. A change
    that only publishes or withdraws copies nothing, and an import into an empty database stores each text once.
    Otherwise it lists numbers of RevisionBlockUseModel: first the members without the body, then the blocks of the
    body; `updated_at` belongs to the same content. `content` is the whole content as JSON, as releases before 0.2.0
    stored it, until maintenance converts it.
    """

    __tablename__ = "revisions"

    article_id: Mapped[Id] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    status: Mapped[str]
    published_at: Mapped[Instant | None]
    action: Mapped[str]
    at: Mapped[Instant]
    actor: Mapped[str]
    note_type: Mapped[str | None]
    note_text: Mapped[str | None]
    content: Mapped[JsonText | None]
    blocks: Mapped[str | None]
    updated_at: Mapped[Instant | None]

    __table_args__ = (
        Index("ix_revisions_unconverted", "article_id", "revision", info=partial_index("content IS NOT NULL")),
        {"sqlite_with_rowid": False},
    )


class RevisionBlockModel(Base):
    """A block of former contents, stored once for all revisions of all articles, by its hash."""

    __tablename__ = "revision_blocks"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    block: Mapped[bytes]

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it once


class RevisionBlockUseModel(Base):
    """A block that revisions of an article use, under a number that is short and only valid for the article."""

    __tablename__ = "revision_block_uses"

    article_id: Mapped[Id] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(ForeignKey("revision_blocks.hash"))

    __table_args__ = (
        UniqueConstraint("hash", "article_id"),
        {"sqlite_with_rowid": False},
    )


revisions: Table = RevisionModel.__table__
revision_blocks: Table = RevisionBlockModel.__table__
revision_block_uses: Table = RevisionBlockUseModel.__table__
