"""What the installation keeps about itself: values under names, each put in the place of the one that was read."""

from sqlalchemy import Connection, LargeBinary, bindparam, select, text

from app.models.installation import installation

_VALUE = select(installation.c.value).where(installation.c.name == bindparam("name"))
_INSERT = text("INSERT INTO installation (name, value) VALUES (:name, :new) ON CONFLICT DO NOTHING").bindparams(
    bindparam("new", type_=LargeBinary)
)
_UPDATE = text("UPDATE installation SET value = :new WHERE name = :name AND value = :old").bindparams(
    bindparam("new", type_=LargeBinary), bindparam("old", type_=LargeBinary)
)


def get_value(connection: Connection, name: str) -> bytes | None:
    """What is kept under this name; None before the first time."""
    value = connection.execute(_VALUE, {"name": name}).scalar()
    return None if value is None else bytes(value)


def compare_and_set(connection: Connection, name: str, *, old: bytes | None, new: bytes) -> bool:
    """Put the new value in the place of the one that was read; False, and nothing, where another one stands there.

    Where somebody else is about to put one, this waits for them to commit.
    """
    if old is None:
        return connection.execute(_INSERT, {"name": name, "new": new}).rowcount == 1
    return connection.execute(_UPDATE, {"name": name, "new": new, "old": old}).rowcount == 1
