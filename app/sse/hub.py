"""Open streams of this process and their feeds: each set of parameters is read once for any number of streams."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from app.background.outage_log import OutageLogger
from app.changefeed.log_watcher import POLL_INTERVAL_S, LogWatcher
from app.db.database import Database
from app.errors import TooManyStreamsError
from app.invalidation.change_event import ChangeEvent
from app.queries.changes.change_list import latest_seq
from app.schemas.change import ChangeListParams
from app.sse.shared_feed import RETRY_S, EventEncoder, FeedPage, SharedFeed
from app.sse.subscription import Subscription

MAX_STREAMS = 5_000
FOLLOWER_POLL_INTERVAL_S = 0.01
WAIT_S = 30.0
RETRY_AFTER_S = 5

log = logging.getLogger(__name__)


class StreamHub:
    """Hub that opens up to 5,000 streams, and releases their resources when they end.

    `publish` notifies it of changes. While any stream is open, `is_current` is called a hundred times a second, for
    followers that apply commits on demand only; the log is polled in any case.
    """

    def __init__(
        self, database: Database, watch: LogWatcher, wire: EventEncoder, *, is_current: Callable[[], bool]
    ) -> None:
        self._database = database
        self._watch = watch
        self._wire = wire
        self._is_current = is_current
        self._channels: dict[str, SharedFeed] = {}
        self._outage = OutageLogger(log, "Stream feed failed, retrying", "Stream feed recovered", settle_s=RETRY_S * 2)
        self._open: set[Subscription] = set()
        self._opening = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._stopped = False

    @property
    def open_streams(self) -> int:
        """Return the number of open streams."""
        return len(self._open)

    async def subscribe(
        self,
        params: ChangeListParams,
        since: int | None,
        *,
        is_authorized: Callable[[], Awaitable[bool]],
    ) -> Subscription:
        """Return a stream of the changes after `since`, or from now on; errors of the feed, TooManyStreamsError."""
        self._check_room()
        self._opening += 1
        try:
            channel = await self._get_feed(params)
            try:
                start, page = await self._start_position(channel, since)
                if self._stopped:
                    self._check_room()
            except BaseException:
                self._release(channel)
                raise
        finally:
            self._opening -= 1

        def left(subscription: Subscription) -> None:
            self._open.discard(subscription)
            self._release(channel)

        subscription = Subscription(channel, start, page, is_authorized=is_authorized, left=left)
        self._open.add(subscription)
        return subscription

    def publish(self, changes: Sequence[ChangeEvent] | None) -> None:
        """Pass committed changes on immediately; None if they are incomplete."""
        if changes is None or changes:
            latest = changes[-1].seq if changes else None
            for channel in self._channels.values():
                channel.wake(latest)

    def shutdown(self) -> None:
        """End every stream, now and from now on: the server is about to end."""
        self._stopped = True
        for subscription in list(self._open):
            subscription.end()

    async def close(self) -> None:
        """Shut down and stop polling."""
        self.shutdown()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _check_room(self) -> None:
        if self._stopped:
            raise TooManyStreamsError("This process is shutting down.", retry_after=1)
        if len(self._open) + self._opening >= MAX_STREAMS:
            raise TooManyStreamsError(f"{MAX_STREAMS} streams are open already.", retry_after=RETRY_AFTER_S)

    async def _get_feed(self, params: ChangeListParams) -> SharedFeed:
        name = params.path_for("")
        channel = self._channels.get(name)
        if channel is None or channel.is_closed:
            latest = await self._database.read(latest_seq)
            channel = self._channels.get(name)
        if channel is None or channel.is_closed:
            channel = self._channels[name] = SharedFeed(self._watch, params, self._wire, latest, self._outage)
            channel.start()
            self._start_polling()
        channel.users += 1
        return channel

    async def _start_position(self, channel: SharedFeed, since: int | None) -> tuple[int, FeedPage | None]:
        """Return the start of a stream, and its first page if that had to be read."""
        if self._is_current():
            start = channel.position if since is None else since
            if channel.covers(start):
                return start, None
        page = await channel.read(channel.position if since is None else since)
        return (page.as_of, None) if since is None else (since, page)

    def _release(self, channel: SharedFeed) -> None:
        channel.users -= 1
        if channel.users:
            return
        channel.stop()
        name = channel.question.path_for("")
        if self._channels.get(name) is channel:
            del self._channels[name]
        if not self._channels:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    def _start_polling(self) -> None:
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._poll(), name="dayline-hub-poll"),
                asyncio.create_task(self._poll_follower(), name="dayline-hub-follower"),
            ]

    async def _poll(self) -> None:
        """Wake the feeds that were not notified of the log's growth."""
        while True:
            seen = min(channel.position for channel in self._channels.values())
            if await self._watch.wait_for_seq_after(seen, WAIT_S):
                for channel in self._channels.values():
                    if channel.position <= seen:
                        channel.wake()
            await asyncio.sleep(POLL_INTERVAL_S)

    async def _poll_follower(self) -> None:
        while True:
            self._is_current()
            await asyncio.sleep(FOLLOWER_POLL_INTERVAL_S)
