"""The services of one serving process; endpoints and middleware find them at `app.state.services`."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.background.outage_log import RequestOutages
from app.background.scheduler import Scheduler
from app.changefeed.log_follower import LogFollower
from app.changefeed.log_watcher import LogWatcher
from app.db.database import Database
from app.domain.api_key import LastUsedBuffer
from app.response_cache.store import ResponseStore
from app.settings import Settings
from app.sse.hub import StreamHub
from app.webhooks.dispatcher import Dispatcher

if TYPE_CHECKING:
    from app.background.cdn_purger import CdnPurger
    from app.webhooks.websub_publisher import WebSubPublisher

MAX_EXPORTS = 4  # of a process at once: each holds a connection and a snapshot


@dataclass(slots=True, kw_only=True)
class Services:
    """Everything that lives as long as the process serves: `app.main` opens it at start and closes it at the end.

    `last_used` buffers when keys were used, `export_slots` bounds concurrent exports, and `in_flight` holds the API key
    id and name of each Idempotency-Key whose request is in progress. `request_outages` logs failures of requests.
    """

    settings: Settings
    database: Database
    store: ResponseStore
    scheduler: Scheduler
    log_watcher: LogWatcher
    log_follower: LogFollower
    stream_hub: StreamHub
    dispatcher: Dispatcher
    cdn_purger: "CdnPurger | None"
    websub_publisher: "WebSubPublisher | None"
    last_used: LastUsedBuffer
    export_slots: asyncio.BoundedSemaphore = field(default_factory=lambda: asyncio.BoundedSemaphore(MAX_EXPORTS))
    in_flight: set[tuple[int, str]] = field(default_factory=set)
    request_outages: RequestOutages = field(default_factory=RequestOutages)
