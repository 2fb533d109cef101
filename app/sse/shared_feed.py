"""A feed of the change log that all streams with the same parameters share: each change is read and encoded once."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from app.background.loops import Backoff, run_loop
from app.background.outage_log import OutageLogger
from app.changefeed.log_watcher import LogWatcher
from app.domain.sequence_gap import MIN_JUMP
from app.domain.webhook import REMOVAL_TYPES
from app.errors import DaylineError
from app.net.base_path import href_of
from app.schemas.change import ChangeItem, ChangeList, ChangeListParams

MAX_RECENT_EVENTS = 64
MAX_RECENT_BYTES = 65_536
RETRY_S = 0.25  # before a failed read is retried


@dataclass(slots=True)
class Event:
    """Encoded change. Its content is replaced by a later removal of the article."""

    seq: int
    type: str
    at: str
    article: str | None
    content: bytes

    @property
    def is_removal(self) -> bool:
        """Return whether it removes an article: after it has left the filters its withdrawal is not sent either."""
        return self.type in REMOVAL_TYPES


class FeedPage(NamedTuple):
    """Part of the log as events, complete up to `as_of`."""

    events: list[Event]
    as_of: int
    has_more: bool


class EventEncoder(NamedTuple):
    """Encoder of a change, of a heartbeat with the position, and of the preamble of a stream."""

    change: Callable[[ChangeItem], bytes]
    heartbeat: Callable[[int], bytes]
    preamble: Callable[[int], bytes]


class Subscriber(Protocol):
    """Receiver of events after its `position`."""

    position: int

    def enqueue(self, events: Sequence[Event]) -> None:
        """Enqueue events in order; an event may be repeated."""

    def redact(self, article: str, replace: Callable[[Event], None]) -> None:
        """Replace the content of unsent events of an article that is removed."""

    def end(self) -> None:
        """Stop receiving."""


class SharedFeed:
    """Reader of the log for one set of parameters from `position` on, for all subscribers, after each notification.

    Reads are retried during an outage. If the parameters become invalid (the edition is deleted, the log was replaced)
    every subscriber ends: a new request gets the error.
    """

    def __init__(
        self, watch: LogWatcher, params: ChangeListParams, wire: EventEncoder, position: int, outage: OutageLogger
    ) -> None:
        self.outage = outage
        self.position = position  # everything up to it was enqueued for every subscriber
        self.users = 0
        self.is_closed = False
        self.is_caught_up = False  # it has read up to the last notification, with valid parameters
        self.wire = wire
        self._watch = watch
        self.question = params
        self._listeners: dict[Subscriber, None] = {}
        self._recent: deque[Event] = deque()
        self._recent_bytes = 0
        self._oldest_buffered = position  # recent events contain everything after it
        self._reading: dict[int, asyncio.Task[FeedPage]] = {}
        self._stopping = asyncio.Event()
        self._wake = asyncio.Event()
        self._wake.set()  # the log may have grown before this feed was registered
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start following."""
        if self._task is None:
            self._task = asyncio.create_task(
                run_loop(
                    self._catch_up,
                    wake=self._wake,
                    stopping=self._stopping,
                    outage=self.outage,
                    backoff=Backoff(RETRY_S, RETRY_S),
                ),
                name="dayline-channel",
            )

    def stop(self) -> None:
        """Stop and release the task: a task that refers to the feed is a cycle that only garbage collection frees."""
        task, self._task = self._task, None
        for each in (task, *self._reading.values()):
            if each is not None:
                each.cancel()

    def wake(self, latest: int | None = None) -> None:
        """Read the log, unless it is known up to `latest`; None if its length is unknown."""
        if latest is None or latest > self.position:
            self.is_caught_up = False
            self._wake.set()

    def covers(self, since: int) -> bool:
        """Return whether the recent events contain everything after this change, as far as known."""
        return self.is_caught_up and self._oldest_buffered <= since <= self.position

    def attach(self, listener: Subscriber) -> bool:
        """Send a subscriber events from its position on; False if it must first read by itself, and after the end."""
        if listener.position < self._oldest_buffered or self.is_closed:
            return False
        self._listeners[listener] = None
        listener.enqueue(self._recent)
        return True

    def detach(self, listener: Subscriber) -> None:
        """Stop sending to a subscriber."""
        self._listeners.pop(listener, None)

    async def read(self, since: int) -> FeedPage:
        """Return the changes after a position, read and encoded once for concurrent calls; errors of the feed."""
        reading = self._reading.get(since)
        if reading is None:
            reading = self._reading[since] = asyncio.create_task(self._read(since))
            reading.add_done_callback(lambda done: self._discard(since, done))
        return await asyncio.shield(reading)

    async def _read(self, since: int) -> FeedPage:
        page: ChangeList = await self._watch.read_shared(self.question.since_seq(since))
        return FeedPage([self._write(item) for item in page["items"]], page["as_of"], page["next"] is not None)

    def _write(self, item: ChangeItem) -> Event:
        article = None if item["article"] is None else item["article"]["id"]
        return Event(item["seq"], item["type"], item["at"], article, self.wire.change(item))

    def _discard(self, since: int, done: asyncio.Task[FeedPage]) -> None:
        del self._reading[since]
        if not done.cancelled():
            done.exception()  # retrieved, so that asyncio does not report it

    async def _catch_up(self) -> None:
        """Read to the end of the log; where the parameters are no longer valid, end every listener and the loop."""
        try:
            while (page := await self.read(self.position)).has_more:
                self._ingest(page)
        except DaylineError:
            self.is_closed = True
            self._stopping.set()
            self._wake.set()
            for listener in list(self._listeners):
                listener.end()
            return
        self._ingest(page)
        self.is_caught_up = not self._wake.is_set()

    def _ingest(self, page: FeedPage) -> None:
        has_leapt = page.as_of - self.position >= MIN_JUMP
        self.position = page.as_of
        for event in page.events:
            if event.article is not None and event.is_removal:
                self._redact(event.article, event.type)
            self._recent.append(event)
            self._recent_bytes += len(event.content)
        while len(self._recent) > MAX_RECENT_EVENTS or self._recent_bytes > MAX_RECENT_BYTES:
            oldest = self._recent.popleft()
            self._recent_bytes -= len(oldest.content)
            self._oldest_buffered = oldest.seq
        if has_leapt:  # across positions of another log, at which no subscriber may attach
            self._recent.clear()
            self._recent_bytes, self._oldest_buffered = 0, page.as_of
        if page.events:
            for listener in list(self._listeners):
                listener.enqueue(page.events)

    def _redact(self, article: str, kind: str) -> None:
        """Prevent unsent text of the article from being sent."""
        for event in self._recent:
            if event.article == article and not event.is_removal:
                self._recent_bytes -= len(event.content)
                self._replace_event(event, kind)
                self._recent_bytes += len(event.content)
        for listener in self._listeners:
            listener.redact(article, lambda event: self._replace_event(event, kind))

    def _replace_event(self, event: Event, kind: str) -> None:
        article = str(event.article)
        page: ChangeItem = {
            "seq": event.seq,
            "type": kind,
            "at": event.at,
            "article": {"id": article, "href": href_of(f"/v1/articles/{article}")},
        }
        event.type, event.content = kind, self.wire.change(page)
