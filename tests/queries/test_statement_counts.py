"""Statement counts: every response takes a fixed number of statements, however much it shows."""

import httpx
import pytest

from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import Outcome, upsert_entry
from app.db.database import Connection, Database
from tests.archive import make_archive
from tests.conftest import NOW, Store, app_of
from tests.fixture_snapshots import snapshot
from tests.pagination import get_page
from tests.records import article, edition, section
from tests.statements import counted

LIMITS = (1, 21, 200)  # none of them a default, with which a list may be cached
LISTS = {
    "/v1/timeline?newest_day=2026-11-19": 3,  # the edition, the last change, the items
    "/v1/timeline?exclude=global-story-1&exclude=global-story-2": 3,
    "/v1/timeline?from=2026-11-01&to=2026-11-20&tz=UTC&fields=time": 3,
    "/v1/timeline?section=city&section=coast": 4,  # and the entries of the names
    "/v1/timeline?section=city&tag=trams&tag=storm": 5,  # and the rarest of them
    "/v1/timeline?section=city&tag=trams&author=ada-moss&label=opinion": 5,
    "/v1/timeline?total=true": 4,  # and the totals
    "/v1/timeline?total=true&section=city&tag=trams": 6,
    "/v1/timeline?total=true&exclude=global-story-1": 5,  # and the dates of the excluded
    "/v1/articles": 4,  # the edition, the articles, their tags, their authors
    "/v1/articles?section=city": 5,
    "/v1/articles?section=city&label=opinion": 6,
    "/v1/articles?edition=*": 4,
    "/v1/sections/city/articles": 7,  # and the section itself, in its edition
    "/v1/tags/trams/articles": 7,
    "/v1/authors/ada-moss/articles": 7,
    "/v1/authors": 2,
    "/v1/sections": 2,
    "/v1/tags": 2,
    "/v1/sections?order=slug": 2,
    **{f"/v1/{entries}?order=name": 2 for entries in ("authors", "sections", "tags")},
    "/v1/labels": 2,
    "/v1/editions": 1,
}
PLAIN = ("/v1/timeline", "/v1/timeline?edition=harbour&tz=UTC&fields=time")
"""PostgreSQL runs one statement; SQLite one for the items and, after a commit, one for edition and last change."""
SINGLE = {
    "/v1/articles?body=html": 5,
    "/v1/timeline/2026-11-18": 4,  # the edition, the items, the day before and the day after
    "/v1/timeline/2026-11-18?total=true&section=city": 5,
    "/v1/timeline/calendar": 2,
    "/v1/timeline/calendar?from=2026-01-01&to=2026-11-21": 2,
    "/v1/articles/global-story-7": 4,  # the article with its edition, tags, authors, related ones with neighbours
    "/v1/articles/global-story-7/related": 2,
    "/v1/editions/global": 1,
    "/v1/authors/ada-moss": 2,
    "/v1/sections/city": 2,
    "/v1/tags/trams": 2,
    "/v1": 1,
    "/v1/articles/global-story-7/json-ld": 5,  # the page, and the edition's name and site
    "/v1/articles/global-story-7/ninjs": 5,
}
FEEDS = {
    "rss.xml?limit=1": 4,  # as a list of articles
    "rss.xml?limit=50": 4,
    "ninjs.json?limit=50&section=city&tag=trams": 6,
    "feed.json": 4,
    "atom.xml": 6,  # the edition, the newest, all of today, the newest finished day; tags, authors
    "atom.xml?section=city": 6,
    "atom/2026-11-18.xml": 6,  # the edition, the day, the day before and after; tags, authors
    "news-sitemap.xml": 4,
    "sitemap.xml": 4,
    "sitemap/2026-W47.xml": 2,
}


MAX_PLAIN = 2


@snapshot
def fill(connection: Connection) -> None:
    """Store an archive that is longer than any page, and a second edition."""
    for record in (edition(), edition("harbour", default=False)):
        upsert_entry(connection, record, now=NOW)
    filed = make_archive(450, seed=95, days=5, most_sections=1)
    for batch in ([each.record for each in filed], [article("2026-11-20T10:00:00Z", edition="harbour")]):
        assert set(upsert_articles(connection, batch, now=NOW).outcomes) == {Outcome.CREATED}


