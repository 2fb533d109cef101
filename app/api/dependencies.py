"""Dependencies of endpoints: the services of the process, and its database."""

from typing import Annotated

from fastapi import Depends, Request

from app.changefeed.log_watcher import LogWatcher
from app.db.database import Database
from app.services import Services
from app.sse.hub import StreamHub


def services_of(request: Request) -> Services:
    """Return the services of the process that handles this request."""
    services: Services = request.app.state.services
    return services


async def get_services(request: Request) -> Services:
    """Return the services of the process, for `Depends`: a coroutine, since FastAPI runs functions in threads."""
    return services_of(request)


ServicesDep = Annotated[Services, Depends(get_services)]
"""The services of the process, as an argument of an endpoint."""


def get_database(request: Request) -> Database:
    """Return the database of this installation."""
    return services_of(request).database


def get_log_watcher(request: Request) -> LogWatcher:
    """Return the watcher that notifies this process when the change log has grown."""
    return services_of(request).log_watcher


def get_stream_hub(request: Request) -> StreamHub:
    """Return the open streams of this process."""
    return services_of(request).stream_hub
