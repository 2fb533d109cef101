"""Cursors over HTTP: bound to their list alone, protected against damage, valid for ever."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import delete

from app import clock
from app.db.database import Connection, Database
from app.domain.article_status import ArticleStatus
from app.domain.instant import DAY_US
from app.domain.tsid import parse_id
from app.models.article import articles
from app.models.listing import listings
from tests.archive import ArchivedArticle, ids_of, make_archive
from tests.conftest import NOW, Store
from tests.pagination import follow_pages, get_page
from tests.records import article, edition

pytestmark = pytest.mark.usefixtures("edition_kyiv")
BASE: dict[str, Any] = {
    "edition": "global",
    "section": ["city", "coast"],
    "tag": ["trams", "harbour", "budget", "storm"],
    "author": ["ada-moss", "ben-tarn", "cleo-vint"],
    "label": ["exclusive", "opinion", "updated"],
    "from": "2026-11-01",
    "to": "2026-11-20",
    "exclude": ["global-story-1", "global-story-2"],
}
OTHERS = {
    "edition": "harbour",
    "section": ["city"],
    "tag": ["trams"],
    "author": ["ada-moss"],
    "label": ["opinion"],
    "from": "2026-11-02",
    "to": "2026-11-20T00:00:00.000001+02:00",
    "exclude": ["global-story-1"],
}


async def fill(store: Store, size: int = 150) -> list[ArchivedArticle]:
    filed = make_archive(size, seed=91)
    await store(edition("harbour", default=False), *(each.record for each in filed))
    return filed


async def cursor_of(client: httpx.AsyncClient, path: str, **requested: Any) -> str:
    """Return the cursor after the second item."""
    following = (await get_page(client, path, limit=2, **requested))["next"]
    assert following is not None
    return str(following["cursor"])


async def refusal(client: httpx.AsyncClient, path: str, **requested: Any) -> str:
    """Return the code of a problem that is a 400."""
    problem = await get_page(client, path, 400, **requested)
    assert problem["status"] == 400
    return str(problem["type"]).removeprefix("/problems/")


@pytest.mark.parametrize("path", ["/v1/timeline", "/v1/articles"])
async def test_cursor_is_bound_to_every_filter(client: httpx.AsyncClient, store: Store, path: str) -> None:
    await fill(store)
    cursor = await cursor_of(client, path, **BASE)
    await get_page(client, path, cursor=cursor, **BASE)
    for name, other in OTHERS.items():
        assert await refusal(client, path, cursor=cursor, **{**BASE, name: other}) == "cursor-mismatch", name
        if name != "edition":
            without = {key: value for key, value in BASE.items() if key != name}
            assert await refusal(client, path, cursor=cursor, **without) == "cursor-mismatch", name
    assert await refusal(client, path, cursor=cursor) == "cursor-mismatch"
    if path == "/v1/timeline":
        assert await refusal(client, path, cursor=cursor, tz="Europe/Warsaw", **BASE) == "cursor-mismatch"
    else:
        assert await refusal(client, path, cursor=cursor, **{**BASE, "edition": "*"}) == "cursor-mismatch"


async def test_cursor_is_bound_to_its_zone(client: httpx.AsyncClient, store: Store) -> None:
    await fill(store)
    cursor = await cursor_of(client, "/v1/timeline", tz="America/New_York")
    await get_page(client, "/v1/timeline", cursor=cursor, tz="America/New_York")
    assert await refusal(client, "/v1/timeline", cursor=cursor) == "cursor-mismatch"


async def test_cursor_is_bound_to_the_entry_of_the_path(client: httpx.AsyncClient, store: Store) -> None:
    await fill(store)
    cursor = await cursor_of(client, "/v1/tags/trams/articles")
    await get_page(client, "/v1/tags/trams/articles", cursor=cursor)
    for path in ("/v1/tags/storm/articles", "/v1/articles", "/v1/authors/ada-moss/articles", "/v1/timeline"):
        assert await refusal(client, path, cursor=cursor) == "cursor-mismatch"


async def test_cursor_ignores_order_and_number_of_repeats(client: httpx.AsyncClient, store: Store) -> None:
    await fill(store)
    for path in ("/v1/timeline", "/v1/articles"):
        cursor = await cursor_of(client, path, **BASE)
        expected = await get_page(client, path, cursor=cursor, **BASE)
        turned = {name: [*value[::-1], value[0]] if isinstance(value, list) else value for name, value in BASE.items()}
        page = await get_page(client, path, cursor=cursor, **turned)
        assert ids_of(page) == ids_of(expected)


async def test_cursor_is_not_bound_to_limit_fields_and_total(client: httpx.AsyncClient, store: Store) -> None:
    filed = await fill(store)
    ids = [each.id for each in filed]
    for path in ("/v1/timeline", "/v1/articles"):
        found, cursor = list[str](), None
        for limit in (1, 7, 200):
            requested: dict[str, Any] = {"limit": limit}
            if cursor is not None:
                requested |= {"cursor": cursor, "fields": "headline"}
                requested |= {"total": "true"} if path == "/v1/timeline" else {}
            page = await get_page(client, path, **requested)
            found += ids_of(page)
            cursor = page["next"] and page["next"]["cursor"]
        assert (found, cursor) == (ids, None)


def damaged(cursor: str) -> Iterator[str]:
    """Return every truncation, and at every position another character, one more, one less, two exchanged."""
    for place, character in enumerate(cursor):
        yield cursor[:place]
        yield cursor[:place] + cursor[place + 1 :]
        for other in ("A", "B", "-", "_", "9", "=", "!", " ", "é"):
            if other != character:
                yield cursor[:place] + other + cursor[place + 1 :]
        yield f"{cursor[:place]}A{cursor[place:]}"
        if place and cursor[place - 1] != character:
            yield cursor[: place - 1] + character + cursor[place - 1] + cursor[place + 1 :]
    yield from (cursor + "A", cursor + "=", cursor + "==", cursor * 2, "null", "0", cursor.swapcase())


async def test_damaged_cursor_is_rejected(client: httpx.AsyncClient, store: Store) -> None:
    await fill(store, 10)
    cursor = await cursor_of(client, "/v1/timeline")
    count = 0
    for text in set(damaged(cursor)) - {cursor}:
        assert await refusal(client, "/v1/timeline", cursor=text) == "cursor-invalid", text
        count += 1
    assert count > 10 * len(cursor)
    problem = await get_page(client, "/v1/timeline", 422, cursor="\x00")
    assert problem["status"] == 422


async def test_cursor_of_a_list_by_name_is_bound_and_checked(client: httpx.AsyncClient, store: Store) -> None:
    names = {"tags": [f"t{n}" for n in range(5)], "authors": [f"a{n}" for n in range(5)]}
    await store(edition("harbour", default=False), article("2026-11-20T10:00:00Z", tags=names["tags"]))
    await store(article("2026-11-20T09:00:00Z", authors=names["authors"]))
    pages = await follow_pages(client, "/v1/tags", limit=2)
    assert [item["slug"] for page in pages for item in page["items"]] == [f"t{n}" for n in range(5)]
    cursor = pages[0]["next"]["cursor"]
    assert await refusal(client, "/v1/authors", cursor=cursor) == "cursor-mismatch"
    assert await refusal(client, "/v1/articles", cursor=cursor) == "cursor-mismatch"
    timeline = (await get_page(client, "/v1/timeline", limit=1))["next"]["cursor"]
    assert await refusal(client, "/v1/tags", cursor=timeline) == "cursor-mismatch"
    for text in set(damaged(cursor)) - {cursor}:
        assert await refusal(client, "/v1/tags", cursor=text) == "cursor-invalid", text


@pytest.mark.parametrize("fate", ["withdrawn", "deleted"])
async def test_cursor_survives_the_deletion_of_its_item(
    client: httpx.AsyncClient, store: Store, database: Database, fate: str
) -> None:
    filed = await fill(store)
    for path in ("/v1/timeline", "/v1/articles"):
        cursor = await cursor_of(client, path)
        expected = await get_page(client, path, cursor=cursor, limit=200)
        anchor = filed.pop(1)
        if fate == "withdrawn":
            await store(anchor.record.model_copy(update={"status": ArticleStatus.WITHDRAWN}))
        else:
            await database.write(remove, anchor.id)
        page = await get_page(client, path, cursor=cursor, limit=200)
        assert page == expected
        assert ids_of(page) == [each.id for each in filed[1:]]


def remove(connection: Connection, article_id: str) -> None:
    """Delete an article with all its traces."""
    number = parse_id(article_id)
    connection.execute(delete(listings).where(listings.c.article_id == number))
    connection.execute(delete(articles).where(articles.c.id == number))


async def test_cursor_contains_neither_time_nor_sequence_number(client: httpx.AsyncClient, store: Store) -> None:
    await fill(store)
    cursor = await cursor_of(client, "/v1/timeline")
    before = await get_page(client, "/v1/timeline", cursor=cursor)
    await store(*(article("2026-11-20T11:30:00Z", edition="harbour", source_id=f"{n}") for n in range(300)))
    assert await cursor_of(client, "/v1/timeline") == cursor
    with clock.frozen(NOW + 9_000 * DAY_US):
        assert await get_page(client, "/v1/timeline", cursor=cursor) == before
    assert not {"as_of", "newer"} & set(before)
