"""Export: its articles, and the form in which they are sent."""

import asyncio
import gzip
import json
from typing import Any

import brotli
import httpx
import pytest
from backports import zstd

from app.actions.articles.publication import withdraw_article
from app.db.database import Database
from app.domain.actor import COMMAND_ACTOR
from app.domain.tsid import parse_id
from app.queries.articles import public_export
from app.queries.changes.change_list import latest_seq
from app.services import MAX_EXPORTS
from tests.api.contract import operations, validator
from tests.api.public.slow_client import app_of
from tests.conftest import NOW, Store, api_document
from tests.pagination import error_locations, follow_pages, get_page
from tests.records import article

FILTERS = (
    "",
    "edition=*",
    "edition=ua",
    "section=city",
    "tag=trams&tag=fog",
    "tag=trams&author=iryna-dovhan",
    "label=opinion&edition=*",
    "from=2026-11-19&to=2026-11-20T08:00:00Z",
    "exclude=plain-news,trams-return",
    "fields=headline,local",
    "body=html",
    "body=text&edition=*",
    "tag=nobody-knows-it",
)


async def export_of(client: httpx.AsyncClient, query: str) -> list[Any]:
    response = await client.get(f"/v1/export?{query}")
    assert response.status_code == 200, response.text
    assert response.content.endswith(b"\n") or not response.content
    return [json.loads(line) for line in response.content.splitlines()]


@pytest.mark.usefixtures("newsroom")
@pytest.mark.parametrize("batch", [1, 2, public_export.BATCH])
async def test_export_equals_the_lists_oldest_first(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(public_export, "BATCH", batch)
    for query in FILTERS:
        pages = await follow_pages(client, f"/v1/articles?limit=50&{query}")
        listed = [item for page in pages for item in page["items"]]
        assert await export_of(client, query) == listed[::-1], query


@pytest.mark.usefixtures("newsroom")
async def test_export_by_id_preserves_the_order_without_a_slot(client: httpx.AsyncClient) -> None:
    listed = await export_of(client, "body=blocks")
    chosen = [listed[2], listed[0], listed[3], listed[1]]
    query = "&".join(f"id={each['id']}" for each in chosen)
    app_of(client).state.services.export_slots = asyncio.BoundedSemaphore(0)
    try:
        assert (await client.get("/v1/export")).status_code == 503
        assert await export_of(client, f"body=blocks&{query}&id={chosen[0]['id']}") == chosen
        assert await export_of(client, f"body=blocks&exclude={chosen[1]['id']}&{query}") == [chosen[0], *chosen[2:]]
    finally:
        app_of(client).state.services.export_slots = asyncio.BoundedSemaphore(MAX_EXPORTS)


@pytest.mark.usefixtures("newsroom")
async def test_export_headers_have_the_position_and_no_store(client: httpx.AsyncClient, database: Database) -> None:
    response = await client.get("/v1/export", headers={"origin": "https://partner.example"})
    assert response.headers["dayline-as-of"] == str(await database.read(latest_seq))
    assert response.headers["content-type"] == "application/jsonl"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["access-control-allow-origin"] == "*"
    assert "Dayline-As-Of" in response.headers["access-control-expose-headers"]
    assert not {"etag", "content-length", "last-modified"} & set(response.headers)
    following = await get_page(client, f"/v1/changes?since={response.headers['dayline-as-of']}")
    assert following["items"] == []
    assert (await get_page(client, "/v1"))["links"]["export"] == "/v1/export"


@pytest.mark.usefixtures("newsroom")
async def test_export_is_compressed_while_streaming(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_export, "BATCH", 2)
    decoders: dict[str, Any] = {
        "gzip": gzip.decompress,
        "br": brotli.decompress,
        "zstd": zstd.decompress,
    }
    plain = await client.get("/v1/export?body=html", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    for encoding, decode in decoders.items():
        headers = {"accept-encoding": encoding}
        async with client.stream("GET", "/v1/export?body=html", headers=headers) as response:
            assert response.headers["content-encoding"] == encoding
            body = b"".join([chunk async for chunk in response.aiter_raw()])
        assert decode(body) == plain.content


@pytest.mark.usefixtures("newsroom")
async def test_export_head_returns_headers_only(client: httpx.AsyncClient) -> None:
    got, head = await client.get("/v1/export"), await client.head("/v1/export")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == got.headers
    assert app_of(client).state.services.export_slots._value == MAX_EXPORTS


@pytest.mark.usefixtures("newsroom")
async def test_invalid_export_parameters_are_a_problem_response(client: httpx.AsyncClient) -> None:
    for query, where in (("limit=3", "limit"), ("cursor=x", "cursor"), ("body=pdf", "body"), ("from=once", "from")):
        assert error_locations(await get_page(client, f"/v1/export?{query}", 422)) == [where]
    assert (await get_page(client, "/v1/export?edition=nowhere", 404))["type"] == "/problems/not-found"
    assert app_of(client).state.services.export_slots._value == MAX_EXPORTS


@pytest.mark.usefixtures("newsroom")
async def test_export_line_follows_the_document(client: httpx.AsyncClient) -> None:
    document = api_document()
    (spec,) = [each.spec for each in operations(document) if each.name == "export_articles"]
    content = spec["responses"]["200"]["content"]
    assert set(content) == {"application/jsonl"}
    assert "Dayline-As-Of" in spec["responses"]["200"]["headers"]
    schema = content["application/jsonl"]["schema"]
    for item in await export_of(client, "edition=*&body=blocks"):
        assert list(validator(document, schema).iter_errors(item)) == []


@pytest.mark.usefixtures("newsroom")
async def test_export_contains_no_withdrawn_text(client: httpx.AsyncClient, database: Database) -> None:
    before = await client.get("/v1/export?edition=*&body=blocks")
    gone = json.loads(before.content.splitlines()[0])
    by_hand: Any = {"expected": None, "now": NOW, "editor": COMMAND_ACTOR}
    await database.write(withdraw_article, parse_id(gone["id"]), reason="A secret.", notice="Wrong.", **by_hand)
    after = await client.get("/v1/export?edition=*&body=blocks")
    assert int(after.headers["dayline-as-of"]) > int(before.headers["dayline-as-of"])
    for secret in (gone["id"], gone["headline"], "A secret.", "Text nobody reads any more"):
        assert secret not in after.text


@pytest.mark.usefixtures("edition_kyiv")
async def test_export_line_contains_no_line_separator(client: httpx.AsyncClient, store: Store) -> None:
    headline = "One\u2028two\u2029three\u0085four"
    await store(article(headline=headline))
    response = await client.get("/v1/export")
    (line,) = response.text.splitlines()
    assert json.loads(line)["headline"] == (await get_page(client, "/v1/articles"))["items"][0]["headline"]
