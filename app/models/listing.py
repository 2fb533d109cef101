"""Listings: the index that every list of articles is read from.

`(edition_id, kind, facet_id)` names a list: a whole edition (kind 0, facet 0), or its articles of one section, tag,
author, label, format, language, prominence or access. A list of articles is a range of this one index, whatever its
filter. The rows of a page have the edition's id negated, so that no list without pages reads them. The rows of an
article follow from the article's state, so actions delete them by their full key. They have no foreign keys: one to
articles would need a second index as large as the first, one to editions would cost a look-up for each row.
"""

from sqlalchemy import SmallInteger, Table
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Instant


class ListingModel(Base):
    """An entry of a list: one row for each list that contains a public article, in the order of the list."""

    __tablename__ = "listings"

    edition_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    facet_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    published_at: Mapped[Instant] = mapped_column(primary_key=True, autoincrement=False)
    article_id: Mapped[Id] = mapped_column(primary_key=True, autoincrement=False)

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it once


listings: Table = ListingModel.__table__
