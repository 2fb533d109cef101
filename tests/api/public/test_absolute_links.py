"""Links inside bodies, absolute on request, and the URL that they are relative to."""

from itertools import product
from typing import Any

import httpx
import pytest

from app.actions.curated_lists import put_curated_list
from app.db.database import Database
from tests.conftest import NOW, Store
from tests.pagination import error_locations, get_page
from tests.records import article, curated_list, edition

BODY: list[dict[str, Any]] = [
    {"type": "paragraph", "html": 'Read <a href="/log?a=1&amp;b=2">the log</a>, <a href="#n1">a note</a>.'},
    {"type": "quote", "blocks": [{"type": "paragraph", "html": '<a href="harbour">Harbour</a>'}], "attribution": None},
    {"type": "list", "ordered": False, "items": ['<span id="n1"><a href="//radio.example/">Radio</a></span>']},
]
ABSOLUTE = ("https://courier.example/log?a=1&amp;b=2", "https://courier.example/harbour", "https://radio.example/")
WRITTEN = ('"/log?a=1&amp;b=2"', '"harbour"', '"//radio.example/"')


@pytest.fixture
async def filled(client: httpx.AsyncClient, store: Store, database: Database) -> httpx.AsyncClient:
    """A client of an article with relative links."""
    await store(
        edition(),
        article("2026-11-20T08:00:00Z", source_id="fog", slug="fog", tags=["fog"], body=BODY),
    )
    await database.write(put_curated_list, curated_list("front", "Front", items=["fog"]), now=NOW)
    return client


async def texts(client: httpx.AsyncClient, address: str) -> str:
    """Return the text of a response without the escapes of JSON."""
    response = await client.get(address)
    assert response.status_code == 200, response.text
    return response.text.replace('\\"', '"')


async def test_links_of_bodies_are_absolute_on_request(filled: httpx.AsyncClient) -> None:
    paths = ("/v1/articles/fog", "/v1/articles", "/v1/tags/fog/articles", "/v1/lists/front", "/v1/export")
    for path, body in product(paths, ("html", "blocks")):
        written = await texts(filled, f"{path}?body={body}")
        assert all(f"href={href}" in written for href in WRITTEN), path
        absolute = await texts(filled, f"{path}?body={body}&links=absolute")
        assert all(f'href="{url}"' in absolute for url in ABSOLUTE), path
        assert not any(f"href={href}" in absolute for href in WRITTEN), path
        assert 'href="#user-content-n1"' in absolute
        assert await texts(filled, f"{path}?body={body}&links=written") == written


async def test_runs_of_text_have_absolute_links_on_request(filled: httpx.AsyncClient) -> None:
    page = await get_page(filled, "/v1/articles/fog?body=rich&links=absolute")
    hrefs = [run["href"] for run in page["body"][0]["runs"] if run["href"] is not None]
    assert hrefs == ["https://courier.example/log?a=1&b=2", "#user-content-n1"]
    quoted = page["body"][1]["blocks"][0]["runs"]
    assert [run["href"] for run in quoted] == ["https://courier.example/harbour"]
    text = await get_page(filled, "/v1/articles/fog?body=text")
    assert (await get_page(filled, "/v1/articles/fog?body=text&links=absolute"))["body"] == text["body"]


async def test_links_parameter_repeats_in_page_links_and_rejects_other_values(
    filled: httpx.AsyncClient, store: Store
) -> None:
    await store(article("2026-11-20T07:00:00Z", source_id="more", body=BODY))
    page = await get_page(filled, "/v1/articles?limit=1&body=html&links=absolute")
    assert "links=absolute" in page["next"]["href"]
    assert "https://courier.example/harbour" in (await get_page(filled, page["next"]["href"]))["items"][0]["body"]
    assert error_locations(await get_page(filled, "/v1/articles/fog", 422, links="full")) == ["links"]
    assert error_locations(await get_page(filled, "/v1/timeline", 422, links="absolute")) == ["links"]


@pytest.mark.parametrize(
    ("members", "base_url"),
    [
        ({}, "https://courier.example"),
        ({"site_url": "https://courier.example/en"}, "https://courier.example"),
        ({"article_url": "https://read.courier.example/{slug}"}, "https://read.courier.example"),
        ({"article_url": "https://{slug}.courier.example/"}, "https://courier.example"),
        ({"site_url": "https://straße.example"}, "https://xn--strae-oqa.example"),
    ],
)
async def test_edition_has_the_base_url_of_its_links(
    client: httpx.AsyncClient, store: Store, members: dict[str, str], base_url: str
) -> None:
    await store(edition(**members), article("2026-11-20T08:00:00Z", source_id="fog", slug="fog", body=BODY[:1]))
    assert (await get_page(client, "/v1/editions/global"))["base_url"] == base_url
    body = (await get_page(client, "/v1/articles/fog?body=html&links=absolute"))["body"]
    if "{slug}." not in members.get("article_url", ""):
        assert f'href="{base_url}/log?' in body
