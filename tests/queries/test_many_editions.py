"""Lists of all editions of an installation that has hundreds."""

from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, insert, select

from app.db.database import Database
from app.models.edition import editions
from tests.conftest import Store
from tests.pagination import error_locations, follow_pages, get_page
from tests.records import article, edition, tag

EDITIONS = 230


def copy_edition(connection: Connection) -> None:
    """Insert copies of the edition `twin`, which have no articles: writing each by an action would take ten seconds."""
    [twin] = connection.execute(select(editions).where(editions.c.slug == "twin")).mappings()
    copies: list[dict[str, Any]] = [
        {**twin, "id": 1_000 + n, "slug": f"copy-{n}", "is_default": False} for n in range(EDITIONS)
    ]
    connection.execute(insert(editions), copies)


@pytest.fixture
async def filled(client: httpx.AsyncClient, store: Store, database: Database) -> httpx.AsyncClient:
    """A client of hundreds of editions, two of which have three articles each."""
    twin = edition("twin", default=False, site_url="https://twin.example")
    await store(edition("first"), twin, tag("trams", "Trams"))
    await database.write(copy_edition)
    await store(
        *(
            article(
                f"2026-11-{day}T10:00:00Z",
                source_id=f"{place}-{day}",
                slug=f"{place}-{day}",
                edition=place,
                tags=["trams"],
                language="uk",
            )
            for place in ("first", "twin")
            for day in (17, 18, 19)
        )
    )
    return client


async def test_lists_of_all_editions_are_complete_with_hundreds(filled: httpx.AsyncClient) -> None:
    assert len(await follow_pages(filled, "/v1/editions?limit=200")) == 2
    pages = await follow_pages(filled, "/v1/timeline?edition=*&tz=UTC&limit=4&total=true")
    shown = [item["id"] for page in pages for day in page["days"] for item in day["items"]]
    assert len(shown) == len({*shown}) == 6
    listed = await follow_pages(filled, "/v1/articles?edition=*&limit=4")
    assert [item["id"] for page in listed for item in page["items"]] == shown
    calendar = await get_page(filled, "/v1/timeline/calendar?edition=*&tz=UTC&from=2026-11-01&to=2026-12-01")
    assert [day["total"] for day in calendar["days"]] == [2, 2, 2]
    day = await get_page(filled, "/v1/timeline/2026-11-18?edition=*&tz=UTC")
    assert len(day["day"]["items"]) == 2
    changes = await get_page(filled, "/v1/changes?edition=*&limit=200")
    assert {item["article"]["id"] for item in changes["items"] if item["article"]} == {*shown}


@pytest.mark.parametrize(
    "value", ["tag=trams", "language=uk", "featured=false", "format=article&format=page&format=video"]
)
async def test_one_value_of_a_filter_selects_from_hundreds_of_editions(filled: httpx.AsyncClient, value: str) -> None:
    assert len((await get_page(filled, f"/v1/articles?edition=*&{value}"))["items"]) == 6


async def test_values_are_bounded_over_all_editions(filled: httpx.AsyncClient) -> None:
    values = "&".join(f"language=x{letter}a" for letter in "abcde")
    problem = await get_page(filled, f"/v1/articles?edition=*&{values}", 422)
    assert error_locations(problem) == ["edition"]
