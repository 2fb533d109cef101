"""Requests of the Python client: addresses, repetition, Retry-After, ETags."""

from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from dayline_client import (
    ConflictError,
    Dayline,
    InvalidInputError,
    InvalidResponseError,
    NetworkError,
    NotFoundError,
    ProblemError,
    RateLimitedError,
    RequestInProgressError,
    Retries,
    ServerError,
    UnavailableError,
)
from tests.clients.python.scripted_server import Reply, ScriptedServer, problem

OK = httpx.Response(200, json={"items": [], "next": None})
HALF = Retries(attempts=4, first_pause_s=1, max_pause_s=60)


def article_response(status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(
        status, json={"id": "0s9et2dg0bgsr"}, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


@pytest.mark.parametrize(
    ("base_url", "path", "expected"),
    [
        ("https://news.example", "/v1/tags", "https://news.example/v1/tags"),
        ("https://news.example/", "/v1/tags?limit=2", "https://news.example/v1/tags?limit=2"),
        ("https://news.example/api", "/v1/tags", "https://news.example/api/v1/tags"),
        ("https://news.example/api/", "/api/v1/tags", "https://news.example/api/v1/tags"),
        ("https://news.example/api", "https://news.example/api/v1/tags", "https://news.example/api/v1/tags"),
        ("http://127.0.0.1:8000", "/v1/tags?x=%C3%A9", "http://127.0.0.1:8000/v1/tags?x=%C3%A9"),
    ],
)
def test_paths_and_links_are_joined_to_the_base_url(base_url: str, path: str, expected: str) -> None:
    server = ScriptedServer(OK)
    server.client(base_url).get(path)
    assert str(server.requests[0].url) == expected


@pytest.mark.parametrize(
    "base_url", ["news.example", "ftp://news.example", "https://", "https://news.example?x=1", "http://[::1"]
)
def test_invalid_base_urls_are_refused(base_url: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        Dayline(base_url)


def test_parameters_are_encoded_from_python_values() -> None:
    server = ScriptedServer(OK)
    list(
        server.client().articles(
            tag=["a", "b"], featured=True, from_=date(2026, 1, 2), to=datetime(2026, 1, 3, tzinfo=UTC), page_size=5
        )
    )
    query = server.requests[0].url.query.decode()
    assert query == "tag=a&tag=b&featured=true&from=2026-01-02&to=2026-01-03T00%3A00%3A00%2B00%3A00&limit=5"


def test_instants_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        list(ScriptedServer().client().articles(from_=datetime(2026, 1, 2)))  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="time zone"):
        ScriptedServer().client().publish({"published_at": datetime(2026, 1, 2)})  # noqa: DTZ001 - same
    with pytest.raises(TypeError, match="parameter"):
        ScriptedServer().client().get("/v1", x=object())
    with pytest.raises(TypeError, match="Not JSON"):
        ScriptedServer().client().publish({"lead": object()})


def test_segments_of_paths_are_encoded() -> None:
    server = ScriptedServer(article_response(), article_response())
    server.client().article("a/b?c")
    server.client().upsert_article("global", "cms:4/2", {"headline": "x"})
    assert [request.url.raw_path for request in server.requests] == [
        b"/v1/articles/a%2Fb%3Fc",
        b"/v1/editorial/editions/global/articles/cms:4%2F2",
    ]


def test_reads_are_repeated_with_growing_pauses() -> None:
    replies: list[Reply] = [
        httpx.ReadTimeout("late"),
        problem(503, "unavailable"),
        httpx.Response(502, text="<html>"),
        OK,
    ]
    server = ScriptedServer(*replies)
    assert server.client(retries=HALF).get("/v1/tags")["items"] == []
    assert [len(server.requests), len(server.pauses)] == [4, 3]
    for pause, longest in zip(server.pauses, (1, 2, 4), strict=True):
        assert longest / 2 <= pause <= longest


@pytest.mark.parametrize("reply", [httpx.ConnectError("no"), problem(503, "unavailable"), httpx.Response(504)])
def test_repetition_ends(reply: Any) -> None:
    server = ScriptedServer(*[reply] * 4)
    with pytest.raises((NetworkError, UnavailableError)) as raised:
        server.client().get("/v1/tags")
    assert (len(server.requests), raised.value.is_temporary) == (4, True)


@pytest.mark.parametrize(
    "reply", [problem(404, "not-found"), problem(500, "internal-error"), httpx.UnsupportedProtocol("x")]
)
def test_lasting_failures_are_not_repeated(reply: Any) -> None:
    server = ScriptedServer(reply)
    with pytest.raises((NotFoundError, ServerError, NetworkError)):
        server.client().get("/v1/tags")
    assert server.pauses == []


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"retry_after": "7"}, 7),
        ({"retry_after": "0"}, 0),
        ({"retry_after": "Fri, 20 Nov 2026 12:00:09 GMT", "date": "Fri, 20 Nov 2026 12:00:04 GMT"}, 5),
        ({"retry_after": "Fri, 20 Nov 2026 11:00:00 GMT", "date": "Fri, 20 Nov 2026 12:00:04 GMT"}, 0),
    ],
)
def test_retry_after_replaces_the_pause(fields: dict[str, str], seconds: float) -> None:
    server = ScriptedServer(article_response(429, **fields), OK)
    server.client().get("/v1/tags")
    assert server.pauses == [seconds]


