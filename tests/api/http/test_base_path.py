"""Responses below a base path: equal to those without it but for their links, all of which have it and lead on."""

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from lxml import html

from app import clock
from app.actions.keys import create_key
from app.api.openapi.base_path import add_base_path
from app.db.database import Connection
from app.domain.api_key import ApiKeyScope
from app.main import create_app
from app.schemas.api_key import ApiKeyCreate
from app.settings import Settings
from tests.api.conftest import as_key
from tests.api.contract import operations
from tests.api.http.test_headers import EVIL, WRONG
from tests.api.http.test_random_queries import requests
from tests.api.links import kind_of, own_links, walk
from tests.api.newsroom import BROWSER, CONTENT
from tests.conftest import NOW, api_document, running
from tests.webhooks.endpoints import LOOPBACK, messages, until
from tests.webhooks.receivers import a_receiver, answering

SITE, BASE = "https://courier.example", "/press/api"
OWN = {"content-length", "etag", "x-request-id"}
"""Fields that differ where the content does, and the id that cached responses do not have."""
SAME = [each for each in CONTENT if each not in {"/openapi.json", "/openapi.md", "/llms.txt"}]
UNLINKED = ("/feeds/global/sitemap.xml", "/feeds/global/news-sitemap.xml", "/v1/articles/night-trams")
REDIRECTED = ("/v1/articles/night-trams?body=text", "/v1/articles/night-trams/json-ld")
EDITORIAL = [
    f"/v1/editorial/{each}"
    for each in (
        *("articles?limit=2", "changes?limit=3", "keys", "webhooks", "lists", "editions", "sections?limit=1"),
        *("tags?limit=1", "labels?limit=1", "authors?limit=1"),
    )
]


