"""How far the networks' caches were told of what changed."""

from sqlalchemy import Connection, select

from app.domain.purge import NAME
from app.models.installation import installation
from app.queries.changes import latest_seq

_VALUE = select(installation.c.value).where(installation.c.name == NAME)


def find_progress(connection: Connection) -> tuple[bytes | None, int]:
    """What the installation keeps of it, None before the first time; and where the log ends."""
    value = connection.execute(_VALUE).scalar()
    return None if value is None else bytes(value), latest_seq(connection)
