"""The documented nginx, in front of a real server and of an upstream that records requests."""

import asyncio
import gzip
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli
import httpx
import pytest
from backports import zstd

from app import clock
from app.actions.articles.upsert import upsert_articles
from app.db.database import Connection
from app.domain.calendar import find_zone
from app.domain.instant import SECOND_US, format_instant
from app.queries.changes.change_list import latest_seq
from tests.api.conftest import fill
from tests.conftest import run_once
from tests.nginx import an_upstream, nginx_before
from tests.records import article
from tests.server_process import Server, free_port, start_server

PAGE = "/v1/timeline"
LARGE = "/openapi.json"
OPENERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": zstd.decompress,
    "identity": bytes,
}
PUBLIC = "public, max-age=30"
MAX_LATE_S = 3.0  # nginx serves it up to a second late; a busy machine stalls for longer, but never for the 30 above


class Front:
    """Server of a newsroom with nginx in front of it."""

    def __init__(self, server: Server, address: str, database: str) -> None:
        self.server = server
        self.database = database
        self.client = httpx.Client(base_url=address, timeout=20, trust_env=False)

    def get(self, target: str, accepted: str = "identity", **headers: str) -> httpx.Response:
        """Return the response that a reader gets, as received."""
        fields = {"accept-encoding": accepted, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.client.get(target, headers=fields)

    def schedule(self, source_id: str, seconds: float) -> float:
        """Schedule an article so many seconds ahead; return when that is, by the clock."""
        at = clock.now() + int(seconds * SECOND_US)

        def store(connection: Connection) -> None:
            due = article(format_instant(at, find_zone("UTC")), source_id=source_id, status="scheduled")
            stored = upsert_articles(connection, [due], now=clock.now())
            assert not any(isinstance(outcome, Exception) for outcome in stored.outcomes)

        run_once(self.database, store)
        return at / SECOND_US


@pytest.fixture(scope="module")
def front(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("front")
    file = folder / "dayline.db"
    file.write_bytes(sqlite_template.read_bytes())
    database = f"sqlite:///{file}"
    run_once(database, fill)
    server = start_server(database, folder, free_port())
    try:
        with nginx_before(server.port, folder) as address:
            asyncio.run(server.wait_ready())
            found = Front(server, address, database)
            yield found
            found.client.close()
    finally:
        server.end()


def test_nginx_serves_cached_responses(front: Front) -> None:
    first, second = front.get("/v1/tags"), front.get("/v1/tags")
    assert (first.headers["x-cache"], second.headers["x-cache"]) == ("MISS", "HIT")
    apart = {"x-cache", "connection"}
    assert {**first.headers, **dict.fromkeys(apart)} == {**second.headers, **dict.fromkeys(apart)}
    assert first.headers["cache-control"].startswith(PUBLIC)
    assert first.content == second.content


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("*", "zstd"),
        ("identity", "identity"),
        ("zstd;q=0, br;q=0.5, gzip;q=0.9", "gzip"),
    ],
)
def test_nginx_caches_each_representation(front: Front, accepted: str, encoding: str) -> None:
    plain = httpx.get(f"{front.server.address}{LARGE}", headers={"accept-encoding": "identity"}, timeout=30)
    for _ in range(2):
        with front.client.stream("GET", LARGE, headers={"accept-encoding": accepted}) as response:
            raw = b"".join(response.iter_raw())
        assert response.headers.get("content-encoding", "identity") == encoding
        assert response.headers["vary"] == "Accept-Encoding"
        assert OPENERS[encoding](raw) == plain.content
        tag = plain.headers["etag"]
        assert response.headers["etag"] == (tag if encoding == "identity" else f'{tag[:-1]}-{encoding}"')
    assert response.headers["x-cache"] == "HIT"


def test_nginx_normalises_accept_encoding(front: Front) -> None:
    front.get("/docs", "br, gzip")
    assert front.get("/docs", "gzip, deflate, br").headers["x-cache"] == "HIT"


def test_nginx_returns_304(front: Front) -> None:
    tag = front.get(PAGE).headers["etag"]
    again = front.get(PAGE, if_none_match=tag)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert again.headers["x-cache"] == "HIT"
    assert again.headers["cache-control"].startswith(PUBLIC)
    assert front.get(PAGE, if_none_match='"another"').status_code == 200


def test_nginx_head_equals_get(front: Front) -> None:
    whole = front.get("/v1/labels")
    head = front.client.head("/v1/labels", headers={"accept-encoding": "identity"})
    assert head.headers["x-cache"] == "HIT"
    assert head.content == b""
    apart = {"x-cache": None}
    assert {**head.headers, **apart} == {**whole.headers, **apart}


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/v1/editorial/articles", 401),
        ("/v1/articles/nothing", 404),
        ("/v1/timeline?limit=x", 422),
        ("/v1/changes?since=0", 200),
        ("/health/live", 200),
        ("/health/ready", 200),
    ],
)
def test_nginx_does_not_cache_private_streamed_or_missing_responses(front: Front, target: str, status: int) -> None:
    for _ in range(2):
        response = front.get(target)
        assert response.status_code == status
        assert response.headers.get("x-cache", "MISS") in {"MISS", "EXPIRED"}


