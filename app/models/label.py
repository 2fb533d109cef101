"""Labels: the badges of the installation, with translations, disclaimer and genre."""

from sqlalchemy import Table, UniqueConstraint, false, true
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Instant, JsonText


class LabelModel(Base):
    """A label; `texts` and `disclaimers` hold translations by language.

    `is_listed`, `is_entered` and `is_hidden` have the meaning that they have for sections.
    """

    __tablename__ = "labels"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code]
    text: Mapped[str]
    texts: Mapped[JsonText]
    disclaimer: Mapped[str | None]
    disclaimers: Mapped[JsonText]
    genre: Mapped[str | None]
    modified_at: Mapped[Instant]
    revision: Mapped[int] = mapped_column(server_default=sql_text("1"))
    is_listed: Mapped[bool] = mapped_column(server_default=true())
    is_entered: Mapped[bool] = mapped_column(server_default=true())
    is_hidden: Mapped[bool] = mapped_column(server_default=false())

    __table_args__ = (UniqueConstraint("code"),)


labels: Table = LabelModel.__table__
