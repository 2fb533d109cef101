"""The open streams of this process, and what wakes them: as many as there are, each question is followed once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from app.db.session import Database
from app.domain.logged_change import LoggedChange
from app.errors import TooManyStreams
from app.queries.changes import latest_seq
from app.relay.channel import Channel, Page, Wire
from app.relay.log import LOOK_SECONDS, LogWatch
from app.relay.subscription import Subscription
from app.schemas.change import ChangesQuestion

STREAMS_MOST = 5_000
PULSE_S = 0.01
WAIT_S = 30.0
COME_BACK_S = 5


class Hub:
    """Opens streams, up to 5,000 at once, and lets go of what they need when they end.

    It hears of changes by `tell`. `is_current` is asked a hundred times a second while anybody listens, for those
    who tell only when they are asked, and says whether everything that was committed was told; the log is looked at
    all the same.
    """

    def __init__(self, database: Database, watch: LogWatch, wire: Wire, *, is_current: Callable[[], bool]) -> None:
        self._database = database
        self._watch = watch
        self._wire = wire
        self._is_current = is_current
        self._channels: dict[str, Channel] = {}
        self._open: set[Subscription] = set()
        self._opening = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._stopped = False

    @property
    def streams(self) -> int:
        """How many are open."""
        return len(self._open)

    async def subscribe(
        self,
        question: ChangesQuestion,
        since: int | None,
        *,
        is_welcome: Callable[[], Awaitable[bool]],
    ) -> Subscription:
        """A stream of what comes after `since`, or from now on; errors of the feed, TooManyStreams."""
        self._check_room()
        self._opening += 1
        try:
            channel = await self._enter(question)
            try:
                start, page = await self._begin(channel, since)
                if self._stopped:
                    self._check_room()
            except BaseException:
                self._leave(channel)
                raise
        finally:
            self._opening -= 1

        def left(subscription: Subscription) -> None:
            self._open.discard(subscription)
            self._leave(channel)

        subscription = Subscription(channel, start, page, is_welcome=is_welcome, left=left)
        self._open.add(subscription)
        return subscription

    def tell(self, changes: Sequence[LoggedChange] | None) -> None:
        """Hand on what was committed, at once; None where that cannot be said one by one."""
        if changes is None or changes:
            latest = changes[-1].seq if changes else None
            for channel in self._channels.values():
                channel.tell(latest)

    def stop(self) -> None:
        """End every stream, now and from now on: the server is about to end."""
        self._stopped = True
        for subscription in list(self._open):
            subscription.end()

    async def close(self) -> None:
        """Stop, and follow nothing more."""
        self.stop()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _check_room(self) -> None:
        if self._stopped:
            raise TooManyStreams("This process is about to end.", retry_after=1)
        if len(self._open) + self._opening >= STREAMS_MOST:
            raise TooManyStreams(f"{STREAMS_MOST} streams are open already.", retry_after=COME_BACK_S)

    async def _enter(self, question: ChangesQuestion) -> Channel:
        name = question.href("")
        channel = self._channels.get(name)
        if channel is None or channel.is_over:
            latest = await self._database.read(latest_seq)
            channel = self._channels.get(name)
        if channel is None or channel.is_over:
            channel = self._channels[name] = Channel(self._watch, question, self._wire, latest)
            channel.start()
            self._listen()
        channel.users += 1
        return channel

    async def _begin(self, channel: Channel, since: int | None) -> tuple[int, Page | None]:
        """Where a stream begins, and the first page of it where that had to be read."""
        if self._is_current():
            start = channel.position if since is None else since
            if channel.holds(start):
                return start, None
        page = await channel.read(channel.position if since is None else since)
        return (page.as_of, None) if since is None else (since, page)

    def _leave(self, channel: Channel) -> None:
        channel.users -= 1
        if channel.users:
            return
        channel.stop()
        name = channel.question.href("")
        if self._channels.get(name) is channel:
            del self._channels[name]
        if not self._channels:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    def _listen(self) -> None:
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._look(), name="dayline-hub-look"),
                asyncio.create_task(self._ask(), name="dayline-hub-ask"),
            ]

    async def _look(self) -> None:
        """Have everybody read who has not been told so far that the log has grown."""
        while True:
            seen = min(channel.position for channel in self._channels.values())
            if await self._watch.wait_beyond(seen, WAIT_S):
                for channel in self._channels.values():
                    if channel.position <= seen:
                        channel.tell()
            await asyncio.sleep(LOOK_SECONDS)

    async def _ask(self) -> None:
        while True:
            self._is_current()
            await asyncio.sleep(PULSE_S)
