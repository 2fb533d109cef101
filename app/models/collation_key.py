"""Collation keys: the places of tags, authors and sections in lists by name."""

from sqlalchemy import Index, SmallInteger, Table
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code


class CollationKeyModel(Base):
    """Place of an entry among those of its kind by name: in the order of one language, and for equal names by slug.

    Tags and authors have a key for each order that the language of an edition has, and `edition_id` 0; a section has
    one, that of its edition. `collation_name` is the order with the version of its rules. Entries are in several
    tables, so that there is no foreign key.
    """

    __tablename__ = "collation_keys"

    kind: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    edition_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    collation_name: Mapped[Code] = mapped_column(primary_key=True)
    collation_key: Mapped[bytes] = mapped_column(primary_key=True)
    entry_id: Mapped[int]

    __table_args__ = (Index("ix_collation_keys_kind_entry_id", "kind", "entry_id"), {"sqlite_with_rowid": False})


collation_keys: Table = CollationKeyModel.__table__
