"""What routes are handed."""

from fastapi import Request

from app.db.session import Database
from app.relay.log import LogWatch


def database_of(request: Request) -> Database:
    """The database of this installation."""
    database: Database = request.app.state.database
    return database


def watch_of(request: Request) -> LogWatch:
    """What tells this process that the change log has grown."""
    watch: LogWatch = request.app.state.watch
    return watch
