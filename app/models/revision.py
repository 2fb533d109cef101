"""Revisions: one row for each saved change of an article, with the content that later revisions replaced."""

from sqlalchemy import ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Instant, JsonText


class RevisionModel(Base):
    """A revision of an article.

    `content` is null while the next revision (for the last revision: the article itself) has equal content. A change
    that only publishes or withdraws copies nothing, and an import into an empty database stores each text once.
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

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it once


revisions: Table = RevisionModel.__table__
