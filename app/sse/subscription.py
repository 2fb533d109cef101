"""One open stream: what it is owed and has not been sent, and the beat that tells that it lives."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any

from app.errors import DaylineError
from app.sse.shared_feed import AGAIN_S, Event, FeedPage, SharedFeed

MAX_QUEUE_EVENTS = 256
MAX_QUEUE_BYTES = 1_048_576
HEARTBEAT_S = 15.0

_chance = random.Random()  # noqa: S311 - spreads the beats of those who come together; nobody gains by guessing it


def _is_cancelled() -> bool:
    """Whether the task that asks is itself to stop."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Subscription:
    """Everything behind `position` for one listener, in order and once, until one of both ends it.

    First it reads for itself, at the pace its client takes it, until the shared following can go on for it; from
    then on what the client has not taken waits in a queue of at most 256 events and 1 MiB. It ends when that is full,
    and when the client took nothing between two beats. `is_authorized` is asked at each beat. `on_stalled` is called
    when it ends while its client takes nothing: then only the connection can be cut.
    """

    def __init__(
        self,
        channel: SharedFeed,
        position: int,
        page: FeedPage | None,
        *,
        is_authorized: Callable[[], Awaitable[bool]],
        left: Callable[["Subscription"], None],
    ) -> None:
        self.position = position
        self.is_open = True
        self.on_stuck: Callable[[], Any] = bool
        self._channel = channel
        self._page = page
        self._is_joined = False
        self._is_welcome = is_authorized
        self._left = left
        self._queue: list[Event] = []
        self._bytes = 0
        self._stirred: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_due = False  # a beat
        self._is_out = False  # the client is being sent something
        self._sent = 0
        self._sent_before = -1  # at the last beat

    async def iter_chunks(self) -> AsyncGenerator[bytes]:
        """What is to be sent, as it comes; when it is over the subscription has ended."""
        self._beat_in(HEARTBEAT_S * _chance.uniform(0.5, 1))
        chunk: bytes | None = self._channel.wire.preamble(self.position)
        try:
            while chunk is not None and self.is_open:
                self._is_out = True
                yield chunk
                self._is_out = False
                self._sent += 1
                chunk = await self._next()
        finally:
            self.end()

    def enqueue(self, events: Sequence[Event]) -> None:
        """Owe it these, but for what it knows already."""
        owed = [event for event in events if event.seq > self.position]
        if not owed:
            return
        self._queue += owed
        self._bytes += sum(len(event.content) for event in owed)
        if len(self._queue) > MAX_QUEUE_EVENTS or self._bytes > MAX_QUEUE_BYTES:
            self.end()
        else:
            self._wake()

    def redact(self, article: str, replace: Callable[[Event], None]) -> None:
        """Have replaced what is owed of an article that is to be let go of."""
        for event in self._queue:
            if event.article == article and not event.is_removal:
                replace(event)

    def end(self) -> None:
        """Owe it nothing more, now."""
        if not self.is_open:
            return
        self.is_open = False
        self._queue.clear()
        if self._timer is not None:
            self._timer.cancel()
        self._channel.detach(self)
        self._left(self)
        self._wake()
        if self._is_out:
            self.on_stuck()

    async def _next(self) -> bytes | None:
        while self.is_open:
            if self._is_due:
                self._is_due = False
                if not await self._is_welcome():
                    return None
                if not self._queue:
                    return self._channel.wire.heartbeat(self._sent_up_to())
            elif self._queue:
                return self._take()
            elif self._is_joined:
                await self._wait()
            elif chunk := await self._catch_up():
                return chunk
        return None

    def _sent_up_to(self) -> int:
        """How far everything that concerns it was sent."""
        return max(self.position, self._channel.position) if self._is_joined else self.position

    def _take(self) -> bytes:
        queue, self._queue, self._bytes = self._queue, [], 0
        return queue[0].content if len(queue) == 1 else b"".join([event.content for event in queue])

    async def _catch_up(self) -> bytes | None:
        """What it has not been sent, as far as one page goes; None where there is nothing now, or others tell it."""
        page, self._page = self._page, None
        if page is None and self._channel.attach(self):
            self._is_joined = True
            return None
        if self._channel.is_closed:
            self.end()
            return None
        try:
            page = page or await self._channel.read(self.position)
        except DaylineError:
            self.end()  # who asks again is told why
            return None
        except asyncio.CancelledError:
            if self.is_open or _is_cancelled():
                raise
            return None  # it was the last of its channel: what it waited for was given up when it ended
        except Exception as error:  # noqa: BLE001 - whatever it was, the next read may succeed
            self._channel.outage.failure(error)
            await asyncio.sleep(AGAIN_S)
            return None
        self.position = page.as_of
        return b"".join([event.content for event in page.events])

    async def _wait(self) -> None:
        self._stirred = asyncio.get_running_loop().create_future()
        try:
            await self._stirred
        finally:
            self._stirred = None

    def _wake(self) -> None:
        if self._stirred is not None and not self._stirred.done():
            self._stirred.set_result(None)

    def _beat_in(self, seconds: float) -> None:
        if self.is_open:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._heartbeat)

    def _heartbeat(self) -> None:
        if self._is_out and self._sent == self._sent_before:
            self.end()
            return
        self._sent_before, self._is_due = self._sent, True
        self._wake()
        self._beat_in(HEARTBEAT_S)
