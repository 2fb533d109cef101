"""One open stream: its unsent events, and its heartbeat."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any

from app.errors import DaylineError
from app.sse.shared_feed import RETRY_S, Event, FeedPage, SharedFeed

MAX_QUEUE_EVENTS = 256
MAX_QUEUE_BYTES = 1_048_576
HEARTBEAT_S = 15.0

_random = random.Random()  # noqa: S311 - spreads heartbeats of simultaneous streams; not a secret


def _is_cancelled() -> bool:
    """Return whether the current task is being cancelled."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Subscription:
    """Stream of everything after `position` for one client, in order and once, until either side ends it.

    First it reads by itself, at its client's pace, until it can attach to the shared feed; from then on unsent events
    are in a queue of at most 256 events and 1 MiB. It ends when the queue is full, and when the client read nothing
    between two heartbeats. `is_authorized` is called at each heartbeat. `on_stalled` is called if it ends while its
    client reads nothing: then only the connection can be aborted.
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
        self._woken: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_due = False  # a heartbeat is due
        self._is_out = False  # a chunk is being sent
        self._sent = 0
        self._sent_before = -1  # at the last heartbeat

    async def iter_chunks(self) -> AsyncGenerator[bytes]:
        """Yield chunks as they become available; at the end of the iterator the subscription has ended."""
        self._schedule_heartbeat(HEARTBEAT_S * _random.uniform(0.5, 1))
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
        """Enqueue these events, except those it has already."""
        missed = [event for event in events if event.seq > self.position]
        if not missed:
            return
        self._queue += missed
        self._bytes += sum(len(event.content) for event in missed)
        if len(self._queue) > MAX_QUEUE_EVENTS or self._bytes > MAX_QUEUE_BYTES:
            self.end()
        else:
            self._wake()

    def redact(self, article: str, replace: Callable[[Event], None]) -> None:
        """Replace the content of unsent events of an article that is removed."""
        for event in self._queue:
            if event.article == article and not event.is_removal:
                replace(event)

    def end(self) -> None:
        """Drop unsent events and end now."""
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
        """Return the position up to which every relevant change was sent."""
        return max(self.position, self._channel.position) if self._is_joined else self.position

    def _take(self) -> bytes:
        queue, self._queue, self._bytes = self._queue, [], 0
        return queue[0].content if len(queue) == 1 else b"".join([event.content for event in queue])

    async def _catch_up(self) -> bytes | None:
        """Return one page of unsent events; None if there is nothing now, or the shared feed sends it."""
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
            self.end()  # a new request gets the error
            return None
        except asyncio.CancelledError:
            if self.is_open or _is_cancelled():
                raise
            return None  # it was the last of its feed, whose reads were cancelled when it ended
        except Exception as error:  # noqa: BLE001 - whatever the cause, the next read may succeed
            self._channel.outage.failure(error)
            await asyncio.sleep(RETRY_S)
            return None
        self.position = page.as_of
        return b"".join([event.content for event in page.events])

    async def _wait(self) -> None:
        self._woken = asyncio.get_running_loop().create_future()
        try:
            await self._woken
        finally:
            self._woken = None

    def _wake(self) -> None:
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    def _schedule_heartbeat(self, seconds: float) -> None:
        if self.is_open:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._heartbeat)

    def _heartbeat(self) -> None:
        if self._is_out and self._sent == self._sent_before:
            self.end()
            return
        self._sent_before, self._is_due = self._sent, True
        self._wake()
        self._schedule_heartbeat(HEARTBEAT_S)
