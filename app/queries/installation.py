"""What the installation keeps about itself, for those who read."""

from sqlalchemy import Connection

from app.domain.preview import SECRET_NAME
from app.records.installation import read_value


def find_signing_secret(connection: Connection) -> bytes | None:
    """The secret that signs what this installation gives out; None as long as nothing was signed."""
    return read_value(connection, SECRET_NAME)
