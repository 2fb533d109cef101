"""The server process over raw sockets: behaviour that the in-process transport cannot show."""

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from tests.api.conftest import fill
from tests.conftest import run_once

MAX_SECONDS = 20.0
LEAKS = re.compile(rb"Traceback|sqlite|\.py\b|/tmp|select ", re.IGNORECASE)


class Server(NamedTuple):
    """Server process, its port, and its database file."""

    port: int
    file: Path


class Reply(NamedTuple):
    """Response as received."""

    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture(scope="module")
def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run `dayline serve` over the small newsroom, on a port of its own."""
    file = tmp_path_factory.mktemp("served") / "dayline.db"
    file.write_bytes(sqlite_template.read_bytes())
    run_once(f"sqlite:///{file}", fill)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DAYLINE_DATABASE_URL": f"sqlite:///{file}",
    }
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_for(port, process)
            yield Server(port, file)
        finally:
            process.terminate()
            process.wait(MAX_SECONDS)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once the process accepts connections."""
    deadline = time.monotonic() + MAX_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server stopped"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the server does not take connections")


def send(server: Server, request: bytes) -> bytes:
    """Send a request; return everything that comes back until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=MAX_SECONDS) as connection:
        connection.sendall(request)
        received = b""
        while piece := connection.recv(65_536):
            received += piece
        return received


def send_request(
    server: Server, target: bytes, *, method: bytes = b"GET", headers: bytes = b"Host: api.example\r\n"
) -> Reply:
    """Return the response to one request with this raw target."""
    raw = send(server, method + b" " + target + b" HTTP/1.1\r\n" + headers + b"Connection: close\r\n\r\n")
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    return Reply(int(first.split()[1]), {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}, body)


@pytest.mark.parametrize(
    "target",
    [
        b"/v1/timeline",
        b"/v1/articles/trams-return",
        b"/v1/nowhere",
        b"/v1/articles/taken-back",
        b"/docs",
        b"/health/ready",
    ],
)
def test_server_head_sends_the_headers_of_get_only(server: Server, target: bytes) -> None:
    got, head = send_request(server, target), send_request(server, target, method=b"HEAD")
    assert head.body == b""
    assert got.body
    assert int(got.headers["content-length"]) == len(got.body)
    volatile = {"date", "x-request-id"}  # the id is absent on responses from the cache
    assert {k: v for k, v in head.headers.items() if k not in volatile} == {
        k: v for k, v in got.headers.items() if k not in volatile
    }


def test_connection_is_reusable_after_head_304_and_problems(server: Server) -> None:
    tag = send_request(server, b"/v1/timeline").headers["etag"].encode()
    host = b"Host: api.example\r\n"
    raw = send(
        server,
        b"HEAD /v1/timeline HTTP/1.1\r\n" + host + b"\r\n"
        b"GET /v1/timeline HTTP/1.1\r\n" + host + b"If-None-Match: " + tag + b"\r\n\r\n"
        b"GET /v1/timeline/ HTTP/1.1\r\n" + host + b"\r\n"
        b"GET /health/live HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n",
    )
    assert re.findall(rb"HTTP/1\.1 (\d+)", raw) == [b"200", b"304", b"404", b"200"]
    assert raw.endswith(b'{"status":"live"}')


def test_server_returns_no_request_host(server: Server) -> None:
    forged = b"Host: evil.example\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\n"
    for target in (b"/v1", b"/v1/timeline/", b"/v1/articles/night-trams", b"/docs", b"/v1/editions", b"/docs/assets"):
        plain, tricked = send_request(server, target), send_request(server, target, headers=forged)
        assert (plain.status, plain.body) == (tricked.status, tricked.body)
        assert b"evil" not in tricked.body
        assert "evil" not in str(tricked.headers)
    absolute = send_request(server, b"http://evil.example/v1/timeline/", headers=forged)
    assert absolute.status == 404
    assert b"evil" not in absolute.body


def test_server_does_not_disclose_its_software(server: Server) -> None:
    headers = send_request(server, b"/v1").headers
    assert "server" not in headers
    assert {name for name in headers if name.startswith("x-")} == {"x-content-type-options", "x-frame-options"}


@pytest.mark.parametrize(
    "target",
    [
        b"/v1/articles/\xff\xfe",
        b"/v1/articles/%00",
        b"/v1/articles/..",
        b"/v1/../etc/passwd",
        b"/v1/articles/%2e%2e/%2e%2e/etc/passwd",
        b"/v1/timeline?edition=\xd0\xbb\xd1\x96",
        b"/v1/timeline?\xff=\xfe",
        b"/v1/timeline?a=%",
        b"/v1/timeline?" + b"x" * 20_000,
        b"/v1/articles/" + b"x" * 20_000,
        b"/v1/timeline?" + b"&".join(b"tag=t%d" % i for i in range(600)),
        b"*",
        b"/v1/timeline#fragment",
        b"//evil.example/v1",
    ],
)
def test_arbitrary_bytes_get_a_valid_response(server: Server, target: bytes) -> None:
    for method in (b"GET", b"HEAD", b"OPTIONS"):
        reply = send_request(server, target, method=method)
        assert reply.status in {200, 204, 400, 404, 405, 422, 431}
        assert "location" not in reply.headers
        assert LEAKS.search(reply.body) is None
    assert send_request(server, b"/health/live").status == 200


def test_unusual_headers_are_accepted(server: Server) -> None:
    for line in (
        b"If-None-Match: \xff\xfe",
        b"If-Modified-Since: " + b"9" * 5_000,
        b"Accept-Encoding: zstd;q=nan, \xff;q=1",
        b"Accept-Encoding: " + b"gzip," * 5_000,
        b"Accept: text/html;q=0",
        b"Content-Length: 5\r\nContent-Type: application/json",
        b"Range: bytes=0-10",
        b"Expect: 200-nothing",
    ):
        reply = send_request(server, b"/v1/timeline", headers=b"Host: a\r\n" + line + b"\r\n" + b"")
        assert reply.status in {200, 400, 431}, line[:60]


def test_compressed_responses_decode_to_the_same_body(server: Server) -> None:
    plain = httpx.get(f"http://127.0.0.1:{server.port}/v1/articles?body=html", headers={"accept-encoding": "identity"})
    for encoding in ("gzip", "br", "zstd"):
        raw = send_request(
            server, b"/v1/articles?body=html", headers=b"Host: a\r\nAccept-Encoding: " + encoding.encode() + b"\r\n"
        )
        assert raw.headers["content-encoding"] == encoding
        assert len(raw.body) == int(raw.headers["content-length"]) < len(plain.content)


def test_head_during_an_outage_has_no_body(server: Server) -> None:
    with sqlite3.connect(server.file) as connection:
        connection.execute("ALTER TABLE editions RENAME TO editions_away")
    connection.close()
    try:
        uncached = b"/v1/timeline?limit=17"  # cached responses read no database
        got, head = send_request(server, uncached), send_request(server, uncached, method=b"HEAD")
        assert (got.status, head.status) == (500, 500)
        assert got.headers["content-type"] == "application/problem+json"
        assert got.headers["access-control-allow-origin"] == "*"
        assert LEAKS.search(got.body) is None
        assert head.body == b""
    finally:
        with sqlite3.connect(server.file) as connection:
            connection.execute("ALTER TABLE editions_away RENAME TO editions")
        connection.close()
    assert send_request(server, b"/v1/timeline").status == 200
