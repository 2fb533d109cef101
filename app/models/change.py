"""The change log: one row for each public change, numbered in commit order."""

from sqlalchemy import Index, Table
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Instant, JsonText


class ChangeModel(Base):
    """A change of an article or of the catalogue; `surrogate_keys` names everything that it affects.

    `details` names entries that their tables no longer hold under the name of the time: those deleted.
    """

    __tablename__ = "changes"

    seq: Mapped[Id] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str]
    at: Mapped[Instant]
    edition_id: Mapped[int | None]
    article_id: Mapped[Id | None]
    actor: Mapped[str | None]
    surrogate_keys: Mapped[JsonText]
    details: Mapped[JsonText | None]

    # Earlier changes of one article, and changes of no article: compaction of the log reads both.
    __table_args__ = (Index("ix_changes_article_id_seq", "article_id", "seq"),)


changes: Table = ChangeModel.__table__
