"""How far the networks' caches were told of what changed."""

from sqlalchemy import Connection

from app.interchange.key_value import get_value
from app.invalidation.purge_progress import NAME
from app.queries.changes.change_list import latest_seq


def read_purge_progress(connection: Connection) -> tuple[bytes | None, int]:
    """What the installation keeps of it, None before the first time; and where the log ends."""
    return get_value(connection, NAME), latest_seq(connection)