def test_nginx_bypasses_the_cache_for_requests_with_a_key(front: Front) -> None:
    front.get("/v1/editions")
    assert front.get("/v1/editions", authorization="Bearer nobody").headers["x-cache"] == "BYPASS"


def test_nginx_body_limit_returns_problem_details(front: Front) -> None:
    response = front.client.post("/v1/editorial/articles", content=b"x" * 3_000_000)
    assert response.headers["content-type"] == "application/problem+json"


def test_nginx_shows_a_scheduled_publication_on_time(front: Front) -> None:
    target, due_at = "/v1/timeline?limit=3", front.schedule("due", 1.7)
    time.sleep(0.4)  # the server polls four times a second
    seen, public_at = set[str](), float("inf")
    while "Story due" not in (response := front.get(target)).text:
        seen.add(response.headers["x-cache"])
        assert "stale-while-revalidate" not in response.headers["cache-control"]
        assert time.time() < min(public_at, due_at + 10) + MAX_LATE_S
        if public_at > time.time() and "Story due" in httpx.get(f"{front.server.address}{target}").text:
            public_at = time.time()
        time.sleep(0.05)
    assert time.time() >= due_at
    assert "HIT" in seen


def test_nginx_passes_long_polls_immediately(front: Front) -> None:
    latest = run_once(front.database, latest_seq)
    with ThreadPoolExecutor(1) as others:
        waiting = others.submit(front.get, f"/v1/changes?since={latest}&wait=10")
        time.sleep(0.3)
        assert not waiting.done()
        begun = time.monotonic()
        run_once(
            front.database,
            lambda connection: upsert_articles(connection, [article(source_id="heard")], now=clock.now()),
        )
        response = waiting.result(10)
        assert time.monotonic() - begun < 5  # half of what it would wait for nothing
    assert [item["article"]["headline"] for item in response.json()["items"]] == ["Story heard"]
    assert response.headers["cache-control"] == "no-store"


async def test_nginx_forwards_the_required_headers(tmp_path: Path) -> None:
    async with an_upstream({"/herd": {"Cache-Control": PUBLIC}}) as upstream:
        with nginx_before(upstream.port, tmp_path) as address:
            async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
                fields = {
                    "x-forwarded-for": "203.0.113.7",
                    "forwarded": "for=198.51.100.9",
                    "accept-encoding": "deflate, gzip, br",
                    "host": "news.example",
                }
                for _ in range(3):
                    await client.get("/v1/timeline?a=%20b", headers=fields)
                await client.get("/v1/editorial/articles", headers={**fields, "authorization": "Bearer x"})
                assert upstream.connections <= (os.cpu_count() or 1)  # each worker has its own cache
                upstream.pause = 0.2
                arrived = await asyncio.gather(*(client.get("/herd") for _ in range(20)))
    first, _, _, private, *_ = upstream.requests
    assert first["line"] == "GET /v1/timeline?a=%20b HTTP/1.1"
    assert first["x-forwarded-for"] == "203.0.113.7, 127.0.0.1"
    assert "forwarded" not in first
    assert first["accept-encoding"] == "br"
    assert first["host"] == "news.example"
    assert private["authorization"] == "Bearer x"
    assert {response.content for response in arrived} == {b"words"}
    assert len(upstream.requests_for("/herd")) == 1


async def test_nginx_serves_stale_during_revalidation_and_outages(tmp_path: Path) -> None:
    fields = {
        "/lasting": {"Cache-Control": "public, max-age=1, stale-while-revalidate=60", "ETag": '"a"'},
        "/gone": {"Cache-Control": "public, max-age=1, stale-if-error=600"},
    }
    async with an_upstream(fields) as upstream:
        with nginx_before(upstream.port, tmp_path) as address:
            async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
                responses = [await client.get(target) for target in fields]
                await asyncio.sleep(2.05)  # nginx counts whole seconds
                upstream.is_gone = True
                upstream.is_open.clear()
                over = await client.get("/lasting")  # although its response has not begun
                upstream.is_open.set()
                stale = await client.get("/gone")
                missing = await client.get("/never-cached")
                async with asyncio.timeout(10):
                    while (  # noqa: ASYNC110 - nginx has no event for it
                        again := await client.get("/lasting")
                    ).headers["x-cache"] != "HIT":
                        await asyncio.sleep(0.01)
    assert {response.headers["x-cache"] for response in responses} == {"MISS"}
    assert (over.headers["x-cache"], again.headers["x-cache"]) == ("STALE", "HIT")
    assert (stale.status_code, stale.headers["x-cache"], stale.content) == (200, "STALE", b"words")
    assert stale.headers["date"] == responses[1].headers["date"]  # for clients that compute its age
    assert missing.status_code == 502
    assert upstream.requests_for("/lasting")[1]["if-none-match"] == '"a"'
    assert len(upstream.requests_for("/lasting")) == 2
