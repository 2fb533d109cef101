"""Dayline below a path of another host: the documented nginx, all links through it, and a browser of another origin."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import clock
from app.actions.keys import create_key
from app.conformance.check import Verdict
from app.conformance.run import Options, run_checks
from app.db.database import Connection
from app.domain.api_key import ApiKeyScope
from app.schemas.api_key import ApiKeyCreate
from tests.api.conftest import as_key, fill
from tests.api.links import walk
from tests.api.newsroom import CONTENT
from tests.api.ops.chromium import Page, find_chromium, open_page
from tests.conftest import run_once
from tests.docs.pages import DOCS
from tests.nginx import minimal, running_nginx
from tests.server_process import Server, free_port, start_server

BASE = "/api"
LISTED = "http://localhost:3000"
"""An origin of the documented map."""
_LOCATION = re.compile(r"```nginx\n(location /api/ \{.*?\n\})\n```", re.DOTALL)
_MAP = re.compile(r"```nginx\n(map \$http_origin.*?\n\})\n```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Front:
    """The front end's host, with Dayline below its path, and a page of another origin."""

    folder: Path
    origin: str
    whole_path_origin: str
    page_origin: str
    cached_origin: str
    server: Server
    keyed: Server
    token: str


def documented_location(port: int, *, path: str = BASE, removes_path: bool = True) -> str:
    """Return the documented location for this port of Dayline."""
    found = _LOCATION.search((DOCS / "proxies.md").read_text())
    assert found is not None
    text = found[1].replace(f"location {BASE}/", f"location {path}/")
    return text.replace("127.0.0.1:8000/;", f"127.0.0.1:{port}{'/' if removes_path else ''};")


