"""Query of the installation's signing secret."""

from sqlalchemy import Connection

from app.domain.preview_token import SECRET_NAME
from app.interchange.key_value import get_value


def find_signing_secret(connection: Connection) -> bytes | None:
    """Return the signing secret; None as long as nothing was signed."""
    return get_value(connection, SECRET_NAME)
