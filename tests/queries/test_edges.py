"""Edges that a review found: the largest id, a slug that several editions have, and who is notified of a change."""

import httpx
import orjson
import pytest
from sqlalchemy import select

from app.db.database import Connection, Database
from app.models.change import changes
from tests.conftest import Store
from tests.records import article, edition

pytestmark = pytest.mark.usefixtures("edition_kyiv")


def last_keys(connection: Connection) -> set[str]:
    row = connection.execute(select(changes.c.surrogate_keys).order_by(changes.c.seq.desc()).limit(1)).one()
    return set(orjson.loads(row[0]))


async def test_article_with_the_largest_id_is_served(client: httpx.AsyncClient, store: Store) -> None:
    await store(article(id="7zzzzzzzzzzzz"), article("2026-11-20T10:00:00.000001Z", source_id="later"))
    page = (await client.get("/v1/articles/7zzzzzzzzzzzz")).json()
    assert page["neighbours"]["next"]["headline"] == "Story later"


async def test_excluding_a_slug_of_two_editions_returns_full_pages(client: httpx.AsyncClient, store: Store) -> None:
    await store(edition("second", default=False))
    for name in ("global", "second"):
        await store(article(edition=name, slug="same-name", source_id="same"))
        times = [f"2026-11-19T10:{n:02}:00Z" for n in range(6)]
        await store(*(article(time, edition=name, source_id=time) for time in times))
    seen: list[str] = []
    address = "/v1/articles?edition=*&exclude=same-name&limit=5"
    while address:
        page = (await client.get(address)).json()
        seen += [item["id"] for item in page["items"]]
        address = page["next"] and page["next"]["href"]
    assert len(seen) == len(set(seen)) == 12


async def test_change_names_the_referrers_of_a_newly_public_article(database: Database, store: Store) -> None:
    await store(article(source_id="a", id="0000000000001", related=["b"]))
    await store(article(None, source_id="b"))
    await store(article("2026-11-20T09:00:00Z", source_id="b"))
    assert "article:0000000000001" in await database.read(last_keys)