def documented_map() -> str:
    """Return the documented map of origins, for its syntax."""
    found = _MAP.search((DOCS / "proxies.md").read_text())
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def front(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Run nginx before two servers over the small newsroom, of which one takes keys."""
    folder = tmp_path_factory.mktemp("below")
    database = folder / "dayline.db"
    database.write_bytes(sqlite_template.read_bytes())
    record = ApiKeyCreate.model_validate({"name": "The front end", "scopes": [ApiKeyScope.CONTENT_READ]})

    def store(connection: Connection) -> str:
        fill(connection)
        return create_key(connection, record, now=clock.now())[1]

    token = run_once(f"sqlite:///{database}", store)
    ports = [free_port() for _ in range(4)]
    origin, whole_path_origin, page_origin, cached_origin = (f"http://127.0.0.1:{port}" for port in ports)
    shared = {"DAYLINE_CORS_ORIGINS": f"{page_origin},{LISTED}", "DAYLINE_ACCESS_LOG": "true"}
    server = start_server(f"sqlite:///{database}", folder, free_port(), DAYLINE_PUBLIC_URL=f"{origin}{BASE}", **shared)
    keyed = start_server(
        f"sqlite:///{database}",
        folder,
        free_port(),
        DAYLINE_PUBLIC_URL=f"{origin}/keyed",
        DAYLINE_READ_ACCESS="api-key",
        **shared,
    )
    (folder / "index.html").write_text("<!doctype html><title>The front end</title>")
    servers = f"""
        {documented_map()}
        server {{ listen 127.0.0.1:{ports[0]};
            {documented_location(server.port)}
            {documented_location(keyed.port, path="/keyed")} }}
        server {{ listen 127.0.0.1:{ports[1]}; {documented_location(server.port, removes_path=False)} }}
        server {{ listen 127.0.0.1:{ports[2]}; root {folder}; default_type text/html;
            location / {{ try_files /index.html =404; }} }}
        proxy_cache_path {folder}/cache keys_zone=shared:1m;
        server {{ listen 127.0.0.1:{ports[3]};
            location / {{ proxy_pass http://127.0.0.1:{server.port}; proxy_cache shared; proxy_ignore_headers Vary;
                proxy_cache_key $request_uri|$cors_origin; add_header X-Cache $upstream_cache_status; }} }}"""
    try:
        with running_nginx(minimal(servers, folder), ports[0], folder):
            asyncio.run(server.wait_ready())
            asyncio.run(keyed.wait_ready())
            yield Front(folder, origin, whole_path_origin, page_origin, cached_origin, server, keyed, token)
    finally:
        server.end()
        keyed.end()


@pytest.fixture
async def client(front: Front) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the front end's host."""
    async with httpx.AsyncClient(base_url=front.origin, timeout=20, trust_env=False) as found:
        yield found


async def test_every_link_leads_through_nginx(front: Front, client: httpx.AsyncClient) -> None:
    starts = [f"{BASE}{each}" for each in ("/v1", "/docs", "/problems", *CONTENT, "/v1/articles/night-trams")]
    statuses = set[int]()
    async for response, links in walk(client, starts, front.origin, most_of_kind=2):
        assert response.status_code in {200, 308, 410}, (
            response.url,
            response.text,
        )  # 410: changes name withdrawn articles
        assert [each for each in links if not each.startswith(f"{BASE}/")] == [], response.url
        statuses.add(response.status_code)
    assert {200, 308} <= statuses


async def test_path_may_be_removed_by_the_proxy_or_not(front: Front, client: httpx.AsyncClient) -> None:
    async with httpx.AsyncClient(timeout=20, trust_env=False) as others:
        for address in CONTENT:
            removed = await client.get(f"{BASE}{address}")
            for origin, path in (
                (front.whole_path_origin, BASE),
                (front.server.address, BASE),
                (front.server.address, ""),
            ):
                response = await others.get(f"{origin}{path}{address}")
                assert (response.status_code, response.content) == (removed.status_code, removed.content)
                assert response.headers.get("etag") == removed.headers.get("etag")


def test_installation_behind_nginx_conforms(front: Front) -> None:
    results = list(run_checks(Options(f"{front.origin}{BASE}", is_quick=True)))
    assert [each for each in results if each.outcome is Verdict.FAIL] == []
    passed = {each.check.name for each in results if each.outcome is Verdict.OK}
    assert {"links.base-path", "links.followed", "encodings.zstd", "conditional.head", "stream.resume"} <= passed


async def test_document_names_the_path_as_its_server(client: httpx.AsyncClient) -> None:
    document = (await client.get(f"{BASE}/openapi.json")).json()
    assert [each["url"] for each in document["servers"]] == [BASE]
    text = json.dumps(document)
    assert not re.search(r'"href": "/(?!api/)', text)
    for path in document["paths"]:
        if "{" not in path and "get" in document["paths"][path] and path not in {"/v1/stream", "/v1/resolve"}:
            response = await client.get(f"{document['servers'][0]['url']}{path}")
            assert response.status_code in {200, 401}, path


async def test_documented_cache_key_separates_origins(front: Front) -> None:
    async with httpx.AsyncClient(base_url=front.cached_origin, timeout=20, trust_env=False) as client:
        for state in ("MISS", "HIT"):
            for origin, allowed in ((LISTED, LISTED), ("https://foreign.example", None)):
                response = await client.get("/v1/tags", headers={"origin": origin})
                assert response.headers["x-cache"] == state
                assert response.headers.get("access-control-allow-origin") == allowed
        assert (await client.get("/v1/tags")).headers["x-cache"] == "HIT", "others share one entry"


@pytest.fixture(scope="module")
def page(front: Front, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Open the page of another origin."""
    find_chromium()
    with open_page(tmp_path_factory.mktemp("chromium")) as found:
        found.call("Page.navigate", url=f"{front.page_origin}/")
        found.wait_for("document.title === 'The front end'")
        yield found


READING = """
(async () => {
  const read = async href => {
    const response = await fetch(new URL(href, api), {credentials: "include"});
    return [response, await response.json()];
  };
  const [, service] = await read("/api/v1");
  const [timeline, first] = await read(service.links.timeline + "?limit=2");
  const [, article] = await read(first.days[0].items[0].href);
  const [, more] = await read(first.next.href);
  const [moved, present] = await read("/api/v1/articles/night-trams");
  const [, problem] = await read("/api/v1/articles/nothing-here");
  const stream = new EventSource(new URL(service.links.stream + "?since=0", api), {withCredentials: true});
  const event = await new Promise(resolve => stream.addEventListener("article.published", resolve));
  stream.close();
  window.found = {
    tag: timeline.headers.get("etag"),
    link: timeline.headers.get("link"),
    first: first.days.flatMap(day => day.items.map(item => item.id)),
    article: [article.id, article.body.length],
    more: more.days.flatMap(day => day.items.map(item => item.id)),
    moved: [moved.redirected, new URL(moved.url).pathname, present.slug],
    problem: problem.type,
    streamed: JSON.parse(event.data).article.href,
  };
})().catch(error => { window.found = {error: String(error)}; });
"""


def read_with_scripts(page: Page, script: str, **names: str) -> dict[str, Any]:
    """Run a script of the page, and return what it found."""
    given = "".join(f"const {name} = {json.dumps(value)};" for name, value in names.items())
    page.evaluate(f"window.found = undefined; {{ {given} {script} }}; 1")
    page.wait_for("window.found !== undefined")
    found: dict[str, Any] = json.loads(page.evaluate("JSON.stringify(window.found)"))
    assert "error" not in found, found
    return found


def test_browser_of_another_origin_reads_below_the_path_with_credentials(front: Front, page: Page) -> None:
    found = read_with_scripts(page, READING, api=front.origin)
    assert found["tag"].startswith('"')
    assert found["link"].startswith(f"<{BASE}/v1/timeline?")
    assert len(found["first"]) == len(found["more"]) == 2
    assert not {*found["first"]} & {*found["more"]}
    assert found["article"][0] == found["first"][0]
    assert found["moved"] == [True, f"{BASE}/v1/articles/trams-return", "trams-return"]
    assert found["problem"] == f"{BASE}/problems/not-found"
    assert found["streamed"].startswith(f"{BASE}/v1/articles/")


STREAMING = """
(async () => {
  const stream = new EventSource(`${api}/v1/stream?since=0&token=${token}`, {withCredentials: true});
  const event = await new Promise((resolve, reject) => {
    stream.addEventListener("article.published", resolve);
    stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) reject("closed"); });
  });
  stream.close();
  window.found = {href: JSON.parse(event.data).article.href};
})().catch(error => { window.found = {error: String(error)}; });
"""


def test_browser_streams_with_a_token_that_is_logged_nowhere(front: Front, page: Page) -> None:
    created = httpx.post(f"{front.origin}/keyed/v1/stream-tokens", headers=as_key(front.token), trust_env=False)
    token = created.json()["token"]
    found = read_with_scripts(page, STREAMING, api=f"{front.origin}/keyed", token=token)
    assert found["href"].startswith("/keyed/v1/articles/")
    log = front.keyed.output.read_text()
    assert token not in log
    assert front.token not in log


@pytest.mark.soak  # `tests/api/reference/test_reference_browser.py` has it below a path without nginx
def test_reference_works_below_the_path(front: Front, page: Page) -> None:
    page.open(f"{front.origin}{BASE}/docs")
    page.wait_for("document.querySelector('.show-api-client-button') !== null")
    assert page.complaints == []
    assert all(each.startswith((f"{front.origin}{BASE}/", "data:")) for each in page.requested)
