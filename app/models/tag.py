"""Tags: subjects that the articles of every edition share."""

from sqlalchemy import Table, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Instant


class TagModel(Base):
    """A tag of the installation."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[Code]
    name: Mapped[str]
    modified_at: Mapped[Instant]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    is_listed: Mapped[bool] = mapped_column(server_default=true())

    __table_args__ = (UniqueConstraint("slug"),)


tags: Table = TagModel.__table__
