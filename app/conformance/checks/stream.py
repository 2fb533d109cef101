"""Checks of the stream of Server-Sent Events, which proxies may buffer, compress or end."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from app.conformance.check import Check, Context, FailedError, SkippedError, expect
from app.conformance.exchange import NoResponseError, Received, Sent

FIRST_EVENT_S = 10.0
HEARTBEAT_S = 25.0


@dataclass(slots=True)
class StreamBlock:
    """One block of lines of the stream."""

    last_id: str | None = None
    name: str | None = None
    content: str = ""
    is_comment: bool = False


@dataclass(slots=True)
class OpenStream:
    """An open stream: the head of the response, and its blocks as they arrive."""

    received: Received
    response: httpx.Response
    deadline: float
    _lines: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._lines = self.response.iter_lines()

    def blocks(self) -> Iterator[StreamBlock]:
        """Yield blocks until the deadline or the end of the response."""
        event = StreamBlock()
        try:
            for line in self._lines:
                if not line:
                    yield event
                    event = StreamBlock()
                elif line.startswith(":"):
                    event.is_comment = True
                else:
                    _add(event, line)
                if time.monotonic() > self.deadline:
                    return
        except httpx.ReadTimeout:
            return
        except httpx.HTTPError as error:
            raise FailedError(self.received, "an open stream", f"{type(error).__name__}: {error}") from error

    def events(self, count: int) -> list[StreamBlock]:
        """Return this many events with data; FailedError if they do not arrive in time."""
        found: list[StreamBlock] = []
        for block in self.blocks():
            if block.content:
                found.append(block)
            if len(found) == count:
                return found
        raise FailedError(self.received, f"{count} events within {FIRST_EVENT_S:g} s", f"{len(found)} events")


def _add(event: StreamBlock, line: str) -> None:
    name, _, value = line.partition(":")
    value = value.removeprefix(" ")
    match name:
        case "id":
            event.last_id = value
        case "event":
            event.name = value
        case "data":
            event.content += value


@contextmanager
def open_stream(
    context: Context, seconds: float, fields: Mapping[str, str] | None = None, **params: object
) -> Iterator[OpenStream]:
    """Open the stream for some seconds; FailedError unless the status is 200."""
    exchange = context.exchange
    sent = Sent(
        "GET", context.url("/v1/stream", fields="headline", **params), dict(fields or {}), exchange.reads_with_key
    )
    request = exchange.begin(sent)
    request.extensions["timeout"] = {"connect": 10.0, "read": seconds, "write": 10.0, "pool": 10.0}
    try:
        response = exchange.client.send(request, stream=True)
    except httpx.TimeoutException as error:
        received = Received(sent, 0, httpx.Headers(), b"")
        raise FailedError(received, f"the head of the response within {seconds:g} s", "nothing") from error
    except httpx.HTTPError as error:
        raise NoResponseError(f"{sent.url}: {type(error).__name__}: {error}") from error
    try:
        received = Received(sent, response.status_code, response.headers, b"")
        expect(response.status_code == HTTPStatus.OK, received, "status 200", f"status {response.status_code}")
        yield OpenStream(received, response, time.monotonic() + seconds)
    finally:
        response.close()


def _require_changes(context: Context, count: int) -> None:
    items = context.load(context.url("/v1/changes", since=0, limit=10, fields="headline"))["items"]
    if len(items) < count:
        raise SkippedError(f"the change feed of the edition has fewer than {count} changes")


def check_head(context: Context) -> None:
    """Check that the stream is of the type of Server-Sent Events, and neither stored nor compressed."""
    with open_stream(context, FIRST_EVENT_S, {"Accept-Encoding": "gzip"}) as stream:
        received = stream.received
        expect(received.media_type == "text/event-stream", received, "text/event-stream", received.media_type)
        expect(received.encoding == "identity", received, "no Content-Encoding", received.encoding)
        found = received.fields.get("cache-control", "")
        expect("no-store" in found, received, "Cache-Control: no-store", found)


def check_first_event(context: Context) -> None:
    """Check that from 0 the first change arrives at once, with its number as id."""
    _require_changes(context, 1)
    with open_stream(context, FIRST_EVENT_S, since=0) as stream:
        [event] = stream.events(1)
        change = json.loads(event.content)
        expect(event.last_id == str(change["seq"]), stream.received, f"id {change['seq']}", event.last_id)
        expect(event.name == change["type"], stream.received, f"event {change['type']}", event.name)


def check_resume(context: Context) -> None:
    """Check that after a disconnect, Last-Event-ID continues with the next change."""
    _require_changes(context, 3)
    with open_stream(context, FIRST_EVENT_S, since=0) as stream:
        _, second, third = stream.events(3)
    with open_stream(context, FIRST_EVENT_S, {"Last-Event-ID": str(second.last_id)}, since=0) as resumed:
        [event] = resumed.events(1)
        expect(event.last_id == third.last_id, resumed.received, f"id {third.last_id}", event.last_id)


def check_heartbeat(context: Context) -> None:
    """Check that a comment comes at least every 15 seconds, so that nothing in between ends an idle stream."""
    if context.is_quick:
        raise SkippedError("it takes up to 25 seconds, and the run is a quick one")
    with open_stream(context, HEARTBEAT_S) as stream:
        found = any(block.is_comment for block in stream.blocks())
        expect(found, stream.received, f"a comment within {HEARTBEAT_S:g} s", "none")


CHECKS = (
    Check("stream.head", "the stream is text/event-stream, neither stored nor compressed", check_head),
    Check("stream.first-event", "the first change arrives at once, with seq as its id", check_first_event),
    Check("stream.resume", "Last-Event-ID continues with the next change", check_resume),
    Check("stream.heartbeat", "an idle stream has comments", check_heartbeat),
)
