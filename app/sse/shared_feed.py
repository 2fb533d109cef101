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
from app.schemas.change import ChangeItem, ChangeList, ChangeListParams

MAX_RECENT_EVENTS = 64
MAX_RECENT_BYTES = 65_536
AGAIN_S = 0.25  # after a read that failed


@dataclass(slots=True)
class Event:
    """A change as it goes out. Its content becomes that of a later change that lets go of the article before that."""

    seq: int
    type: str
    at: str
    article: str | None
    content: bytes

    @property
    def is_removal(self) -> bool:
        """Whether it tells to let go: after an article left the filters not even its withdrawal is heard of here."""
        return self.type in REMOVAL_TYPES


class FeedPage(NamedTuple):
    """A part of the log as events; everything up to `as_of` is told with it."""

    events: list[Event]
    as_of: int
    has_more: bool


class EventEncoder(NamedTuple):
    """How things are written: a change, how far everything has been told, and the same at the beginning of a stream."""

    change: Callable[[ChangeItem], bytes]
    heartbeat: Callable[[int], bytes]
    preamble: Callable[[int], bytes]


class Subscriber(Protocol):
    """Whoever is told. Everything up to `position` it knows already."""

    position: int

    def enqueue(self, events: Sequence[Event]) -> None:
        """Take what happened, in order; it may come again."""

    def redact(self, article: str, replace: Callable[[Event], None]) -> None:
        """Have what is not sent yet of an article that is to be let go of replaced."""

    def end(self) -> None:
        """Be told no more."""


class SharedFeed:
    """Reads the log for a question from `position` on, once for all listeners, whenever it is told that it grew.

    A database that fails is asked again until it answers. Where the question can be answered no more (its edition
    is gone, the log is another one) every listener ends: whoever asks again is told why.
    """

    def __init__(
        self, watch: LogWatcher, question: ChangeListParams, wire: EventEncoder, position: int, outage: OutageLogger
    ) -> None:
        self.outage = outage
        self.position = position  # everything up to it was offered to every listener
        self.users = 0
        self.is_closed = False
        self.is_caught_up = False  # it has read up to all it was told of, and its question was answered
        self.wire = wire
        self._watch = watch
        self.question = question
        self._listeners: dict[Subscriber, None] = {}
        self._recent: deque[Event] = deque()
        self._recent_bytes = 0
        self._oldest_buffered = position  # what came after it is among the recent events
        self._reading: dict[int, asyncio.Task[FeedPage]] = {}
        self._stopping = asyncio.Event()
        self._wake = asyncio.Event()
        self._wake.set()  # the log may have grown before anybody knew whom to tell
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to follow."""
        if self._task is None:
            self._task = asyncio.create_task(
                run_loop(
                    self._catch_up,
                    wake=self._wake,
                    stopping=self._stopping,
                    outage=self.outage,
                    backoff=Backoff(AGAIN_S, AGAIN_S),
                ),
                name="dayline-channel",
            )

    def stop(self) -> None:
        """Stop following and release the task: a task that holds the channel is a cycle that only `gc` frees."""
        task, self._task = self._task, None
        for each in (task, *self._reading.values()):
            if each is not None:
                each.cancel()

    def wake(self, latest: int | None = None) -> None:
        """Look at the log, unless it is known that far; None where nobody said how far it goes."""
        if latest is None or latest > self.position:
            self.is_caught_up = False
            self._wake.set()

    def covers(self, since: int) -> bool:
        """Whether everything after this change is at hand, as far as anybody has told of changes."""
        return self.is_caught_up and self._oldest_buffered <= since <= self.position

    def attach(self, listener: Subscriber) -> bool:
        """Tell this one from its position on; False where it has to read by itself first, and where it is over."""
        if listener.position < self._oldest_buffered or self.is_closed:
            return False
        self._listeners[listener] = None
        listener.enqueue(self._recent)
        return True

    def detach(self, listener: Subscriber) -> None:
        """Tell this one no more."""
        self._listeners.pop(listener, None)

    async def read(self, since: int) -> FeedPage:
        """What came after a change, read and written once for all who need it at the moment; errors of the feed."""
        reading = self._reading.get(since)
        if reading is None:
            reading = self._reading[since] = asyncio.create_task(self._read(since))
            reading.add_done_callback(lambda done: self._forget(since, done))
        return await asyncio.shield(reading)

    async def _read(self, since: int) -> FeedPage:
        told: ChangeList = await self._watch.read_shared(self.question.since_seq(since))
        return FeedPage([self._write(item) for item in told["items"]], told["as_of"], told["next"] is not None)

    def _write(self, item: ChangeItem) -> Event:
        article = None if item["article"] is None else item["article"]["id"]
        return Event(item["seq"], item["type"], item["at"], article, self.wire.change(item))

    def _forget(self, since: int, done: asyncio.Task[FeedPage]) -> None:
        del self._reading[since]
        if not done.cancelled():
            done.exception()  # taken note of: all who asked may have gone

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
        if has_leapt:  # over places of another log, which are not to be joined from
            self._recent.clear()
            self._recent_bytes, self._oldest_buffered = 0, page.as_of
        if page.events:
            for listener in list(self._listeners):
                listener.enqueue(page.events)

    def _redact(self, article: str, kind: str) -> None:
        """Let nothing of the article go out that was not sent before."""
        for event in self._recent:
            if event.article == article and not event.is_removal:
                self._recent_bytes -= len(event.content)
                self._replace_event(event, kind)
                self._recent_bytes += len(event.content)
        for listener in self._listeners:
            listener.redact(article, lambda event: self._replace_event(event, kind))

    def _replace_event(self, event: Event, kind: str) -> None:
        article = str(event.article)
        told: ChangeItem = {
            "seq": event.seq,
            "type": kind,
            "at": event.at,
            "article": {"id": article, "href": f"/v1/articles/{article}"},
        }
        event.type, event.content = kind, self.wire.change(told)
