"""Requests that the server refuses before the application: status, problem details, and the end of the connection."""

import asyncio
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import jsonschema
import pytest

from app.api.http.problem_types import PROBLEM_TYPES
from app.server.refusals import REFUSALS
from app.server.request_head import check_head
from app.server.response_fields import SECURITY_FIELDS
from tests.response_cache.threaded_server import Served
from tests.server.conftest import StartServer
from tests.server.exchanges import exchange, parse_responses

HOST = b"Host: api.example\r\n"
TIMELINE = "/v1/timeline"
SEGMENT_BYTES = 32_768  # loopback interfaces send at least this in one segment


def get(fields: bytes = HOST, *, target: bytes = b"/v1/timeline", version: bytes = b"HTTP/1.1") -> bytes:
    return b"GET " + target + b" " + version + b"\r\n" + fields + b"\r\n"


def post(fields: bytes, body: bytes = b"", *, version: bytes = b"HTTP/1.1") -> bytes:
    return b"POST /v1/editorial/articles " + version + b"\r\n" + HOST + fields + b"\r\n" + body


CHUNKED = b"Transfer-Encoding: chunked\r\n"
LENGTH = b"Content-Length: 1\r\n"


class Refused(NamedTuple):
    """A request, the code of its problem, and the path that the problem names."""

    request: bytes
    code: str
    instance: str = ""


