"""The change log as readers see it."""

from sqlalchemy import Connection, func, select

from app.models.change import changes

_LATEST = select(func.coalesce(func.max(changes.c.seq), 0))


def latest_seq(connection: Connection) -> int:
    """The last change of this snapshot; 0 before the first."""
    seq: int = connection.execute(_LATEST).scalar_one()
    return seq
