"""Writing down how far the networks' caches were told of what changed."""

from sqlalchemy import Connection, LargeBinary, bindparam, text

from app.domain.purge import NAME

_INSERT = text("INSERT INTO installation (name, value) VALUES (:name, :new) ON CONFLICT DO NOTHING").bindparams(
    bindparam("new", type_=LargeBinary)
)
_UPDATE = text("UPDATE installation SET value = :new WHERE name = :name AND value = :old").bindparams(
    bindparam("new", type_=LargeBinary), bindparam("old", type_=LargeBinary)
)


def write_progress(connection: Connection, *, old: bytes | None, new: bytes) -> bool:
    """Put the new value in the place of the one that was read; False, and nothing, where another one stands there."""
    if old is None:
        return connection.execute(_INSERT, {"name": NAME, "new": new}).rowcount == 1
    return connection.execute(_UPDATE, {"name": NAME, "new": new, "old": old}).rowcount == 1
