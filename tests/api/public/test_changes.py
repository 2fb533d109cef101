"""The change feed over HTTP: polling, paging, waiting, and cache headers."""

import asyncio
import json
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import Request

from app.actions.catalogue.entries import upsert_entry
from app.api.public.changes import run_until_disconnect
from app.db.database import Database
from app.queries.changes.change_list import latest_seq
from tests.api.newsroom import NOTICE
from tests.cli.commands import arguments_of, environment_of
from tests.conftest import NOW, Store, run_once
from tests.pagination import error_locations, follow_pages, get_page
from tests.records import article, edition, label, section

MAX_SECONDS = 20.0


async def test_changes_are_linked_from_service_document_and_timeline(reader: httpx.AsyncClient) -> None:
    assert (await get_page(reader, "/v1"))["links"]["changes"] == "/v1/changes"
    timeline = await get_page(reader, "/v1/timeline?section=city&tag=trams&tz=UTC&fields=time&exclude=lamps")
    newer = timeline["newer"]["href"]
    assert await get_page(reader, newer) == {"items": [], "as_of": timeline["as_of"], "next": None}


async def test_following_next_returns_every_change_once(reader: httpx.AsyncClient) -> None:
    whole = await get_page(reader, "/v1/changes?limit=200")
    assert whole["next"] is None
    for limit in (1, 2, 7):
        pages = await follow_pages(reader, f"/v1/changes?limit={limit}")
        assert [each for page in pages for each in page["items"]] == whole["items"]
        assert pages[-1]["as_of"] == whole["as_of"]
        assert all("since=" not in page["next"]["href"] for page in pages[:-1])
    numbers = [each["seq"] for each in whole["items"]]
    assert numbers == sorted(set(numbers))


async def test_polling_with_as_of_returns_every_change_once(reader: httpx.AsyncClient) -> None:
    whole = await get_page(reader, "/v1/changes?tag=trams&limit=200")
    found, since = [], 0
    while True:
        page = await get_page(reader, f"/v1/changes?tag=trams&limit=3&since={since}")
        found += page["items"]
        since = page["as_of"]
        if page["next"] is None:
            break
        assert page["next"]["href"] == f"/v1/changes?tag=trams&cursor={page['next']['cursor']}&limit=3"
    assert found == whole["items"]


async def test_changes_contain_no_unpublished_text(reader: httpx.AsyncClient) -> None:
    text = json.dumps(await get_page(reader, "/v1/changes?limit=200&edition=*"))
    for secret in ("taken-back", "secret of the desk", NOTICE, "unwritten", "Story later"):
        assert secret not in text


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("since=-1", "since"),
        ("since=some", "since"),
        ("since=999999", "since"),
        ("since=99999999999999999999999", "since"),
        ("wait=31", "wait"),
        ("wait=1.5", "wait"),
        ("limit=201", "limit"),
        ("total=true", "total"),
        ("body=text", "body"),
        ("tz=localtime", "tz"),
        ("from=yesterday", "from"),
        ("fields=tags", "fields"),
        ("id=trams-return", "id"),
    ],
)
async def test_invalid_parameters_are_named(reader: httpx.AsyncClient, query: str, where: str) -> None:
    assert error_locations(await get_page(reader, f"/v1/changes?{query}", 422)) == [where]


async def test_changes_of_entries_come_alone_and_under_every_filter_but_the_edition(
    client: httpx.AsyncClient, newsroom: None, store: Store
) -> None:
    assert newsroom is None
    since = (await get_page(client, "/v1/changes"))["as_of"]
    await store(label("opinion", "Comment"), section("kultura", "Culture", edition="ua"))
    for query in ("", "&tag=budget", "&id=0677y7hzc3m1d", "&from=2030-01-01", "&author=nobody"):
        page = await get_page(client, f"/v1/changes?since={since}{query}")
        assert [(each["type"], each["article"]) for each in page["items"]] == [("label.updated", None)], query
    for query in ("&edition=ua", "&edition=*&tag=budget"):
        page = await get_page(client, f"/v1/changes?since={since}{query}")
        assert [each["type"] for each in page["items"]] == ["label.updated", "section.updated"], query


async def test_changes_of_chosen_articles_have_pages_and_removals(
    client: httpx.AsyncClient, newsroom: None, store: Store
) -> None:
    assert newsroom is None
    ids = [(await get_page(client, f"/v1/articles/{slug}"))["id"] for slug in ("ferry-waits", "fog-lifts", "lamps")]
    since = (await get_page(client, "/v1/changes"))["as_of"]
    await store(
        article("2026-11-20T08:00:00Z", source_id="ferry", slug="ferry-waits", section="city", tags=["fog"]),
        article("2026-11-19T09:00:00Z", source_id="fog", slug="fog-lifts", status="withdrawn", tags=["trams"]),
    )
    query = "&".join(["tag=trams", *(f"id={each}" for each in ids)])
    page = await get_page(client, f"/v1/changes?since={since}&limit=1&{query}")
    found = page["items"]
    while page["next"]:
        page = await get_page(client, page["next"]["href"])
        found += page["items"]
    assert [(each["type"], each["article"]["id"]) for each in found] == [
        ("article.removed", ids[0]),
        ("article.withdrawn", ids[1]),
    ]


