"""Following a source through the Python client: stream, long poll and export, with interrupted connections."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import httpx
import pytest

from dayline_client import (
    ArticleBatch,
    AsyncDayline,
    ChangeBatch,
    Dayline,
    InvalidResponseError,
    NetworkError,
    NotFoundError,
    TooManyStreamsError,
    UnauthenticatedError,
    UnavailableError,
    UnknownPositionError,
)
from dayline_client.event_stream import EventStreamParser, StreamBlock
from tests.clients.python.scripted_server import ScriptedServer, problem
from tests.server_process import Server

PREAMBLE = b"id: 5\nretry: 1500\n\n"
PING = b": ping\nid: %d\n\n"


class Parts(httpx.SyncByteStream):
    """Body that arrives in parts; an exception interrupts it."""

    def __init__(self, *parts: bytes | Exception) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            if isinstance(part, Exception):
                raise part
            yield part


def change(seq: int) -> Any:
    return {
        "seq": seq,
        "type": "article.updated",
        "at": "…",
        "article": {"id": f"a{seq}", "href": f"/v1/articles/{seq}"},
    }


def event(seq: int) -> bytes:
    return f"event: article.updated\ndata: {json.dumps(change(seq))}\nid: {seq}\n\n".encode()


def stream(*parts: bytes | Exception) -> httpx.Response:
    return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Parts(*parts))


def take(server: ScriptedServer, count: int, **options: Any) -> list[ChangeBatch]:
    """Return the first batches that a follower of this server gets."""
    return list(islice(server.client().follow(options.pop("since", 5), **options), count))


def positions_sent(server: ScriptedServer) -> list[str | None]:
    return [request.headers.get("last-event-id") for request in server.requests]


def unknown_position(where: str) -> httpx.Response:
    return problem(422, "invalid-input", errors=[{"where": where, "message": "Is of another log."}])


def test_stream_is_batches_with_positions() -> None:
    server = ScriptedServer(stream(PREAMBLE, event(6) + event(9) + PING % 11, PING % 12))
    batches = take(server, 3)
    assert batches == [ChangeBatch([], 5), ChangeBatch([change(6), change(9)], 11), ChangeBatch([], 12)]
    [request] = server.requests
    assert (request.url.path, positions_sent(server)) == ("/v1/stream", ["5"])
    assert request.extensions["timeout"]["read"] == 45


def test_stream_resumes_after_the_last_complete_event() -> None:
    server = ScriptedServer(
        stream(PREAMBLE, event(6), event(7)[:-1], httpx.ReadError("gone")),
        httpx.ConnectError("down"),
        problem(503, "unavailable"),
        stream(b"id: 6\nretry: 1500\n\n", event(7)),
        stream(PING % 7),
    )
    batches = take(server, 5)
    assert [batch.position for batch in batches] == [5, 6, 6, 7, 7]
    assert positions_sent(server) == ["5", "6", "6", "6", "7"]
    assert len(server.pauses) == 4
    assert min(server.pauses) == 1.5  # the reconnection time of the server
    assert server.pauses[-1] == 1.5  # it ended the stream itself


def test_stream_begins_now_without_a_position() -> None:
    server = ScriptedServer(stream(b"id: 40\n\n", httpx.ReadError("gone")), stream(PING % 41))
    assert [batch.position for batch in take(server, 2, since=None, tag="fog")] == [40, 41]
    assert positions_sent(server) == [None, "40"]
    assert {request.url.query for request in server.requests} == {b"tag=fog"}


@pytest.mark.parametrize("where", ["Last-Event-ID", "since"])
def test_position_of_another_log_is_an_error_of_its_own(where: str) -> None:
    with pytest.raises(UnknownPositionError):
        take(ScriptedServer(unknown_position(where)), 1)
    with pytest.raises(UnknownPositionError):
        take(ScriptedServer(unknown_position(where)), 1, by="poll")
    with pytest.raises(UnknownPositionError):
        list(ScriptedServer(unknown_position("since")).client().changes(10**9))


def test_lasting_errors_end_a_follower() -> None:
    for reply, kind in (
        (problem(401, "unauthenticated"), UnauthenticatedError),
        (problem(404, "not-found"), NotFoundError),
    ):
        server = ScriptedServer(reply)
        with pytest.raises(kind):
            take(server, 1)
        assert server.pauses == []


def test_failures_in_a_row_may_be_bounded() -> None:
    down = httpx.ConnectError("down")
    server = ScriptedServer(down, stream(PREAMBLE, down), down, down, problem(503, "unavailable"))
    follower = server.client().follow(5, reconnects=2)
    assert next(follower).position == 5
    with pytest.raises((NetworkError, UnavailableError)):
        next(follower)
    assert len(server.requests) == 4
    with pytest.raises(TooManyStreamsError):
        take(ScriptedServer(problem(503, "too-many-streams")), 1, reconnects=0)


def test_retry_after_delays_a_reconnection_up_to_a_bound() -> None:
    refusals = [httpx.Response(503, headers={"retry-after": text}, json={}) for text in ("9", "9000")]
    server = ScriptedServer(*refusals, stream(PREAMBLE))
    take(server, 1)
    assert server.pauses == [9, 60]


def page(*seqs: int, as_of: int, more: bool = False) -> httpx.Response:
    following = {"cursor": "c", "href": "/v1/changes?cursor=c"} if more else None
    return httpx.Response(200, json={"items": [change(seq) for seq in seqs], "as_of": as_of, "next": following})


def test_poll_waits_from_the_last_position() -> None:
    server = ScriptedServer(
        page(6, as_of=6, more=True), page(as_of=8), httpx.ReadTimeout("late"), page(9, as_of=9), page(as_of=9)
    )
    batches = take(server, 4, by="poll", edition="*")
    assert [batch.position for batch in batches] == [6, 8, 9, 9]
    assert [request.url.params["since"] for request in server.requests] == ["5", "6", "8", "8", "9"]
    assert {request.url.params["wait"] for request in server.requests} == {"30"}
    assert server.requests[0].extensions["timeout"]["read"] == 60
    assert server.pauses[0] == 1  # after an empty page, which a server that shuts down sends at once


def test_poll_without_a_position_begins_at_the_end_of_the_log() -> None:
    server = ScriptedServer(httpx.Response(200, headers={"dayline-as-of": "70"}), page(71, as_of=71))
    [batch] = take(server, 1, since=None, by="poll")
    assert batch.position == 71
    assert (server.requests[0].method, server.requests[1].url.params["since"]) == ("HEAD", "70")


def test_large_parts_are_split_into_batches_of_a_hundred() -> None:
    server = ScriptedServer(stream(PREAMBLE + b"".join(event(seq) for seq in range(6, 226))))
    batches = take(server, 3)
    assert [(len(batch.changes), batch.position) for batch in batches] == [(100, 105), (100, 205), (20, 225)]


def lines(*names: str) -> bytes:
    return b"".join(b'{"id":"%s"}\n' % name.encode() for name in names)


def test_export_is_batches_with_one_position() -> None:
    names = [f"a{n}" for n in range(230)]
    text = lines(*names)
    parts = [text[n : n + 700] for n in range(0, len(text), 700)]
    server = ScriptedServer(
        httpx.Response(200, headers={"dayline-as-of": "77"}, stream=Parts(*parts)),
        httpx.Response(200, headers={"dayline-as-of": "78"}, stream=Parts()),
    )
    batches = list(server.client().export(body="blocks", id=["a", "b"]))
    assert [article["id"] for batch in batches for article in batch.articles] == names
    assert [(len(batch.articles), batch.position) for batch in batches] == [(100, 77), (100, 77), (30, 77)]
    assert server.requests[0].url.query == b"body=blocks&id=a&id=b"
    assert list(server.client().export()) == [ArticleBatch([], 78)]


def test_interrupted_export_is_an_error() -> None:
    broken = Parts(lines("a", "b"), b'{"id', httpx.RemoteProtocolError("closed"))
    server = ScriptedServer(
        httpx.Response(503, headers={"retry-after": "5"}, json={}),
        httpx.Response(200, headers={"dayline-as-of": "77"}, stream=broken),
    )
    with pytest.raises(NetworkError):
        list(server.client().export())
    assert server.pauses == [5]


def test_content_of_another_server_ends_a_follower() -> None:
    for by in ("stream", "poll"):
        server = ScriptedServer(httpx.Response(200, html="<h1>Sign in</h1>"))
        with pytest.raises(InvalidResponseError):
            take(server, 1, by=by)
    for headers, text in (({}, ""), ({"dayline-as-of": "7"}, "<h1>Sign in</h1>\n")):
        with pytest.raises(InvalidResponseError):
            list(ScriptedServer(httpx.Response(200, headers=headers, text=text)).client().export())


BLOCKS = [
    (b"id: 1\n\n", [StreamBlock("1", None, None)]),
    (b"id:1\r\nretry: 9\r\n\r\n", [StreamBlock("1", None, 9)]),
    (b"data: a\rdata:  b\rdata\r\rid: 1", [StreamBlock(None, "a\n b\n", None)]),
    (b"\n\n: comment\n\nretry: x\nother: y\n\n", [StreamBlock(None, None, None)] * 2),
    ("data: é漢\n\nid: 2".encode(), [StreamBlock(None, "é漢", None)]),
]


@pytest.mark.parametrize(("text", "expected"), BLOCKS)
def test_event_stream_is_parsed_in_any_parts(text: bytes, expected: list[StreamBlock]) -> None:
    for size in range(1, len(text) + 1):
        parser = EventStreamParser()
        found = [block for n in range(0, len(text), size) for block in parser.feed(text[n : n + size])]
        assert found == expected, size


def test_blocking_client_follows_a_server(server: Server) -> None:
    with Dayline(server.address) as dayline:
        [*_, export] = dayline.export(edition="*", fields="headline")
        [*_, last] = dayline.changes(0, edition="*")
        assert export.position == last.position
        for by in ("stream", "poll"):
            follower = dayline.follow(0, by=by, edition="*", fields="headline")
            position, ids = 0, set()
            while position < export.position:
                batch = next(follower)
                position = batch.position
                ids |= {each["article"]["id"] for each in batch.changes if each["article"] is not None}
            follower.close()
            assert {article["id"] for article in export.articles} <= ids
        assert next(dayline.follow(None)).position == export.position
        assert dayline.service()


async def test_awaited_client_follows_a_server(server: Server) -> None:
    async with AsyncDayline(server.address) as dayline:
        follower = dayline.follow(0, edition="*")
        batches = [await anext(follower) for _ in range(2)]
        await follower.aclose()
    assert batches[0] == ChangeBatch([], 0)
    assert batches[1].changes
