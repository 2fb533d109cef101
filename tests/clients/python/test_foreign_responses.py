"""Responses of another server, and arguments that are none: each is an error of the Python client's own."""

import json
from itertools import islice
from typing import Any

import httpx
import pytest

from dayline_client import ChangeBatch, Dayline, InvalidResponseError, ProblemError, UnavailableError
from tests.clients.python.scripted_server import ScriptedServer
from tests.clients.python.test_following import PREAMBLE, change, event, stream

FOREIGN: list[Any] = [
    *({"ok": True}, [], None, 5, "text", [{"id": 1}]),
    {"items": None, "next": None, "days": None, "as_of": None, "id": None},
    {"items": [1], "next": None, "days": [1], "as_of": 5, "id": 5},
    {"items": [], "next": 1, "days": [], "as_of": "5"},
]
ARTICLE = "0s9et2dg0bgsr"
OPERATIONS: dict[str, Any] = {
    "service": lambda dayline: dayline.service(),
    "timeline": lambda dayline: dayline.timeline(),
    "days": lambda dayline: list(dayline.days()),
    "day": lambda dayline: dayline.day("2026-11-20"),
    "articles": lambda dayline: list(dayline.articles()),
    "article": lambda dayline: dayline.article("x"),
    "resolve": lambda dayline: dayline.resolve("/x"),
    "curated_list": lambda dayline: dayline.curated_list("x"),
    "tags": lambda dayline: list(dayline.tags()),
    "changes": lambda dayline: list(dayline.changes(0)),
    "poll": lambda dayline: next(dayline.follow(0, by="poll")),
    "stream": lambda dayline: next(dayline.follow(0)),
    "export": lambda dayline: list(dayline.export()),
    "create_article": lambda dayline: dayline.create_article({"headline": "x"}),
    "publish": lambda dayline: dayline.publish({"headline": "x"}),
    "upsert_article": lambda dayline: dayline.upsert_article("global", "x", {"headline": "x"}),
    "editorial_article": lambda dayline: dayline.editorial_article(ARTICLE),
    "update_article": lambda dayline: dayline.update_article(ARTICLE, {}, revision=1),
    "publish_article": lambda dayline: dayline.publish_article(ARTICLE),
    "withdraw_article": lambda dayline: dayline.withdraw_article(ARTICLE),
    "restore_article": lambda dayline: dayline.restore_article(ARTICLE),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_json_of_another_server_is_an_invalid_response(name: str) -> None:
    for content in FOREIGN:
        with pytest.raises(InvalidResponseError, match="not an address of Dayline"):
            OPERATIONS[name](ScriptedServer(httpx.Response(200, text=json.dumps(content))).client())
    for text in (b"", b"[" * 100_000, b"\xff"):
        with pytest.raises(InvalidResponseError):
            OPERATIONS[name](ScriptedServer(httpx.Response(200, content=text)).client())


def test_foreign_content_is_not_taken_from_memory() -> None:
    html = httpx.Response(200, html="<p>Sign in", headers={"etag": '"1"'})
    server = ScriptedServer(html, httpx.Response(200, json=[], headers={"etag": '"2"'}), httpx.Response(304))
    dayline = server.client()
    for _ in range(2):
        with pytest.raises(InvalidResponseError):
            dayline.service()
    assert "if-none-match" not in server.requests[1].headers


def test_other_addresses_may_have_any_json() -> None:
    for content in FOREIGN:
        assert ScriptedServer(httpx.Response(200, text=json.dumps(content))).client().get("/v1/x") == content
    assert ScriptedServer(httpx.Response(204)).client().request("DELETE", "/v1/x") is None


@pytest.mark.parametrize(
    "block",
    [
        *(b"data: null\nid: 6\n\n", b"data: {}\nid: 6\n\n", b"data: [\nid: 6\n\n", b"data: 5\nid: 6\n\n"),
        *(b"id: x\n\n", b"id: -1\n\n", b"id:\n\n", "id: ٣\n\n".encode(), b"id: %s\n\n" % (b"1" * 5_000)),
        b'data: {"seq": "6", "type": "x", "article": null}\nid: 6\n\n',
        b'data: {"seq": 6, "type": "x", "article": {}}\nid: 6\n\n',
    ],
)
def test_malformed_blocks_of_a_stream_are_invalid_responses(block: bytes) -> None:
    follower = ScriptedServer(stream(PREAMBLE, block)).client().follow(5)
    assert next(follower) == ChangeBatch([], 5)
    with pytest.raises(InvalidResponseError):
        next(follower)


def test_unreadable_reconnection_time_is_ignored() -> None:
    retry = b"retry: %s\n\n" % (b"1" * 5_000)
    batches = islice(ScriptedServer(stream(PREAMBLE + retry, event(6))).client().follow(5), 2)
    assert list(batches)[1].changes == [change(6)]


@pytest.mark.parametrize("position", ["", "x", "٣", "-1", "1" * 5_000])
def test_export_without_a_position_is_an_invalid_response(position: str) -> None:
    response = httpx.Response(200, headers={b"dayline-as-of": position.encode()})
    with pytest.raises(InvalidResponseError):
        list(ScriptedServer(response).client().export())


@pytest.mark.parametrize("since", [-1, "abc", "5", 1.5, True])
def test_what_is_no_position_is_refused_before_a_request(since: Any) -> None:
    dayline = ScriptedServer().client()
    for read in (dayline.changes, dayline.follow, lambda at: dayline.follow(at, by="poll")):
        with pytest.raises(ValueError, match="A position is"):
            next(read(since))
    with pytest.raises(ValueError, match="A position is"):
        next(Dayline("https://news.example").changes(None))  # type: ignore[arg-type]


def test_source_is_followed_by_stream_or_poll() -> None:
    with pytest.raises(ValueError, match="not by 'x'"):
        next(ScriptedServer().client().follow(5, by="x"))  # type: ignore[arg-type]


@pytest.mark.parametrize("errors", [[{"where": []}], [{"where": {}}], 5, [5]])
def test_problems_of_another_server_are_errors(errors: Any) -> None:
    with pytest.raises(ProblemError):
        ScriptedServer(httpx.Response(422, json={"errors": errors, "type": []})).client().service()
    with pytest.raises(ProblemError):
        ScriptedServer(httpx.Response(400, content=b"[" * 100_000)).client().service()


@pytest.mark.parametrize("zone", ["+" + "9" * 30, "GMT"])
def test_impossible_dates_of_retries_are_ignored(zone: str) -> None:
    dates = {"retry-after": f"Fri, 20 Nov 99999 12:00:09 {zone}", "date": "Fri, 20 Nov 2026 12:00:04 GMT"}
    with pytest.raises(UnavailableError):
        ScriptedServer(*[httpx.Response(503, headers=dates)] * 4).client().service()