@pytest.fixture(scope="module")
async def below(newsroom_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the newsroom below the base path, with a key for everything."""
    path = tmp_path_factory.mktemp("newsroom") / "dayline.db"
    shutil.copy(newsroom_template, path)
    with clock.frozen(NOW):
        app = create_app(
            Settings(database_url=f"sqlite:///{path}", public_url=f"{SITE}{BASE}", webhook_networks=LOOPBACK)
        )
        async with running(app) as client:
            client.headers["accept-encoding"] = "identity"
            record = ApiKeyCreate.model_validate({"name": "Everything", "scopes": [*ApiKeyScope]})

            def store(connection: Connection) -> str:
                return create_key(connection, record, now=NOW)[1]

            client.headers.update(as_key(await app.state.services.database.write(store)))
            yield client


def fields_of(response: httpx.Response) -> list[tuple[str, str]]:
    """Return the fields of a response that do not depend on its content."""
    return [(name, value) for name, value in response.headers.multi_items() if name not in OWN]


def assert_equal_without_base(response: httpx.Response, plain: httpx.Response) -> None:
    """Compare a response whose links have the base path with one whose links have none."""
    assert response.status_code == plain.status_code
    assert response.content.replace(BASE.encode(), b"") == plain.content
    assert [(name, value.replace(BASE, "")) for name, value in fields_of(response)] == fields_of(plain)
    has_links = BASE.encode() in re.sub(rb'"newer":\{[^}]*\}', b"", response.content)  # no part of what an ETag is for
    if "etag" in plain.headers and plain.content:
        assert (response.headers["etag"] == plain.headers["etag"]) is not has_links


@pytest.mark.parametrize("address", [*SAME, *WRONG, *REDIRECTED, "/health/live", "/v1/changes?since=0&wait=1"])
async def test_response_without_its_base_path_equals_the_plain_one(
    below: httpx.AsyncClient, reader: httpx.AsyncClient, address: str
) -> None:
    plain = await reader.get(address)
    for _ in range(2):  # a miss and a hit of the response cache
        assert_equal_without_base(await below.get(f"{BASE}{address}"), plain)
        assert_equal_without_base(await below.get(address), plain)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT"])
async def test_other_methods_are_equal_below_a_base_path(
    below: httpx.AsyncClient, reader: httpx.AsyncClient, method: str
) -> None:
    plain = await reader.request(method, "/v1/timeline")
    for address in (f"{BASE}/v1/timeline", "/v1/timeline"):
        assert_equal_without_base(await below.request(method, address), plain)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(address=requests())
async def test_random_responses_without_their_base_path_equal_the_plain_ones(
    below: httpx.AsyncClient, reader: httpx.AsyncClient, address: httpx.URL
) -> None:
    await _compare(below, reader, address)


@pytest.mark.soak
@settings(max_examples=4_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(address=requests())
async def test_many_random_responses_without_their_base_path_equal_the_plain_ones(
    below: httpx.AsyncClient, reader: httpx.AsyncClient, address: httpx.URL
) -> None:
    await _compare(below, reader, address)


async def _compare(below: httpx.AsyncClient, reader: httpx.AsyncClient, address: httpx.URL) -> None:
    plain = await reader.get(address)
    prefixed = address.copy_with(raw_path=BASE.encode() + address.raw_path)
    assert_equal_without_base(await below.get(prefixed), plain)
    assert_equal_without_base(await below.get(address), plain)


@pytest.mark.parametrize("address", ["/", "/guides", "/guides/cdn", "/problems/not-found"])
async def test_every_link_of_a_page_has_the_base_path(below: httpx.AsyncClient, address: str) -> None:
    page = html.fromstring((await below.get(f"{BASE}{address}", headers=BROWSER)).text)
    own = [each for each in page.xpath("//@href | //@src | //@data-index") if each.startswith("/")]
    assert [each for each in own if not each.startswith(f"{BASE}/")] == []
    for each in {urlsplit(link).path for link in own if "/guides" not in link}:
        assert (await below.get(each, headers=BROWSER)).status_code == 200, each


async def test_llms_txt_has_absolute_links(below: httpx.AsyncClient) -> None:
    text = (await below.get("/llms.txt")).text
    assert text.count("](") == text.count(f"]({SITE}{BASE}/") > 30


async def test_every_link_has_the_base_path_and_leads_to_a_resource(below: httpx.AsyncClient) -> None:
    seen, statuses = set[str](), set[int]()
    starts = [f"{BASE}{each}" for each in (*EDITORIAL, *UNLINKED, "/v1", "/docs", "/problems")]
    article = (await below.get("/v1/articles/trams-return?body=none")).json()["id"]
    starts.append(f"{BASE}/v1/editorial/articles/{article}/revisions?limit=1")
    async for response, links in walk(below, starts, SITE):
        assert response.status_code in {200, 308, 410}, (
            response.url,
            response.text,
        )  # 410: editors see withdrawn articles
        assert [each for each in links if not each.startswith(f"{BASE}/")] == [], response.url
        seen.add(kind_of(response.url.path.removeprefix(BASE)))
        statuses.add(response.status_code)
    assert {200, 308} <= statuses
    reached = {
        kind_of(urlsplit(each).path) for each in CONTENT if not each.startswith(("/guides", "/llms.txt", "/openapi.md"))
    }
    assert reached - {"/v1/resolve", "/v1/articles/{}/related"} <= seen
    assert {"/v1/editorial/articles/{}/revisions/{}", "/v1/editorial/keys/{}", "/problems/{}"} <= seen


async def test_writes_have_the_base_path_in_location_and_content(below: httpx.AsyncClient) -> None:
    record = {"edition": "global", "headline": "Below", "source_id": "below", "body": []}
    created = await below.post(f"{BASE}/v1/editorial/articles", json=record)
    assert created.status_code == 201, created.text
    assert created.headers["location"] == created.json()["href"]
    assert own_links(created, SITE)
    assert all(each.startswith(f"{BASE}/v1/") for each in own_links(created, SITE))
    preview = await below.get(f"{created.headers['location']}/preview")
    assert (await below.get(preview.json()["href"])).json()["headline"] == "Below"
    for name, body in {
        "tags": {"slug": "below", "name": "Below"},
        "keys": {"name": "Below", "scopes": ["content:read"]},
    }.items():
        made = await below.post(f"/v1/editorial/{name}", json=body)
        assert made.headers["location"].startswith(f"{BASE}/v1/editorial/{name}/"), made.text


async def test_base_path_does_not_depend_on_headers_or_root_path(below: httpx.AsyncClient) -> None:
    plain = await below.get("/v1/timeline")
    misled = await below.get(
        "/v1/timeline", headers={**EVIL, "x-forwarded-prefix": "/other", "x-script-name": "/other"}
    )
    assert (misled.content, misled.headers) == (plain.content, plain.headers)
    transport = httpx.ASGITransport(app=below._transport.app, root_path="/other")  # type: ignore[attr-defined]
    async with httpx.AsyncClient(transport=transport, base_url="http://dayline.test") as other:
        for path in ("/v1/tags", f"{BASE}/v1/tags"):
            assert (await other.get(path)).content == (await below.get(path)).content


@pytest.mark.parametrize("address", ["/press/v1/timeline", "/press/apiv1/timeline", f"{BASE}{BASE}/v1/timeline"])
async def test_another_base_path_is_not_found(below: httpx.AsyncClient, address: str) -> None:
    response = await below.get(address)
    assert response.status_code == 404
    assert response.json()["type"] == f"{BASE}/problems/not-found"


async def test_export_lines_have_the_base_path(below: httpx.AsyncClient, reader: httpx.AsyncClient) -> None:
    lines = (await below.get("/v1/export")).content
    assert lines.count(f'"href":"{BASE}/v1/articles/'.encode()) == lines.count(b"\n") > 1
    assert lines.replace(BASE.encode(), b"") == (await reader.get("/v1/export")).content


async def test_webhook_messages_have_the_base_path(below: httpx.AsyncClient) -> None:
    async with a_receiver(answering()) as receiver:
        created = await below.post("/v1/editorial/webhooks", json={"url": receiver.url})
        assert created.headers["location"].startswith(f"{BASE}/v1/editorial/webhooks/")
        made = await below.post("/v1/editorial/articles", json={"edition": "global", "headline": "Sent", "body": []})
        await below.put(f"{made.headers['location']}/publication", json={})
        await until(lambda: any(each["type"] == "article.published" for each in messages(receiver)))
        await below.delete(created.headers["location"], headers={"if-match": "*"})
    sent = next(each for each in messages(receiver) if each["type"] == "article.published")
    assert sent["data"]["article"]["href"].startswith(f"{BASE}/v1/articles/")


async def test_links_have_the_base_path_on_each_database(
    database_address: str, newsroom: None, frozen_clock: int
) -> None:
    assert (newsroom, frozen_clock) == (None, NOW)
    settings = Settings(database_url=database_address, public_url=f"{SITE}{BASE}")
    async with running(create_app(settings)) as client:
        for address in ("/v1/timeline", "/v1/articles/trams-return", "/v1/changes?since=0", "/feeds/global/atom.xml"):
            links = own_links(await client.get(address), SITE)
            assert links, address
            assert all(each.startswith(f"{BASE}/") for each in links), address
        lines = (await client.get("/v1/export")).content.splitlines()
        assert all(f'"href":"{BASE}/v1/articles/'.encode() in line for line in lines)


def test_document_below_a_base_path_has_its_server_and_links() -> None:
    plain = api_document()
    moved = add_base_path(plain, BASE)
    assert moved["servers"][0]["url"] == BASE
    assert moved["paths"].keys() == plain["paths"].keys()
    operation = next(each for each in operations(moved) if each.name == "get_timeline").spec["responses"]
    assert operation["200"]["content"]["application/json"]["example"]["next"]["href"].startswith(f"{BASE}/v1/timeline?")
    assert operation["200"]["headers"]["Link"]["example"].startswith(f"<{BASE}/v1/")
    problem = operation["422"]["content"]["application/problem+json"]["example"]
    assert (problem["type"], problem["instance"]) == (f"{BASE}/problems/invalid-input", f"{BASE}/v1/timeline")
    assert moved["components"]["schemas"]["Problem"]["properties"]["type"]["pattern"] == f"^{BASE}/problems/[a-z-]+$"
    assert plain["servers"][0]["url"] == "/"
