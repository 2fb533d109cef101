"""Writing down how far the networks' caches were told of what changed."""

from sqlalchemy import Connection

from app.interchange.key_value import compare_and_set
from app.invalidation.purge_progress import NAME


def save_purge_progress(connection: Connection, *, old: bytes | None, new: bytes) -> bool:
    """Put the new value in the place of the one that was read; False, and nothing, where another one stands there."""
    return compare_and_set(connection, NAME, old=old, new=new)
