"""Named values of the installation: its signing secret, and the checkpoints of background tasks."""

from sqlalchemy import Table
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code


class KeyValueModel(Base):
    """A value under a name."""

    __tablename__ = "key_value"

    name: Mapped[Code] = mapped_column(primary_key=True)
    value: Mapped[bytes]


key_value: Table = KeyValueModel.__table__
