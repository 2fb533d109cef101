"""What routes are handed."""

from fastapi import Request

from app.changefeed.log_watcher import LogWatcher
from app.db.database import Database
from app.sse.hub import StreamHub
from app.webhooks.dispatcher import Dispatcher


def get_database(request: Request) -> Database:
    """The database of this installation."""
    database: Database = request.app.state.database
    return database


def get_log_watcher(request: Request) -> LogWatcher:
    """What tells this process that the change log has grown."""
    watch: LogWatcher = request.app.state.watch
    return watch


def get_stream_hub(request: Request) -> StreamHub:
    """The open streams of this process."""
    hub: StreamHub = request.app.state.hub
    return hub


def get_dispatcher(request: Request) -> Dispatcher:
    """What sends webhooks in this process."""
    dispatcher: Dispatcher = request.app.state.webhooks
    return dispatcher
