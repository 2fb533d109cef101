"""How far the networks' caches were told of what changed."""

from sqlalchemy import Connection

from app.domain.purge import NAME
from app.queries.changes import latest_seq
from app.records.installation import get_value


def read_purge_progress(connection: Connection) -> tuple[bytes | None, int]:
    """What the installation keeps of it, None before the first time; and where the log ends."""
    return get_value(connection, NAME), latest_seq(connection)