REFUSED = {
    "no Host": Refused(get(b"Accept: */*\r\n"), "bad-request", TIMELINE),
    "no field at all": Refused(get(b""), "bad-request", TIMELINE),
    "two Host fields": Refused(get(HOST * 2), "bad-request", TIMELINE),
    "two different Host fields": Refused(get(HOST + b"host: b.example\r\n"), "bad-request", TIMELINE),
    "a Host with a path": Refused(get(b"Host: api.example/v1\r\n"), "bad-request", TIMELINE),
    "a Host with a user": Refused(get(b"Host: me@api.example\r\n"), "bad-request", TIMELINE),
    "a Host with a blank": Refused(get(b"Host: api example\r\n"), "bad-request", TIMELINE),
    "a list of hosts": Refused(get(b"Host: a.example, b.example/\r\n"), "bad-request", TIMELINE),
    "a Host with a port that is none": Refused(get(b"Host: api.example:http\r\n"), "bad-request", TIMELINE),
    "a Host of raw bytes": Refused(get(b"Host: caf\xc3\xa9.example\r\n"), "bad-request", TIMELINE),
    "a Host with a bad escape": Refused(get(b"Host: api%zz.example\r\n"), "bad-request", TIMELINE),
    "an absolute target without Host": Refused(get(b"", target=b"http://a.example/v1"), "bad-request", "/v1"),
    "two Host fields in HTTP/1.0": Refused(get(HOST * 2, version=b"HTTP/1.0"), "bad-request", TIMELINE),
    "a long field": Refused(get(HOST + b"X-Long: " + b"x" * 70_000 + b"\r\n"), "header-fields-too-large"),
    "a field that does not end": Refused(get(HOST)[:-2] + b"X-Long: " + b"x" * 500_000, "header-fields-too-large"),
    "very many fields": Refused(get(HOST + b"a: b\r\n" * 1_500), "header-fields-too-large"),
    "very many long fields": Refused(get(HOST + (b"X: " + b"x" * 990 + b"\r\n") * 70), "header-fields-too-large"),
    "a target that does not end": Refused(b"GET /" + b"x" * 100_000, "uri-too-long"),
    "a long target": Refused(get(target=b"/" + b"x" * 70_000), "uri-too-long"),
    "empty lines without end": Refused(b"\r\n" * 40_000, "header-fields-too-large"),
    "a length and chunks": Refused(post(LENGTH + CHUNKED, b"0\r\n\r\n"), "bad-request", "/v1/editorial/articles"),
    "chunks and a length": Refused(post(CHUNKED + LENGTH, b"0\r\n\r\n"), "bad-request", "/v1/editorial/articles"),
    "two equal lengths": Refused(post(LENGTH * 2, b"x"), "bad-request", "/v1/editorial/articles"),
    "a list of lengths": Refused(post(b"Content-Length: 1, 1\r\n", b"x"), "bad-request", "/v1/editorial/articles"),
    "a signed length": Refused(post(b"Content-Length: +1\r\n", b"x"), "bad-request", "/v1/editorial/articles"),
    "a negative length": Refused(post(b"Content-Length: -1\r\n", b"x"), "bad-request", "/v1/editorial/articles"),
    "an immense length": Refused(
        post(b"Content-Length: 99999999999999999999999\r\n"), "bad-request", "/v1/editorial/articles"
    ),
    "chunked twice": Refused(post(b"Transfer-Encoding: chunked, chunked\r\n"), "bad-request", "/v1/editorial/articles"),
    "another coding": Refused(
        post(b"Transfer-Encoding: gzip, chunked\r\n"), "not-implemented", "/v1/editorial/articles"
    ),
    "another coding in a field of its own": Refused(
        post(b"Transfer-Encoding: gzip\r\n" + CHUNKED), "not-implemented", "/v1/editorial/articles"
    ),
    "an unknown coding": Refused(post(b"Transfer-Encoding: xchunked\r\n"), "not-implemented", "/v1/editorial/articles"),
    "chunks in HTTP/1.0": Refused(
        post(CHUNKED, b"0\r\n\r\n", version=b"HTTP/1.0"), "bad-request", "/v1/editorial/articles"
    ),
    "a chunk size that is none": Refused(post(CHUNKED, b"zz\r\n"), "bad-request", "/v1/editorial/articles"),
    "chunk extensions without end": Refused(
        post(CHUNKED, b"1;" + b"x" * 50_000), "bad-request", "/v1/editorial/articles"
    ),
    "trailer fields without end": Refused(
        post(CHUNKED, b"0\r\n" + b"a: b\r\n" * 9_000), "bad-request", "/v1/editorial/articles"
    ),
    "a folded field": Refused(get(HOST + b"X-Fold: a\r\n b\r\n"), "bad-request", TIMELINE),
    "a blank before the colon": Refused(get(HOST + b"X-Blank : a\r\n"), "bad-request"),
    "a blank before the first field": Refused(get(b" " + HOST), "bad-request"),
    "a name that is not ASCII": Refused(get(HOST + b"X-N\xc3\xa4me: a\r\n"), "bad-request"),
    "a bare CR": Refused(get(HOST + b"X-Bare: a\rb\r\n"), "bad-request", TIMELINE),
    "a bare LF": Refused(get(HOST.replace(b"\r\n", b"\n")), "bad-request"),
    "a NUL": Refused(get(HOST + b"X-Nul: a\x00b\r\n"), "bad-request", TIMELINE),
    "a control character": Refused(get(HOST + b"X-Control: a\x1b[31mb\r\n"), "bad-request", TIMELINE),
    "a control character in the target": Refused(get(target=b"/v1/\x1b[31m"), "bad-request"),
    "raw bytes in the target": Refused(get(target=b"/v1/\xd0\xbb"), "bad-request"),
    "no slash in the target": Refused(get(target=b"v1"), "bad-request"),
    "HTTP/0.9": Refused(get(version=b"HTTP/0.9"), "http-version-not-supported", TIMELINE),
    "HTTP/1.2": Refused(get(version=b"HTTP/1.2"), "http-version-not-supported"),
    "HTTP/2.0": Refused(get(version=b"HTTP/2.0"), "http-version-not-supported", TIMELINE),
    "the preface of HTTP/2": Refused(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "http-version-not-supported"),
    "an unknown method": Refused(b"FETCH / HTTP/1.1\r\n" + HOST + b"\r\n", "not-implemented"),
    "a method in lower case": Refused(b"get / HTTP/1.1\r\n" + HOST + b"\r\n", "not-implemented"),
    "CONNECT": Refused(b"CONNECT api.example:443 HTTP/1.1\r\n" + HOST + b"\r\n", "not-implemented"),
    "TLS": Refused(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "bad-request"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_malformed_request_returns_problem_details_and_closes(server: Served, name: str) -> None:
    refused = REFUSED[name]
    received = await exchange(server.port, refused.request)
    [response] = parse_responses(received)
    kind = PROBLEM_TYPES[refused.code]
    assert response.status == kind.status, received
    assert response.fields["content-type"] == "application/problem+json"
    assert response.fields["connection"] == "close"
    assert response.fields["cache-control"] == "no-store"
    assert response.fields["access-control-allow-origin"] == "*"
    assert SECURITY_FIELDS.items() <= response.fields.items()
    assert "date" in response.fields
    problem = response.problem
    assert problem["type"] == f"/problems/{refused.code}"
    assert (problem["title"], problem["status"]) == (kind.title, kind.status)
    # What exceeds one segment may be read in two, so that the path is known when the second one is refused.
    is_cut = len(refused.request) > SEGMENT_BYTES
    assert problem["instance"] in ({refused.instance, TIMELINE} if is_cut else {refused.instance})
    assert problem["detail"].isprintable()


ACCEPTED = {
    "an empty Host": get(b"Host:\r\nConnection: close\r\n"),
    "a Host with a port": get(b"Host: api.example:8080\r\nConnection: close\r\n"),
    "an IPv6 Host": get(b"Host: [2001:db8::1]:80\r\nConnection: close\r\n"),
    "an underscore in Host": get(b"Host: my_service\r\nConnection: close\r\n"),
    "an escaped Host": get(b"Host: caf%C3%A9.example\r\nConnection: close\r\n"),
    "HTTP/1.0 without Host": get(b"", version=b"HTTP/1.0"),
    "an absolute target and another Host": get(HOST + b"Connection: close\r\n", target=b"http://b.example/v1/timeline"),
    "fields of 60,000 bytes": get(HOST + b"Connection: close\r\nX: " + b"x" * 60_000 + b"\r\n"),
    "900 fields": get(HOST + b"Connection: close\r\n" + b"a: b\r\n" * 900),
    "an upgrade without a body": get(HOST + b"Upgrade: h2c\r\nConnection: Upgrade, close\r\n"),
    "fields in any encoding": get(HOST + b"Connection: close\r\nX-Name: \xd0\xbb\t\xff\r\n"),
}


@pytest.mark.parametrize("name", ACCEPTED)
async def test_unusual_but_valid_request_is_served(server: Served, name: str) -> None:
    [response] = parse_responses(await exchange(server.port, ACCEPTED[name]))
    assert response.status == 200
    assert response.fields["content-type"] == "application/json"


async def test_absolute_target_without_path_names_the_root(server: Served) -> None:
    for target in (b"http://b.example", b"http://b.example?a=b"):
        received = await exchange(server.port, get(HOST + b"Connection: close\r\n", target=target))
        [response] = parse_responses(received)
        assert (response.status, response.fields["vary"]) == (200, "Accept, Accept-Encoding")


async def test_requests_before_a_malformed_one_get_their_responses(server: Served) -> None:
    responses = parse_responses(await exchange(server.port, get() * 3 + get(target=b"/health/live") + get(b"")))
    assert [each.status for each in responses] == [200, 200, 200, 200, 400]


async def test_refusal_of_head_has_no_body(server: Served) -> None:
    received = await exchange(server.port, b"HEAD /v1/timeline HTTP/1.1\r\nAccept: */*\r\n\r\n")
    head, separator, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert (separator, body) == (b"\r\n\r\n", b"")


async def test_trailer_fields_are_no_header_fields(server: Served) -> None:
    request = b"GET /v1/timeline HTTP/1.1\r\n" + HOST + CHUNKED + b"Connection: close\r\n\r\n"
    [response] = parse_responses(await exchange(server.port, request + b"0\r\nIf-None-Match: *\r\n\r\n"))
    assert response.status == 200


UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABk\r\n"


@pytest.mark.parametrize("framing", ["length", "chunks"])
@pytest.mark.parametrize("is_cut", [False, True])
async def test_upgrade_is_ignored_and_the_body_belongs_to_the_request(
    start_server: StartServer,
    newsroom_token: str,
    framing: str,
    is_cut: bool,  # noqa: FBT001 - parametrized
) -> None:
    served = start_server()
    body = b'{"headline": "GET /v1/timeline HTTP/1.1"}'
    fields = b"Authorization: Bearer " + newsroom_token.encode() + b"\r\nContent-Type: application/json\r\n" + UPGRADE
    if framing == "length":
        request = post(fields + b"Content-Length: %d\r\n" % len(body), body)
    else:
        request = post(fields + CHUNKED, b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
    sent = request + get(HOST + b"Connection: close\r\n")
    segments = (sent[:60], sent[60:120], sent[120:-80], sent[-80:]) if is_cut else (sent,)
    created, timeline = parse_responses(await exchange(served.port, *segments))
    assert (created.status, timeline.status) == (201, 200)
    assert created.problem["headline"] == "GET /v1/timeline HTTP/1.1"


async def test_upgrade_with_a_body_that_is_refused_has_one_response(server: Served) -> None:
    sent = post(UPGRADE + b"Content-Length: 48\r\nHost: b.example\r\n", get())
    [response] = parse_responses(await exchange(server.port, sent))
    assert response.status == 400


async def test_client_that_sends_on_still_reads_the_refusal(server: Served) -> None:
    segments = [get(HOST)[:-2] + b"X-Long: ", *([b"x" * 100_000] * 30)]
    [response] = parse_responses(await exchange(server.port, *segments))
    assert response.status == 431


async def test_refusals_follow_the_published_schema_and_resolve(server: Served, shared_folder: Path) -> None:
    path = shared_folder / "standards" / "rfc9457-problem.schema.json"
    if not path.is_file():
        pytest.skip(f"the schema is not here: {path}")
    schema: dict[str, Any] = httpx.Response(200, content=path.read_bytes()).json()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as client:
        for name in ("no Host", "TLS", "a long field"):
            [response] = parse_responses(await exchange(server.port, REFUSED[name].request))
            jsonschema.validate(response.problem, schema)
            assert (await client.get(response.problem["type"])).status_code == 200


def test_every_refusal_is_a_documented_problem_type() -> None:
    for refusal in REFUSALS:
        kind = PROBLEM_TYPES[refusal.code]
        assert (kind.status, kind.title) == (refusal.status, refusal.title)


def test_head_of_http_1_0_needs_no_host() -> None:
    check_head("1.0", b"GET", [], {}, is_upgrade=False)


async def test_refusals_are_counted_beyond_the_line_that_reports_them(server: Served) -> None:
    monitor = server.connection_monitor
    before = monitor.refused_total()["bad-request"]
    for _ in range(2):
        await exchange(server.port, REFUSED["TLS"].request)
    assert monitor.refused_total()["bad-request"] == before + 2
    server.server.servers[0].get_loop().call_soon_threadsafe(monitor._sweep)
    async with asyncio.timeout(5):
        while monitor.refused:  # noqa: ASYNC110 - the server runs in a thread of its own
            await asyncio.sleep(0.01)
    assert monitor.refused_total()["bad-request"] == before + 2
