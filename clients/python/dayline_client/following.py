"""Operations that follow a source: changes up to now, changes as they happen, and the export to begin with."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Unpack

import httpx

from dayline_client.errors import DaylineError, InvalidResponseError, NetworkError
from dayline_client.event_stream import EventStreamParser, StreamBlock
from dayline_client.exchange import NO_RETRIES, Exchange, not_of_dayline, parse_json
from dayline_client.flow import Emit, Flow, ItemFlow, Pause
from dayline_client.params import BodyParams, ZoneParams
from dayline_client.schemas import ArticleItem, ChangeItem
from dayline_client.shapes import CHANGE, CHANGE_PAGE, ENTITY

MAX_BATCH = 100  # as many ids as one export takes
WAIT_S = 30  # of a long poll
MAX_SILENCE_S = 45.0  # of a stream, whose heartbeats come every 15 seconds
EMPTY_PAUSE_S = 1.0
POSITION_FIELD = "dayline-as-of"
EVENT_STREAM = "text/event-stream"
POSITION = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class ChangeBatch:
    """Changes in order, perhaps none: a copy stores `position` in the same transaction as what it applies."""

    changes: list[ChangeItem]
    position: int


@dataclass(frozen=True, slots=True)
class ArticleBatch:
    """Articles of an export; `follow` from `position`, the same in all batches, once the export is complete."""

    articles: list[ArticleItem]
    position: int


@dataclass(slots=True)
class _Place:
    """Progress of a follower: position, failures since the last batch, reconnection time that the server sent."""

    position: int | None
    failures: int = 0
    retry_s: float = EMPTY_PAUSE_S

    def reach(self, position: int) -> None:
        """Record that a batch arrived."""
        self.position = position
        self.failures = 0


class Following:
    """Export, change feed and stream."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def export(self, **params: Unpack[BodyParams]) -> ItemFlow[ArticleBatch]:
        """Iterate over all public articles, oldest first, from one snapshot; with `id` (up to 100) in its order.

        NetworkError where the response is interrupted: an export that ends without an error is complete.
        InvalidResponseError where the framing cannot show its end, as behind a proxy that uses HTTP/1.0.
        """
        call = self._exchange.call("GET", "/v1/export", params, is_streamed=True)
        response = yield from self._exchange.send(call)
        _require_framing(response)
        position = _position_of(response)
        rest, articles = b"", list[ArticleItem]()
        while (part := (yield from self._exchange.read_part())) is not None:
            *lines, rest = (rest + part).split(b"\n")
            articles += [parse_json(response, line, shape=ENTITY) for line in lines]
            while len(articles) >= MAX_BATCH:
                yield Emit(ArticleBatch(articles[:MAX_BATCH], position))
                del articles[:MAX_BATCH]
        if rest:
            raise NetworkError(httpx.RemoteProtocolError("The export ends within a line."))
        yield Emit(ArticleBatch(articles, position))

    def changes(self, since: int, **params: Unpack[ZoneParams]) -> ItemFlow[ChangeBatch]:
        """Iterate over the changes after a position, up to now; 0 is the beginning. UnknownPositionError."""
        _check_since(since)
        while True:
            call = self._exchange.call("GET", "/v1/changes", {**params, "since": since, "limit": MAX_BATCH})
            page = parse_json((yield from self._exchange.send(call)), shape=CHANGE_PAGE)
            since = page["as_of"]
            yield Emit(ChangeBatch(page["items"], since))
            if page["next"] is None:
                return

    def follow(
        self,
        since: int | None,
        *,
        by: Literal["stream", "poll"] = "stream",
        reconnects: int | None = None,
        **params: Unpack[ZoneParams],
    ) -> ItemFlow[ChangeBatch]:
        """Iterate over the changes after a position as they happen, endlessly; None begins at the present.

        A batch without changes comes every 15 seconds (by `poll` 30): it reports the position alone. Interrupted
        connections are resumed from the last position, with growing pauses, without a gap or a repeat; after
        `reconnects` failures in a row, where it is given, the last error is raised. UnknownPositionError where the
        position is of another log: empty the copy and begin again. ValueError for what is no position.
        """
        if since is not None:
            _check_since(since)
        if by not in {"stream", "poll"}:
            raise ValueError(f"A source is followed by 'stream' or by 'poll', not by {by!r}.")
        place = _Place(since)
        read = self._read_stream if by == "stream" else self._poll
        while True:
            try:
                yield from read(place, params)
                pause = place.retry_s
            except DaylineError as error:
                place.failures += 1
                if not error.is_temporary or (reconnects is not None and place.failures > reconnects):
                    raise
                pause = max(place.retry_s, self._exchange.reconnection_pause_s(error, place.failures))
            yield Pause(pause)

    def _read_stream(self, place: _Place, params: Mapping[str, object]) -> ItemFlow[ChangeBatch]:
        """Read one connection until the server closes it."""
        known = {} if place.position is None else {"Last-Event-ID": str(place.position)}
        call = self._exchange.call(
            "GET", "/v1/stream", params, headers=known, max_silence_s=MAX_SILENCE_S, is_streamed=True
        )
        response = yield from self._exchange.send(call, retries=NO_RETRIES)
        if not response.headers.get("content-type", "").startswith(EVENT_STREAM):
            raise not_of_dayline(response)
        parser = EventStreamParser()
        while (part := (yield from self._exchange.read_part())) is not None:
            blocks = parser.feed(part)
            place.retry_s = next((each.retry_ms / 1_000 for each in blocks if each.retry_ms), place.retry_s)
            for batch in _batches(response, blocks):
                place.reach(batch.position)
                yield Emit(batch)

    def _poll(self, place: _Place, params: Mapping[str, object]) -> ItemFlow[ChangeBatch]:
        while True:
            yield from self._poll_once(place, params, wait=WAIT_S)

    def _poll_once(self, place: _Place, params: Mapping[str, object], *, wait: int) -> ItemFlow[ChangeBatch]:
        """Read one page; a server that is about to end returns it at once and empty, so a pause follows that."""
        if place.position is None:
            place.position = yield from self._end_of_log()
        position = {"since": place.position, "wait": wait, "limit": MAX_BATCH}
        call = self._exchange.call("GET", "/v1/changes", {**params, **position}, max_silence_s=wait + WAIT_S)
        response = yield from self._exchange.send(call, retries=NO_RETRIES)
        page = parse_json(response, shape=CHANGE_PAGE)
        place.reach(page["as_of"])
        yield Emit(ChangeBatch(page["items"], page["as_of"]))
        if not page["items"] and page["next"] is None:
            yield Pause(EMPTY_PAUSE_S)

    def _end_of_log(self) -> Flow[int]:
        """Return the present position, past every cache: that of an export, whose articles HEAD leaves out."""
        call = self._exchange.call("HEAD", "/v1/export", {"fields": "id"})
        response = yield from self._exchange.send(call, retries=NO_RETRIES)
        return _position_of(response)


