"""Query of the progress of CDN purges."""

from sqlalchemy import Connection

from app.interchange.key_value import get_value
from app.invalidation.purge_progress import NAME
from app.queries.changes.change_list import latest_seq


def read_purge_progress(connection: Connection) -> tuple[bytes | None, int]:
    """Return the stored progress, None before the first purge, and the end of the log."""
    return get_value(connection, NAME), latest_seq(connection)
