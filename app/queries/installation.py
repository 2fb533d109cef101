"""What the installation keeps about itself, for those who read."""

from sqlalchemy import Connection, bindparam, select

from app.domain.preview import SECRET_NAME
from app.models.installation import installation

_VALUE = select(installation.c.value).where(installation.c.name == bindparam("name"))


def find_signing_secret(connection: Connection) -> bytes | None:
    """The secret that signs what this installation gives out; None as long as nothing was signed."""
    value = connection.execute(_VALUE, {"name": SECRET_NAME}).scalar()
    return None if value is None else bytes(value)