def _require_framing(response: httpx.Response) -> None:
    """Raise InvalidResponseError if the end of the response is that of its connection (RFC 9112, section 6.3).

    Such a response looks complete wherever it is cut. HTTP/2 marks each end; transports in a process have no version.
    """
    is_delimited = not response.headers.keys().isdisjoint({"content-length", "transfer-encoding"})
    if response.extensions.get("http_version", b"").startswith(b"HTTP/1") and not is_delimited:
        raise InvalidResponseError(
            f"{response.url} has neither Content-Length nor chunked coding, so an incomplete export would look"
            " complete: use HTTP/1.1 in the proxies before Dayline."
        )


def _position_of(response: httpx.Response) -> int:
    return _parse_position(response, response.headers.get(POSITION_FIELD, ""))


def _parse_position(response: httpx.Response, text: str) -> int:
    if not POSITION.fullmatch(text):
        raise not_of_dayline(response)
    return int(text)


def _check_since(since: object) -> None:
    """Raise ValueError for what is no position: the server's 422 would mean a position of another log."""
    if not isinstance(since, int) or isinstance(since, bool) or since < 0:
        raise ValueError(f"A position is an integer from 0 on, not {since!r}.")


def _batches(response: httpx.Response, blocks: list[StreamBlock]) -> Iterator[ChangeBatch]:
    """Yield the changes of the blocks with the position after each batch; none without a block that has an id.

    InvalidResponseError for a block that is malformed.
    """
    changes: list[ChangeItem] = []
    position: int | None = None
    for block in blocks:
        if block.id is None:
            continue
        position = _parse_position(response, block.id)
        if block.data is not None:
            changes.append(parse_json(response, block.data, shape=CHANGE))
        if len(changes) == MAX_BATCH:
            yield ChangeBatch(changes, position)
            changes, position = [], None
    if position is not None:
        yield ChangeBatch(changes, position)
