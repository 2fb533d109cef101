"""The oldest release that can work with the schema of each applied migration."""

from sqlalchemy import Table
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code


class SchemaCompatibilityModel(Base):
    """The declaration of one applied migration."""

    __tablename__ = "schema_compatibility"

    revision: Mapped[Code] = mapped_column(primary_key=True)
    oldest_compatible_revision: Mapped[Code]


schema_compatibility: Table = SchemaCompatibilityModel.__table__
