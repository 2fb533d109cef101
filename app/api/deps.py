"""What routes are handed."""

from fastapi import Request

from app.db.session import Database
from app.relay.hub import Hub
from app.relay.log import LogWatch
from app.webhooks.dispatcher import Dispatcher


def database_of(request: Request) -> Database:
    """The database of this installation."""
    database: Database = request.app.state.database
    return database


def watch_of(request: Request) -> LogWatch:
    """What tells this process that the change log has grown."""
    watch: LogWatch = request.app.state.watch
    return watch


def hub_of(request: Request) -> Hub:
    """The open streams of this process."""
    hub: Hub = request.app.state.hub
    return hub


def dispatcher_of(request: Request) -> Dispatcher:
    """What sends webhooks in this process."""
    dispatcher: Dispatcher = request.app.state.webhooks
    return dispatcher