@pytest.fixture
async def filled(client: httpx.AsyncClient, database: Database) -> httpx.AsyncClient:
    """Create a client of that archive."""
    await database.write(fill)
    for path in ("/v1/timeline", "/v1/articles"):
        await get_page(client, path)  # the first statements of a connection belong to no response
    return client


async def test_list_statements_do_not_depend_on_the_number_of_items(filled: httpx.AsyncClient) -> None:
    found = {}
    for address, expected in LISTS.items():
        counts = set()
        for limit in LIMITS:
            with counted() as statements:
                page = await get_page(filled, f"{address}{'&' if '?' in address else '?'}limit={limit}")
            counts.add(len(statements))
            assert page
        found[address] = counts if counts != {expected} else expected
    assert found == LISTS


async def test_plain_timeline_runs_one_statement_until_the_next_commit(
    filled: httpx.AsyncClient, database: Database, database_address: str
) -> None:
    is_sqlite = database_address.startswith("sqlite")
    for address in PLAIN:
        counts = []
        for limit in (5, 4, 3):
            with counted() as statements:
                assert (await get_page(filled, f"{address}{'&' if '?' in address else '?'}limit={limit}"))["days"]
            counts.append(len(statements))
        assert counts[0] <= MAX_PLAIN
        assert counts[1:] == [1, 1]
    await database.write(upsert_entry, section("unseen", "Unseen"), now=NOW)
    await get_page(filled, "/v1/articles")  # the log follower reads the change
    with counted() as statements:
        await get_page(filled, "/v1/timeline?limit=2")
    assert len(statements) == (MAX_PLAIN if is_sqlite else 1)


async def test_later_pages_run_one_statement_less(filled: httpx.AsyncClient) -> None:
    for path in ("/v1/timeline", "/v1/timeline?newest_day=2026-11-19"):
        page = await get_page(filled, path)
        for _ in range(3):
            with counted() as statements:
                page = await get_page(filled, page["next"]["href"])
            assert len(statements) <= MAX_PLAIN
    for path, expected in {"/v1/timeline?section=city": 3, "/v1/articles": 4}.items():
        page = await get_page(filled, path)
        for _ in range(3):
            with counted() as statements:
                page = await get_page(filled, page["next"]["href"])
            assert len(statements) == expected


async def test_single_resources_run_a_fixed_number_of_statements(filled: httpx.AsyncClient) -> None:
    by_id = (await get_page(filled, "/v1/articles/global-story-7"))["id"]
    app_of(0)[0].state.services.store.clear()
    found = {}
    for address in SINGLE:
        with counted() as statements:
            await get_page(filled, address)
        found[address] = len(statements)
    assert found == SINGLE
    with counted() as statements:
        await get_page(filled, f"/v1/articles/{by_id}")
    assert len(statements) == 4


async def test_feeds_run_a_fixed_number_of_statements(filled: httpx.AsyncClient, store: Store) -> None:
    found = {}
    for content in ("summary", "full"):
        await store(edition(feed_content=content))
        await get_page(filled, "/v1/editions/global")  # the stored changes have been applied
        app_of(0)[0].state.services.store.clear()
        for name in FEEDS:
            with counted() as statements:
                assert (await filled.get(f"/feeds/global/{name}")).status_code == 200
            found[content, name] = len(statements)
    more = {name: "sitemap" not in name for name in FEEDS}  # bodies take one more statement
    assert found == {
        (content, name): number + (content == "full" and more[name])
        for content in ("summary", "full")
        for name, number in FEEDS.items()
    }


async def test_statements_do_not_depend_on_the_number_of_ids(filled: httpx.AsyncClient) -> None:
    items = (await get_page(filled, "/v1/articles", limit=100))["items"]
    ids = [item["id"] for item in items]
    for path, expected in (("/v1/timeline", 3), ("/v1/articles", 4)):
        for size in (1, 20, 100):
            with counted() as statements:
                await get_page(filled, path, id=ids[:size])
            assert len(statements) == expected


async def test_no_statement_reads_more_articles_than_the_page(filled: httpx.AsyncClient) -> None:
    with counted() as statements:
        await get_page(filled, "/v1/timeline?section=city&tag=trams&limit=5")
    assert all("LIMIT" in statement for statement in statements if "listings" in statement)
