"""The start page: a page for browsers and the service document for others, current after each change."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from lxml import html

from app import clock
from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import upsert_entry
from app.db.database import Database
from app.main import create_app
from app.queries.timeline.headlines import MAX_EDITIONS, MAX_HEADLINES
from app.settings import Settings
from tests.api.newsroom import BROWSER
from tests.conftest import NOW, app_of, running
from tests.records import article, edition
from tests.statements import counted


async def read_headlines(client: httpx.AsyncClient) -> dict[str, list[str]]:
    """Return the headlines of the start page by the names of the editions."""
    page = html.fromstring((await client.get("/", headers=BROWSER)).text)
    return {
        each.findtext("h3"): [item.text_content() for item in each.xpath(".//li/span/a")]
        for each in page.xpath("//article")
    }


@pytest.mark.usefixtures("newsroom", "frozen_clock")
async def test_start_page_has_the_latest_headlines_of_each_edition(client: httpx.AsyncClient) -> None:
    found = await read_headlines(client)
    assert [*found] == ["The Lume Courier", "Люмський кур'єр"]
    first = (await client.get(f"/v1/timeline?limit={MAX_HEADLINES}")).json()
    assert found["The Lume Courier"] == [item["headline"] for day in first["days"] for item in day["items"]]
    assert "Night trams return to the quay" in found["The Lume Courier"]


@pytest.mark.usefixtures("newsroom", "frozen_clock")
async def test_start_page_is_in_the_languages_of_its_editions(client: httpx.AsyncClient) -> None:
    page = html.fromstring((await client.get("/", headers=BROWSER)).text)
    assert page.get("lang") == "en"
    [other] = page.xpath("//article[h3/@lang='uk']")
    assert other.xpath("./div/@lang") == ["uk"]
    assert other.get("dir") == "ltr"
    assert [each.text_content() for each in other.xpath(".//h4/time")] == ["пʼятниця 20 листопада"]
    assert other.xpath(".//span[@class='label']/text()") == ["Analysis", "ДУМКА"]
    assert other.xpath(".//span[@class='label'][1]/@lang") == ["en-GB"]


@pytest.mark.usefixtures("newsroom", "frozen_clock")
async def test_start_page_is_current_after_each_change(client: httpx.AsyncClient, database: Database) -> None:
    before = await client.get("/", headers=BROWSER)
    assert (await client.get("/", headers={**BROWSER, "if-none-match": before.headers["etag"]})).status_code == 304
    bells = {"source_id": "new", "headline": "<Bells> at noon"}
    await database.write(upsert_articles, [article("2026-11-20T11:30:00Z", **bells)], now=NOW)
    assert (await read_headlines(client))["The Lume Courier"][0] == "<Bells> at noon"
    renamed = edition(name="The Lume & Quay Courier", article_url="{site_url}/news/{slug}")
    await database.write(upsert_entry, renamed, now=NOW)
    assert "The Lume & Quay Courier" in await read_headlines(client)
    withdrawn = article("2026-11-20T11:30:00Z", **bells, status="withdrawn", withdrawal={"reason": "A mistake."})
    await database.write(upsert_articles, [withdrawn], now=NOW)
    assert "<Bells> at noon" not in (await read_headlines(client))["The Lume & Quay Courier"]


@pytest.mark.usefixtures("newsroom", "frozen_clock")
async def test_start_page_takes_three_statements_for_each_edition(client: httpx.AsyncClient) -> None:
    await client.get("/v1/timeline")
    with counted() as statements:
        await client.get("/", headers=BROWSER)
    assert len(statements) == 1 + 2 * 3  # the editions; the edition, the last change and the items of each


@pytest.mark.usefixtures("newsroom", "frozen_clock")
async def test_start_address_has_the_service_document_for_other_clients(client: httpx.AsyncClient) -> None:
    plain, service = await client.get("/"), await client.get("/v1")
    page = await client.get("/?utm_source=letter", headers=BROWSER)
    assert (plain.content, plain.headers["etag"]) == (service.content, service.headers["etag"])
    head = await client.head("/", headers=BROWSER)
    assert (head.content, dict(head.headers)) == (b"", dict(page.headers))
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for response in (plain, page):
        assert response.headers["vary"].startswith("Accept, ")
        assert '</openapi.json>; rel="service-desc"' in response.headers["link"]
        assert response.headers["cache-control"].startswith("public, max-age=")


@pytest.mark.usefixtures("frozen_clock")
async def test_start_page_has_the_direction_of_each_edition(client: httpx.AsyncClient, database: Database) -> None:
    await database.write(upsert_entry, edition("mina", name="ميناء", language="ar"), now=NOW)
    await database.write(upsert_articles, [article(edition="mina", headline="العبّارة تنتظر")], now=NOW)
    page = html.fromstring((await client.get("/", headers=BROWSER)).text)
    assert page.get("dir") is None
    assert page.xpath("//article[@dir='rtl']/h3[@lang='ar']/text()") == ["ميناء"]
    assert page.xpath("//article[@dir='rtl']/div[@lang='ar']//li//a/text()") == ["العبّارة تنتظر"]


async def test_start_page_links_its_example_and_names_the_command_of_a_checkout(client: httpx.AsyncClient) -> None:
    page = html.fromstring((await client.get("/", headers=BROWSER)).text)
    assert page.xpath("//pre//a/@href") == ["/v1/timeline?limit=3"]
    assert page.xpath("//section//code[text()='.venv/bin/dayline']")


@pytest.mark.usefixtures("frozen_clock")
async def test_start_page_without_editions_explains_how_to_begin(client: httpx.AsyncClient) -> None:
    page = (await client.get("/", headers=BROWSER)).text
    assert "dayline sample" in page
    assert "<article" not in page


@pytest.mark.usefixtures("frozen_clock")
async def test_start_page_links_further_editions(client: httpx.AsyncClient, database: Database) -> None:
    for number in range(MAX_EDITIONS + 2):
        await database.write(upsert_entry, edition(f"e{number}", default=number == 0), now=NOW)
    page = (await client.get("/", headers=BROWSER)).text
    assert page.count("<article") == MAX_EDITIONS
    assert '<a href="/v1/editions">2 more editions</a>' in page


@pytest.mark.usefixtures("newsroom")
async def test_scheduled_article_shortens_the_lifetime_of_the_start_page(
    client: httpx.AsyncClient, database: Database
) -> None:
    coming = article("2026-11-20T12:00:10Z", source_id="coming", headline="Soon", status="scheduled")
    await database.write(upsert_articles, [coming], now=NOW)
    with clock.frozen(NOW):
        await app_of(0)[0].state.services.scheduler.refresh()
        response = await client.get("/", headers=BROWSER)
    assert response.headers["cache-control"].startswith("public, max-age=10")


@pytest.fixture
async def keyed(database_address: str, newsroom: None, frozen_clock: int) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the small newsroom where reading takes a key."""
    assert (newsroom, frozen_clock) == (None, NOW)
    settings: dict[str, Any] = {"database_url": database_address, "read_access": "api-key"}
    async with running(create_app(Settings.model_validate(settings))) as client:
        yield client


async def test_start_page_of_keyed_reading_shows_no_content(keyed: httpx.AsyncClient) -> None:
    response = await keyed.get("/", headers=BROWSER)
    assert response.status_code == 200
    assert "content:read" in response.text
    assert '"/v1"' not in response.text
    for content in ("Courier", "trams", "global", "/feeds/"):
        assert content not in response.text
    assert (await keyed.get("/")).status_code == 401
    for page in ("/guides", "/guides/feeds", "/llms.txt", "/problems"):
        assert (await keyed.get(page)).status_code == 200, page
