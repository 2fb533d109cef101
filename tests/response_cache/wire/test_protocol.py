"""Hits before ASGI over raw sockets: responses are equal, but for Date, to those without the wire cache."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from app import clock
from tests.api.conftest import fill
from tests.conftest import NOW, run_once
from tests.response_cache.threaded_server import Exchange, Served, say, serving

PASSES = 4  # not cached; cached; its request was seen once; its request is stored
HOST = b"Host: api.example\r\n"
PAGE = b"/v1/timeline?exclude=x%d"  # each probe has one of its own
BROWSER = (
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    b"Accept: application/json, text/plain, */*\r\nAccept-Language: en-GB,en;q=0.9,uk;q=0.8\r\n"
    b"Accept-Encoding: gzip, deflate, br, zstd\r\nReferer: https://courier.example/latest\r\n"
    b"Connection: keep-alive\r\nCookie: consent=1; theme=dark\r\nCache-Control: no-cache\r\nDNT: 1\r\n"
    b"Sec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: cross-site\r\n"
)


def ask(lines: bytes = b"", *, target: bytes = PAGE, method: bytes = b"GET", version: bytes = b"HTTP/1.1") -> bytes:
    return method + b" " + target + b" " + version + b"\r\n" + HOST + lines + b"\r\n"


LIVE = ask(target=b"/health/live")
UPGRADE = ask(b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: YQ==\r\n")


class Probe(NamedTuple):
    """Bytes to send, the expected responses, whether the connection stays open, and the number of wire cache hits."""

    segments: list[bytes]
    responses: str
    is_open: bool = True
    early: int = 0


PROBES = {
    "a plain request": Probe([ask()], "200", early=1),
    "a browser's": Probe([ask(BROWSER)], "200", early=1),
    "without Host": Probe([b"GET %b HTTP/1.1\r\n\r\n" % PAGE], "400", is_open=False),
    "HEAD": Probe([ask(method=b"HEAD")], "200h", early=1),
    "HEAD in an encoding": Probe([ask(b"Accept-Encoding: br\r\n", method=b"HEAD")], "200h", early=1),
    "a copy that is current": Probe([ask(b"If-None-Match: *\r\n")], "304h", early=1),
    "HEAD with a copy that is current": Probe([ask(b"If-None-Match: *\r\n", method=b"HEAD")], "304h", early=1),
    "a copy that is not": Probe([ask(b'If-None-Match: "another"\r\n')], "200", early=1),
    "a copy by date": Probe([ask(b"If-Modified-Since: Fri, 20 Nov 2026 12:00:00 GMT\r\n")], "200", early=1),
    "no encoding will do": Probe([ask(b"Accept-Encoding: identity;q=0, *;q=0\r\n")], "200", early=1),
    "to be closed": Probe([ask(b"Connection: close\r\n")], "200", is_open=False),
    "close and keep-alive": Probe([ask(b"Connection: close, keep-alive\r\n")], "200", is_open=False),
    "to be closed, for a proxy": Probe([ask(b"Proxy-Connection: close\r\n")], "200", is_open=False),
    "keep-alive": Probe([ask(b"Connection: keep-alive\r\n")], "200", early=1),
    "HTTP/1.0": Probe([ask(version=b"HTTP/1.0")], "200", is_open=False),
    "HTTP/1.0 keep-alive": Probe([ask(b"Connection: keep-alive\r\n", version=b"HTTP/1.0")], "200", is_open=False),
    "HTTP/1.0 proxy keep-alive": Probe(
        [ask(b"Proxy-Connection: keep-alive\r\n", version=b"HTTP/1.0")], "200", is_open=False
    ),
    "HTTP/2.0": Probe([ask(version=b"HTTP/2.0")], "505", is_open=False),
    "HTTP/9.9": Probe([ask(version=b"HTTP/9.9")], "505", is_open=False),
    "expecting 100": Probe([ask(b"Expect: 100-continue\r\n")], "200"),
    "expecting 100 with a body": Probe([ask(b"Expect: 100-continue\r\nContent-Length: 2\r\n") + b"ab"], "200"),
    "with a body": Probe([ask(b"Content-Length: 5\r\n") + b"hello"], "200"),
    "with a body that comes later": Probe([ask(b"Content-Length: 5\r\n"), b"hello", ask()], "200||200", early=1),
    "with a body of nothing": Probe([ask(b"Content-Length: 0\r\n")], "200"),
    "with a body in chunks": Probe([ask(b"Transfer-Encoding: chunked\r\n") + b"2\r\nab\r\n0\r\n\r\n"], "200"),
    "chunks and a trailer": Probe([ask(b"Transfer-Encoding: chunked\r\n") + b"0\r\nIf-None-Match: *\r\n\r\n"], "200"),
    "two lengths": Probe([ask(b"Content-Length: 1\r\nContent-Length: 2\r\n") + b"ab"], "400", is_open=False),
    "a length and chunks": Probe([ask(b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n")], "400", is_open=False),
    "an absolute target": Probe([ask(target=b"http://evil.example" + PAGE)], "200", early=1),
    "a fragment": Probe([ask(target=PAGE + b"#part")], "200", early=1),
    "a path in percents": Probe([ask(target=b"/v1/%%74imeline?exclude=x%d")], "200", early=1),
    "a path in percents that is no UTF-8": Probe([ask(target=b"/v1/articles/%%ff")], "404", early=1),
    "two slashes": Probe([ask(target=b"//v1/timeline?exclude=x%d")], "404"),
    "a target of raw bytes": Probe([ask(target=b"/v1/articles/\xd0\xbb")], "400", is_open=False),
    "a query of raw bytes": Probe([ask(target=b"/v1/timeline?edition=\xd0\xbb")], "400", is_open=False),
    "no path": Probe([ask(target=b"*")], "404"),
    "another authority's": Probe([ask(target=b"api.example:80", method=b"CONNECT")], "501", is_open=False),
    "a name that moved": Probe([ask(target=b"/v1/articles/night-trams")], "308", early=1),
    "nothing there": Probe([ask(target=b"/v1/articles/none-%d")], "404", early=1),
    "taken back": Probe([ask(target=b"/v1/articles/taken-back?body=html")], "410", early=1),
    "a question that is wrong": Probe([ask(target=b"/v1/timeline?limit=-%d")], "422"),
    "a page for people": Probe([ask(target=b"/problems?%d")], "200", early=1),
    "never cached": Probe([LIVE], "200"),
    "the newsroom's side": Probe([ask(target=b"/v1/editorial/articles")], "401"),
    "a method that is not there": Probe([ask(method=b"DELETE")], "405"),
    "a preflight": Probe([ask(b"Origin: https://a.example\r\n", method=b"OPTIONS")], "204"),
    "a method nobody knows": Probe([ask(method=b"FETCH")], "501", is_open=False),
    "names in any case": Probe([ask(b"aCCEPT-eNCODING: gzip\r\nCONNECTION: Keep-Alive\r\n")], "200", early=1),
    "one field twice": Probe([ask(b"Accept-Encoding: br;q=0\r\nAccept-Encoding: gzip\r\n")], "200"),
    "two copies": Probe([ask(b'If-None-Match: "a"\r\nIf-None-Match: *\r\n')], "200"),
    "blanks around a value": Probe([ask(b"Accept-Encoding: \t gzip \t \r\n")], "200", early=1),
    "an empty value": Probe([ask(b"Accept-Encoding:\r\nIf-None-Match:\r\n")], "200", early=1),
    "a value of raw bytes": Probe([ask(b"X-Name: \xd0\xbb\r\nIf-None-Match: \xff\r\n")], "200", early=1),
    "a long field": Probe([ask(b"X-Long: " + b"x" * 20_000 + b"\r\n")], "200", early=1),
    "many fields": Probe([ask(b"".join(b"X-%d: y\r\n" % n for n in range(500)))], "200", early=1),
    "a long target": Probe([ask(target=PAGE + b"&x=" + b"y" * 9_000)], "422"),
    "a secret": Probe([ask(b"Authorization: Bearer nobody\r\nCookie: a=b\r\n")], "200", early=1),
    "part of it": Probe([ask(b"Range: bytes=0-10\r\n")], "200", early=1),
    "a folded line": Probe([ask(b"X-Long: one\r\n two\r\n")], "400", is_open=False),
    "a field without a name": Probe([ask(b": value\r\n")], "400", is_open=False),
    "a field without a colon": Probe([ask(b"nothing\r\n")], "400", is_open=False),
    "a zero byte": Probe([ask(b"X-Zero: a\x00b\r\n")], "400", is_open=False),
    "lines that end in LF alone": Probe([ask().replace(b"\r\n", b"\n")], "400", is_open=False),
    "garbage": Probe([b"\x16\x03\x01\x02\x00\x01garbage\r\n\r\n"], "400", is_open=False),
    "garbage behind a hit, at once": Probe([ask() + b"\x00garbage\r\n\r\n"], "200 400", is_open=False, early=1),
    "garbage behind a hit, later": Probe([ask(), b"\x00garbage\r\n\r\n"], "200|400", is_open=False, early=1),
    "a bad field behind two hits": Probe([ask() + ask() + ask(b"nothing\r\n")], "200 200 400", False, 2),
    "empty lines before": Probe([b"\r\n\r\n" + ask()], "200", early=1),
    "empty lines after": Probe([ask() + b"\r\n\r\n"], "200", early=1),
    "hits in one segment": Probe([ask() * 5], "200 200 200 200 200", early=5),
    "hits of several kinds in one segment": Probe(
        [ask() + ask(method=b"HEAD") + ask(b"If-None-Match: *\r\n") + ask(BROWSER)], "200 200h 304h 200", early=4
    ),
    "hits in two segments": Probe([ask(), ask(BROWSER)], "200|200", early=2),
    "a hit, a miss and a hit": Probe([ask() + LIVE + ask(BROWSER)], "200 200 200", early=2),
    "a miss and hits": Probe([LIVE + ask() + ask()], "200 200 200", early=2),
    "a hit behind a miss that is done": Probe([LIVE, ask()], "200|200", early=1),
    "a hit and one to be closed behind it": Probe([ask() + ask(b"Connection: close\r\n")], "200 200", False, 1),
    "one to be closed and a hit behind it": Probe([ask(b"Connection: close\r\n") + ask()], "200", is_open=False),
    "a hit and half a request": Probe([ask() + ask()[:30]], "200", early=1),
    "a hit and half a request and its other half": Probe([ask() + ask()[:30], ask()[30:]], "200|200", early=2),
    "three pieces": Probe([ask()[:3], ask()[3:40], ask()[40:]], "||200", early=1),
    "a hit in the last byte": Probe([ask()[:-1], ask()[-1:]], "|200", early=1),
    "one half and more": Probe([ask()[:30], ask()[30:] + ask()], "|200 200", early=2),
    "an upgrade": Probe([UPGRADE, ask(), ask()], "200|200|200"),
    "an upgrade behind a hit": Probe([ask() + UPGRADE], "200 200", early=1),
}


@pytest.fixture(scope="module")
def both(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    """Start servers without the wire cache and with the protocol under test, each over a newsroom of its own."""
    files = [tmp_path_factory.mktemp(name) / "dayline.db" for name in ("plain", "early")]
    shutil.copy(sqlite_template, files[0])
    run_once(f"sqlite:///{files[0]}", fill)
    shutil.copy(files[0], files[1])
    with (
        clock.frozen(NOW),
        serving(f"sqlite:///{files[0]}", early=False) as plain,
        serving(f"sqlite:///{files[1]}", early=True) as early,
    ):
        yield plain, early


async def say_all(served: Served) -> dict[str, Exchange]:
    """Send every probe concurrently, each on a connection and about a page of its own."""

    async def one(place: int, probe: Probe) -> Exchange:
        segments = [each.replace(b"%d", b"%d" % place).replace(b"%%", b"%") for each in probe.segments]
        return await say(served, segments, probe.responses, stays=probe.is_open)

    responses = await asyncio.gather(*(one(place, probe) for place, probe in enumerate(PROBES.values(), start=1)))
    return dict(zip(PROBES, responses, strict=True))


async def counted(served: Served, requests: int) -> tuple[int, int, int]:
    """Return its counts, once they have so many requests: a response arrives a moment before it is counted."""
    for _ in range(200):
        if served.counts()[0] >= requests:
            break
        await asyncio.sleep(0.01)
    return served.counts()


async def test_wire_cache_hits_send_and_count_as_the_application_does(
    both: tuple[Served, Served],
) -> None:
    plain, early = both
    for number in range(PASSES):
        expected, found = await say_all(plain), await say_all(early)
        for name, probe in PROBES.items():
            statuses = [f"HTTP/1.1 {status[:3]} ".encode() for status in probe.responses.replace("|", " ").split()]
            assert all(status in expected[name].received for status in statuses), (name, expected[name])
            assert expected[name].is_open is probe.is_open, name
            assert found[name][:2] == expected[name][:2], (name, number)
            if number:
                assert found[name].early == probe.early, (name, number)
        requests = plain.counts()[0]
        assert await counted(early, requests) == await counted(plain, requests)
    assert sum(plain.early.values()) == 0