async def test_change_cursor_replaces_since_and_is_bound_to_filters(reader: httpx.AsyncClient) -> None:
    cursor = (await get_page(reader, "/v1/changes?limit=2&tag=trams&tag=fog"))["next"]["cursor"]
    address = f"/v1/changes?cursor={cursor}"
    assert error_locations(await get_page(reader, f"{address}&tag=trams&tag=fog&since=0", 422)) == ["since"]
    await get_page(reader, f"{address}&tag=fog&tag=trams&limit=9&fields=time")
    for other in ("", "&tag=trams", "&tag=fog&tag=trams&edition=ua", "&tag=fog&tag=trams&id=0677y7hzc3m1d"):
        assert (await get_page(reader, address + other, 400))["type"] == "/problems/cursor-mismatch"
    other_list = (await get_page(reader, "/v1/timeline?limit=2"))["next"]["cursor"]
    assert (await get_page(reader, f"/v1/changes?cursor={other_list}", 400))["type"] == "/problems/cursor-mismatch"


async def test_changes_without_wait_are_cacheable_for_a_second(reader: httpx.AsyncClient) -> None:
    response = await reader.get("/v1/changes")
    assert response.headers["cache-control"] == "public, max-age=1, stale-while-revalidate=5, stale-if-error=600"
    tag = response.headers["etag"]
    assert (await reader.get("/v1/changes", headers={"if-none-match": tag})).status_code == 304
    assert (await reader.get("/v1/changes?wait=0")).headers["etag"] == tag


async def test_changes_with_wait_are_not_cacheable(reader: httpx.AsyncClient) -> None:
    response = await reader.get("/v1/changes?wait=30&limit=1")  # a change is there
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["link"] == f'<{response.json()["next"]["href"]}>; rel="next"'
    assert "wait=30" in response.headers["link"]
    assert not {"etag", "last-modified"} & set(response.headers)
    assert response.headers["access-control-allow-origin"] == "*"
    head = await reader.head("/v1/changes?wait=30&limit=1")
    assert (head.status_code, head.content, head.headers) == (200, b"", response.headers)


async def test_changes_before_a_publication_are_not_cacheable(client: httpx.AsyncClient, store: Store) -> None:
    await store(edition(), article("2026-11-20T12:00:00.900000Z", source_id="soon"))
    await client._transport.app.state.services.scheduler.refresh()  # type: ignore[attr-defined]
    assert (await client.get("/v1/changes")).headers["cache-control"] == "public, max-age=0, stale-if-error=600"


async def test_waiting_request_returns_with_the_next_change(
    client: httpx.AsyncClient, database: Database, newsroom: None, store: Store
) -> None:
    assert newsroom is None
    since = await database.read(latest_seq)
    waiting = asyncio.create_task(client.get(f"/v1/changes?since={since}&wait=20&tag=trams"))
    await asyncio.sleep(0.1)
    await store(article(source_id="elsewhere"))
    await asyncio.sleep(0.15)
    assert not waiting.done()  # it had no change for this filter
    await store(article(source_id="fog", slug="fog-lifts", headline="Fog came back", tags=["trams"]))
    page: Any = (await waiting).json()
    assert [each["article"]["headline"] for each in page["items"]] == ["Fog came back"]
    assert page["as_of"] == await database.read(latest_seq)


async def test_work_for_a_disconnected_client_is_cancelled() -> None:
    left, was_cancelled = asyncio.Event(), False

    async def receive() -> dict[str, Any]:
        await left.wait()
        return {"type": "http.disconnect"}

    async def work() -> str:
        nonlocal was_cancelled
        try:
            await asyncio.sleep(MAX_SECONDS)
        except asyncio.CancelledError:
            was_cancelled = True
            raise
        return "done"

    request = Request({"type": "http"}, receive)
    assert await run_until_disconnect(request, asyncio.sleep(0.01, "done")) == "done"
    asyncio.get_running_loop().call_later(0.05, left.set)
    assert await run_until_disconnect(request, work()) is None
    assert was_cancelled


def test_shutdown_returns_waiting_requests_immediately(tmp_path: Path, sqlite_template: Path) -> None:
    file = tmp_path / "dayline.db"
    file.write_bytes(sqlite_template.read_bytes())
    address = f"sqlite:///{file}"
    run_once(address, lambda connection: upsert_entry(connection, edition(), now=NOW))
    seq = run_once(address, latest_seq)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = arguments_of("serve", "--port", port)
    with subprocess.Popen(  # noqa: S603 - our own command
        command, env=environment_of(address), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        deadline = time.monotonic() + MAX_SECONDS
        with socket.socket() as probe:
            while probe.connect_ex(("127.0.0.1", port)) != 0:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            request = f"GET /v1/changes?since={seq}&wait=30 HTTP/1.1\r\nHost: api.example\r\n\r\n"
            probe.settimeout(MAX_SECONDS)
            probe.sendall(request.encode())
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            asked_at = time.monotonic()
            received = b""
            while piece := probe.recv(65_536):
                received += piece
            assert time.monotonic() - asked_at < 10  # a third of what they would wait
        process.wait(MAX_SECONDS)
        assert time.monotonic() - asked_at < 15
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert json.loads(body) == {"items": [], "as_of": seq, "next": None}
