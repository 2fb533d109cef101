"""What the installation makes for itself, once."""

from secrets import token_bytes

from sqlalchemy import Connection

from app.domain.preview import SECRET_BYTES, SECRET_NAME
from app.records.installation import read_value, replace_value


def signing_secret(connection: Connection) -> bytes:
    """The secret that signs what this installation gives out, 32 bytes, made by whoever needs it first."""
    value = read_value(connection, SECRET_NAME)
    if value is not None:
        return value
    made = token_bytes(SECRET_BYTES)
    if replace_value(connection, SECRET_NAME, old=None, new=made):
        return made
    return signing_secret(connection)  # another process has made one meanwhile
