"""Weeks of the sitemaps of an edition."""

from sqlalchemy import ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant


class SitemapWeekModel(Base):
    """A week (UTC, from Monday on) in which public articles of an edition, pages included, are or were dated.

    `articles` counts those that are, and `modified_at` is when one of them appeared, changed or left. A week without a
    row has not changed since an earlier release wrote it.
    """

    __tablename__ = "sitemap_weeks"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    starts_at: Mapped[Instant] = mapped_column(primary_key=True, autoincrement=False)
    articles: Mapped[int]
    modified_at: Mapped[Instant]

    __table_args__ = ({"sqlite_with_rowid": False},)


sitemap_weeks: Table = SitemapWeekModel.__table__
