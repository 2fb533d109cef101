"""Values of the installation under names, replaced by compare-and-set."""

from sqlalchemy import Connection, LargeBinary, bindparam, select, text

from app.models.key_value import key_value

_VALUE = select(key_value.c.value).where(key_value.c.name == bindparam("name"))
_INSERT = text("INSERT INTO key_value (name, value) VALUES (:name, :new) ON CONFLICT DO NOTHING").bindparams(
    bindparam("new", type_=LargeBinary)
)
_UPDATE = text("UPDATE key_value SET value = :new WHERE name = :name AND value = :old").bindparams(
    bindparam("new", type_=LargeBinary), bindparam("old", type_=LargeBinary)
)


def get_value(connection: Connection, name: str) -> bytes | None:
    """Return the value stored under a name, None if there is none."""
    value = connection.execute(_VALUE, {"name": name}).scalar()
    return None if value is None else bytes(value)


def compare_and_set(connection: Connection, name: str, *, old: bytes | None, new: bytes) -> bool:
    """Replace the value that was read; return False, and change nothing, if another process replaced it first.

    It waits for the commit of a process that is inserting the same name.
    """
    if old is None:
        return connection.execute(_INSERT, {"name": name, "new": new}).rowcount == 1
    return connection.execute(_UPDATE, {"name": name, "new": new, "old": old}).rowcount == 1