@pytest.mark.parametrize("retry_after", ["soon", "-5", "Fri, 20 Nov 2026 12:00:09 GMT", "٣"])
def test_unreadable_retry_after_is_ignored(retry_after: str) -> None:
    reply = httpx.Response(503, headers={b"retry-after": retry_after.encode()})
    server = ScriptedServer(reply, OK)
    server.client(retries=HALF).get("/v1/tags")
    assert 0.5 <= server.pauses[0] <= 1


def test_retry_after_beyond_the_bound_is_raised_at_once() -> None:
    server = ScriptedServer(article_response(429, retry_after="61"))
    with pytest.raises(RateLimitedError) as raised:
        server.client().get("/v1/tags")
    assert (raised.value.retry_after_s, server.pauses) == (61, [])


def test_generated_idempotency_key_is_the_same_in_every_repetition() -> None:
    server = ScriptedServer(
        httpx.ReadError("gone"), problem(409, "request-in-progress"), problem(503, "unavailable"), article_response(201)
    )
    dayline = server.client()
    dayline.publish({"headline": "Once"})
    keys = {request.headers["idempotency-key"] for request in server.requests}
    bodies = {request.content for request in server.requests}
    assert (len(server.requests), len(keys), len(bodies)) == (4, 1, 1)
    server.replies.append(article_response(201))
    dayline.publish({"headline": "Once"})
    assert server.requests[-1].headers["idempotency-key"] not in keys


def test_interrupted_edits_are_not_repeated() -> None:
    for failure in (httpx.ReadTimeout("late"), problem(503, "unavailable")):
        server = ScriptedServer(failure)
        with pytest.raises((NetworkError, UnavailableError)):
            server.client().update_article("0s9et2dg0bgsr", {"lead": "x"}, revision=3)
    server = ScriptedServer(
        httpx.ConnectError("no"), problem(503, "busy"), problem(429, "rate-limited"), article_response()
    )
    server.client().update_article("0s9et2dg0bgsr", {"lead": "x"}, revision=3)
    assert {request.headers["if-match"] for request in server.requests} == {'"3"'}
    assert len(server.requests) == 4


def test_other_posts_are_not_repeated() -> None:
    server = ScriptedServer(httpx.ReadTimeout("late"))
    with pytest.raises(NetworkError):
        server.client().request("POST", "/v1/editorial/webhooks", json={"url": "https://x.example"})
    server = ScriptedServer(httpx.ReadTimeout("late"), article_response(204))
    server.client().request("DELETE", "/v1/editorial/webhooks/0677y7hzc3m2e")
    assert len(server.requests) == 2


def test_conflicts_are_told_apart() -> None:
    for code, kind in (("conflict", ConflictError), ("request-in-progress", RequestInProgressError)):
        with pytest.raises(kind) as raised:
            ScriptedServer(problem(409, code)).client(retries=Retries(attempts=1)).publish({"headline": "x"})
        assert raised.value.code == code


def test_content_of_another_server_is_an_error() -> None:
    foreign = httpx.Response(422, json={"errors": ["no"], "type": None})
    server = ScriptedServer(httpx.Response(200, html="<h1>Welcome</h1>"), httpx.Response(418, text="teapot"), foreign)
    with pytest.raises(InvalidResponseError, match="text/html"):
        server.client().service()
    with pytest.raises(ProblemError) as raised:
        server.client().service()
    assert (raised.value.status, raised.value.code, type(raised.value)) == (418, "", ProblemError)
    with pytest.raises(InvalidInputError) as invalid:
        server.client().service()
    assert (invalid.value.errors, invalid.value.code) == ([], "")


def tagged(etag: str, *, size: int = 10, cache_control: str = "public") -> httpx.Response:
    headers = {"etag": etag, "cache-control": cache_control}
    return httpx.Response(200, json={"text": "x" * size}, headers=headers)


def test_etags_are_sent_and_304_is_answered_from_memory() -> None:
    server = ScriptedServer(tagged('"1"'), httpx.Response(304), tagged('"2"', size=3), httpx.Response(304))
    dayline = server.client()
    assert [len(dayline.get("/v1/tags")["text"]) for _ in range(4)] == [10, 10, 3, 3]
    sent = [request.headers.get("if-none-match") for request in server.requests]
    assert sent == [None, '"1"', '"1"', '"2"']


def test_memory_drops_what_was_not_used_for_longest() -> None:
    server = ScriptedServer(*(tagged(f'"{n}"', size=100) for n in range(3)), httpx.Response(304), tagged('"4"'))
    dayline = server.client(memory_bytes=250)
    for path in ("/v1/a", "/v1/b", "/v1/c", "/v1/b", "/v1/a"):
        dayline.get(path)
    assert [request.headers.get("if-none-match") for request in server.requests] == [None, None, None, '"1"', None]


@pytest.mark.parametrize(("memory_bytes", "cache_control"), [(0, "public"), (1_000, "private, no-store")])
def test_memory_stores_nothing_where_it_must_not(memory_bytes: int, cache_control: str) -> None:
    server = ScriptedServer(*(tagged('"1"', cache_control=cache_control) for _ in range(2)))
    dayline = server.client(memory_bytes=memory_bytes)
    for _ in range(2):
        dayline.get("/v1/tags")
    assert "if-none-match" not in server.requests[1].headers
