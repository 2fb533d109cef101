"""One following of the change log for all who asked the same: each change is read and written out once."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from app.db.session import FAILURES
from app.domain.log_gap import LEAP_LEAST
from app.domain.webhook import LET_GO
from app.errors import DaylineError
from app.relay.log import LogWatch
from app.schemas.change import ChangeList, ChangesQuestion, FeedItem

RECENT_EVENTS_MOST = 64
RECENT_BYTES_MOST = 65_536
AGAIN_S = 0.25  # after a read that failed

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Event:
    """A change as it goes out. Its content becomes that of a later change that lets go of the article before that."""

    seq: int
    type: str
    at: str
    article: str | None
    content: bytes

    @property
    def lets_go(self) -> bool:
        """Whether it tells to let go: after an article left the filters not even its withdrawal is heard of here."""
        return self.type in LET_GO


class Page(NamedTuple):
    """A part of the log as events; everything up to `as_of` is told with it."""

    events: list[Event]
    as_of: int
    goes_on: bool


class Wire(NamedTuple):
    """How things are written: a change, how far everything has been told, and the same at the beginning of a stream."""

    event: Callable[[FeedItem], bytes]
    position: Callable[[int], bytes]
    opening: Callable[[int], bytes]


class Listener(Protocol):
    """Whoever is told. Everything up to `position` it knows already."""

    position: int

    def offer(self, events: Sequence[Event]) -> None:
        """Take what happened, in order; it may come again."""

    def recall(self, article: str, replace: Callable[[Event], None]) -> None:
        """Have what is not sent yet of an article that is to be let go of replaced."""

    def end(self) -> None:
        """Be told no more."""


class Channel:
    """Reads the log for a question from `position` on, once for all listeners, whenever it is told that it grew.

    A database that fails is asked again until it answers. Where the question can be answered no more (its edition
    is gone, the log is another one) every listener ends: whoever asks again is told why.
    """

    def __init__(self, watch: LogWatch, question: ChangesQuestion, wire: Wire, position: int) -> None:
        self.position = position  # everything up to it was offered to every listener
        self.users = 0
        self.is_over = False
        self.is_settled = False  # it has read up to all it was told of, and its question was answered
        self.wire = wire
        self._watch = watch
        self.question = question
        self._listeners: dict[Listener, None] = {}
        self._recent: deque[Event] = deque()
        self._recent_bytes = 0
        self._floor = position  # what came after it is among the recent events
        self._reading: dict[int, asyncio.Task[Page]] = {}
        self._wake = asyncio.Event()
        self._wake.set()  # the log may have grown before anybody knew whom to tell
        self._is_failing = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to follow."""
        if self._task is None:
            self._task = asyncio.create_task(self._follow(), name="dayline-channel")

    def stop(self) -> None:
        """Stop following and release the task: a task that holds the channel is a cycle that only `gc` frees."""
        task, self._task = self._task, None
        for each in (task, *self._reading.values()):
            if each is not None:
                each.cancel()

    def tell(self, latest: int | None = None) -> None:
        """Look at the log, unless it is known that far; None where nobody said how far it goes."""
        if latest is None or latest > self.position:
            self.is_settled = False
            self._wake.set()

    def holds(self, since: int) -> bool:
        """Whether everything after this change is at hand, as far as anybody has told of changes."""
        return self.is_settled and self._floor <= since <= self.position

    def join(self, listener: Listener) -> bool:
        """Tell this one from its position on; False where it has to read by itself first, and where it is over."""
        if listener.position < self._floor or self.is_over:
            return False
        self._listeners[listener] = None
        listener.offer(self._recent)
        return True

    def leave(self, listener: Listener) -> None:
        """Tell this one no more."""
        self._listeners.pop(listener, None)

    async def read(self, since: int) -> Page:
        """What came after a change, read and written once for all who need it at the moment; errors of the feed."""
        reading = self._reading.get(since)
        if reading is None:
            reading = self._reading[since] = asyncio.create_task(self._read(since))
            reading.add_done_callback(lambda done: self._forget(since, done))
        return await asyncio.shield(reading)

    async def _read(self, since: int) -> Page:
        told: ChangeList = await self._watch.ask(self.question.after(since))
        self._is_failing = False
        return Page([self._write(item) for item in told["items"]], told["as_of"], told["next"] is not None)

    def _write(self, item: FeedItem) -> Event:
        article = None if item["article"] is None else item["article"]["id"]
        return Event(item["seq"], item["type"], item["at"], article, self.wire.event(item))

    def _forget(self, since: int, done: asyncio.Task[Page]) -> None:
        del self._reading[since]
        if not done.cancelled():
            done.exception()  # taken note of: all who asked may have gone

    async def _follow(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                while (page := await self.read(self.position)).goes_on:
                    self._take(page)
                self._take(page)
                self.is_settled = not self._wake.is_set()
            except DaylineError:
                self.is_over = True
                for listener in list(self._listeners):
                    listener.end()
                return
            except Exception as error:  # noqa: BLE001 - whatever it was, the next read may succeed
                self.note_failure(error)
                self._wake.set()
                await asyncio.sleep(AGAIN_S)

    def note_failure(self, error: Exception) -> None:
        """Tell a fault in full, once until it is over; of an outage those tell who look at the log all the time."""
        if not self._is_failing and not isinstance(error, FAILURES):
            self._is_failing = True
            log.error("A stream reads the log again", exc_info=error)

    def _take(self, page: Page) -> None:
        has_leapt = page.as_of - self.position >= LEAP_LEAST
        self.position = page.as_of
        for event in page.events:
            if event.article is not None and event.lets_go:
                self._recall(event.article, event.type)
            self._recent.append(event)
            self._recent_bytes += len(event.content)
        while len(self._recent) > RECENT_EVENTS_MOST or self._recent_bytes > RECENT_BYTES_MOST:
            oldest = self._recent.popleft()
            self._recent_bytes -= len(oldest.content)
            self._floor = oldest.seq
        if has_leapt:  # over places of another log, which are not to be joined from
            self._recent.clear()
            self._recent_bytes, self._floor = 0, page.as_of
        if page.events:
            for listener in list(self._listeners):
                listener.offer(page.events)

    def _recall(self, article: str, kind: str) -> None:
        """Let nothing of the article go out that was not sent before."""
        for event in self._recent:
            if event.article == article and not event.lets_go:
                self._recent_bytes -= len(event.content)
                self._replace(event, kind)
                self._recent_bytes += len(event.content)
        for listener in self._listeners:
            listener.recall(article, lambda event: self._replace(event, kind))

    def _replace(self, event: Event, kind: str) -> None:
        article = str(event.article)
        told: FeedItem = {
            "seq": event.seq,
            "type": kind,
            "at": event.at,
            "article": {"id": article, "href": f"/v1/articles/{article}"},
        }
        event.type, event.content = kind, self.wire.event(told)
