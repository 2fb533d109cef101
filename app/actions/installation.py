"""What the installation makes for itself, once."""

from secrets import token_bytes

from sqlalchemy import Connection

from app.domain.preview_token import SECRET_BYTES, SECRET_NAME
from app.interchange.key_value import compare_and_set, get_value


def get_or_create_signing_secret(connection: Connection) -> bytes:
    """Return the signing secret of this installation, 32 bytes, created on first use."""
    value = get_value(connection, SECRET_NAME)
    if value is not None:
        return value
    made = token_bytes(SECRET_BYTES)
    if compare_and_set(connection, SECRET_NAME, old=None, new=made):
        return made
    return get_or_create_signing_secret(connection)  # another process has made one meanwhile
