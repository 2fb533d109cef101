"""What the installation makes for itself, once."""

from secrets import token_bytes

from sqlalchemy import Connection, LargeBinary, bindparam, select, text

from app.domain.preview import SECRET_BYTES, SECRET_NAME
from app.models.installation import installation

_VALUE = select(installation.c.value).where(installation.c.name == bindparam("name"))
_MAKE = text("INSERT INTO installation (name, value) VALUES (:name, :value) ON CONFLICT DO NOTHING").bindparams(
    bindparam("value", type_=LargeBinary)
)


def signing_secret(connection: Connection) -> bytes:
    """The secret that signs what this installation gives out, 32 bytes, made by whoever needs it first."""
    value = connection.execute(_VALUE, {"name": SECRET_NAME}).scalar()
    if value is None:
        # Another process may be making one: then this waits for it and makes none.
        connection.execute(_MAKE, {"name": SECRET_NAME, "value": token_bytes(SECRET_BYTES)})
        value = connection.execute(_VALUE, {"name": SECRET_NAME}).scalar_one()
    return bytes(value)
