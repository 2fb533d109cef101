"""Order of lists of sections: by position, then by slug, in pages of any size."""

from typing import Any

import httpx
import pytest

from tests.api.editorial.editor_client import Desk
from tests.conftest import Store
from tests.pagination import follow_pages, get_page
from tests.records import section

PLACES = {"sport": 3, "culture": 0, "opinion": 3, "weather": 10_000, "africa": None}
BY_POSITION = ["culture", "opinion", "sport", "weather", "africa", "city", "world"]  # the last three have no position


@pytest.fixture
async def places(desk: Desk, store: Store) -> None:
    assert desk
    await store(*(section(slug, slug.title(), position=position) for slug, position in PLACES.items()))


def slugs_of(pages: list[dict[str, Any]]) -> list[str]:
    return [item["slug"] for page in pages for item in page["items"]]


@pytest.mark.usefixtures("places")
async def test_sections_are_listed_by_position_then_slug(client: httpx.AsyncClient) -> None:
    for limit in range(1, len(BY_POSITION) + 1):
        assert slugs_of(await follow_pages(client, "/v1/sections", limit=limit)) == BY_POSITION
    assert slugs_of(await follow_pages(client, "/v1/sections", limit=2, order="slug")) == sorted(BY_POSITION)


@pytest.mark.usefixtures("places")
async def test_cursor_by_position_survives_deletion_of_its_section(client: httpx.AsyncClient, desk: Desk) -> None:
    page = await get_page(client, "/v1/sections", limit=2)
    assert slugs_of([page]) == BY_POSITION[:2]
    assert (await desk.send("DELETE", "/sections/opinion")).status_code == 204
    await desk.done("PATCH", "/sections/world", {"position": 4})
    assert slugs_of([await get_page(client, page["next"]["href"])]) == ["sport", "world"]


@pytest.mark.usefixtures("places")
async def test_cursor_by_slug_continues_by_slug(client: httpx.AsyncClient) -> None:
    """Cursors of sections were by slug before there was an order, and never expire."""
    cursor = (await get_page(client, "/v1/sections", limit=3, order="slug"))["next"]["cursor"]
    assert slugs_of(await follow_pages(client, "/v1/sections", limit=1, cursor=cursor)) == sorted(BY_POSITION)[3:]


@pytest.mark.usefixtures("places")
async def test_cursor_by_position_is_of_no_other_order(client: httpx.AsyncClient) -> None:
    cursor = (await get_page(client, "/v1/sections", limit=1))["next"]["cursor"]
    problem = await get_page(client, "/v1/sections", 400, cursor=cursor, order="slug")
    assert problem["type"] == "/problems/cursor-mismatch"


@pytest.mark.usefixtures("places")
async def test_new_position_moves_a_section_in_cached_lists(client: httpx.AsyncClient, desk: Desk) -> None:
    assert slugs_of([await get_page(client, "/v1/sections")]) == BY_POSITION
    await desk.done("PATCH", "/sections/africa", {"position": 1})
    assert slugs_of([await get_page(client, "/v1/sections")])[:3] == ["culture", "africa", "opinion"]
    await desk.done("PATCH", "/sections/africa", {"position": None})
    assert slugs_of([await get_page(client, "/v1/sections")]) == BY_POSITION


@pytest.mark.usefixtures("places")
async def test_editorial_sections_have_the_same_orders(desk: Desk) -> None:
    assert [item["slug"] for item in (await desk.done("GET", "/sections"))["items"]] == BY_POSITION
    first = await desk.done("GET", "/sections?limit=3")
    second = await desk.done("GET", first["next"]["href"].removeprefix("/v1/editorial"))
    assert slugs_of([first, second]) == BY_POSITION[:6]
    assert [item["slug"] for item in (await desk.done("GET", "/sections?order=slug"))["items"]] == sorted(BY_POSITION)


async def test_unknown_order_is_refused_with_the_known_ones(client: httpx.AsyncClient) -> None:
    problem = await get_page(client, "/v1/sections", 422, order="size")
    assert problem["errors"] == [{"where": "order", "message": "Must be one of 'position', 'slug' or 'name'."}]
    assert (await client.get("/v1/labels", params={"order": "slug"})).status_code == 422
