"""The API key of the Python client: it is valid in HTTP, and is sent to the installation alone."""

from typing import Any

import httpx
import pytest

from dayline_client import AsyncDayline, Dayline, InvalidResponseError, NetworkError, Retries
from tests.clients.python.scripted_server import ScriptedServer

KEY = "dl_secret"
OK = httpx.Response(200, json={"items": [], "next": None})
ELSEWHERE = [
    *("https://other.example/v1", "http://news.example/v1", "https://news.example:8443/v1"),
    *("//other.example/v1", "///other.example/v1", "//news.example@other.example/v1", "https:other.example/v1"),
    *("https:///other.example/v1", "https://news.example@other.example/v1", "https://editor:x@news.example/v1"),
    *(
        "https://news.example\\@other.example/v1",
        "\\\\other.example/v1",
        "/\t/other.example/v1",
        "/\n/other.example/v1",
    ),
    *("http://[::1", "v1", "", "?x=1", "@other.example/", ".other.example/", ":8443/"),
]


@pytest.mark.parametrize("address", ELSEWHERE)
@pytest.mark.parametrize("base_url", ["https://news.example", "https://news.example/api"])
def test_addresses_elsewhere_are_refused(base_url: str, address: str) -> None:
    server = ScriptedServer()
    dayline = server.client(base_url, api_key=KEY)
    for send in (dayline.get, lambda path: dayline.request("POST", path, json={})):
        with pytest.raises(ValueError, match="Not a "):
            send(address)
    assert server.requests == []


def test_addresses_above_the_base_path_are_refused() -> None:
    dayline = ScriptedServer().client("https://news.example/api", api_key=KEY)
    for address in ("/../other", "/api/../other"):
        with pytest.raises(ValueError, match="Not a URL of"):
            dayline.get(address)


@pytest.mark.parametrize("address", ["/\\other.example/v1", "/@other.example/v1", "/.other.example", "/:8443/v1"])
def test_paths_never_change_the_origin(address: str) -> None:
    server = ScriptedServer(OK)
    server.client(api_key=KEY).get(address)
    assert (server.requests[0].url.host, server.requests[0].url.port) == ("news.example", None)


def test_key_is_sent_and_not_shown() -> None:
    server = ScriptedServer(OK)
    with server.client(api_key=KEY) as dayline:
        dayline.get("/v1")
        assert KEY not in repr(vars(dayline))
    [request] = server.requests
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["user-agent"].startswith("dayline-client/")


def redirect(status: int, location: str) -> httpx.Response:
    return httpx.Response(status, headers={"location": location})


OUTSIDE = ["https://other.example/v1", "http://news.example/v1", "//other.example/v1", "https://x:y@news.example/v1"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_writes_are_not_redirected(status: int) -> None:
    writes: list[Any] = [
        lambda dayline: dayline.publish({"headline": "x"}),
        lambda dayline: dayline.create_article({"headline": "x"}),
        lambda dayline: dayline.update_article("0s9et2dg0bgsr", {"lead": "x"}, revision=3),
        lambda dayline: dayline.request("DELETE", "/v1/editorial/webhooks/0677y7hzc3m2e"),
    ]
    for write in writes:
        for location in ("/v1/elsewhere", "https://other.example/v1"):
            server = ScriptedServer(redirect(status, location))
            with pytest.raises(InvalidResponseError, match="redirects to"):
                write(server.client(api_key=KEY))
            assert len(server.requests) == 1


@pytest.mark.parametrize("location", [*OUTSIDE, "/login"])
def test_reads_are_not_redirected_outside_the_installation(location: str) -> None:
    server = ScriptedServer(*[redirect(308, location)] * 3)
    dayline = server.client("https://news.example/api", api_key=KEY)
    for read in (dayline.service, lambda: list(dayline.export()), lambda: next(dayline.follow(5))):
        with pytest.raises(InvalidResponseError, match="outside base_url"):
            read()
    assert len(server.requests) == 3


def test_reads_are_redirected_within_the_installation() -> None:
    for location in ("/api/v1/tags/fog?x=1", "fog?x=1", "https://news.example/api/v1/tags/fog?x=1"):
        server = ScriptedServer(redirect(308, location), OK)
        assert server.client("https://news.example/api", api_key=KEY).get("/v1/tags/mist") == OK.json()
        assert [str(each.url) for each in server.requests][1:] == ["https://news.example/api/v1/tags/fog?x=1"]
        assert server.requests[1].headers["authorization"] == f"Bearer {KEY}"


def test_endless_redirects_end() -> None:
    server = ScriptedServer(*[redirect(308, "/v1/a")] * 9)
    with pytest.raises(InvalidResponseError, match="more than 5 times"):
        server.client().get("/v1/a")
    assert len(server.requests) == 6


@pytest.mark.parametrize("key", ["", f"{KEY}\n", f" {KEY}", f"{KEY}\r\nX-Other: 1", f"{KEY}é", f"{KEY} x", f"{KEY}\0"])
def test_keys_that_no_header_can_have_are_refused_without_being_shown(key: str) -> None:
    for kind in (Dayline, AsyncDayline):
        with pytest.raises(ValueError, match="api_key must be") as raised:
            kind("https://news.example", key)
        assert KEY not in f"{raised.value!r} {raised.value.__context__!r}"


@pytest.mark.parametrize("value", [f"{KEY}\n", f"{KEY}é", f" {KEY}", f"{KEY}\r\nX-Other: 1"])
def test_header_fields_that_http_does_not_allow_are_refused(value: str) -> None:
    dayline = Dayline("http://127.0.0.1:9", retries=Retries(attempts=1))
    uses: list[Any] = [
        lambda: Dayline("https://news.example", headers={"Authorization": value}),
        lambda: dayline.request("GET", "/v1", headers={"Authorization": value}),
        lambda: dayline.publish({"headline": "x"}, idempotency_key=value),
    ]
    for use in uses:
        with pytest.raises(ValueError, match="must be ASCII") as raised:
            use()
        assert KEY not in repr(raised.value)
    with pytest.raises(ValueError, match="Not the name"):
        dayline.request("GET", "/v1", headers={"X Other": "1"})
    with pytest.raises(NetworkError):
        dayline.request("GET", "/v1", headers={"X-Other": "", "X-More": "a \t b"})
