"""What the installation keeps about itself, for those who read."""

from sqlalchemy import Connection

from app.domain.preview_token import SECRET_NAME
from app.interchange.key_value import get_value


def find_signing_secret(connection: Connection) -> bytes | None:
    """The secret that signs what this installation gives out; None as long as nothing was signed."""
    return get_value(connection, SECRET_NAME)
