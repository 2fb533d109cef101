"""Cache keys: one for equal requests, never one for two that differ."""

import httpx
import pytest

from app.api.http.cache_key import cache_key
from app.response_cache.middleware import raw_cache_key
from tests.conftest import Store
from tests.records import article
from tests.response_cache.concurrency import response_store, scope

SQLITE_ONLY = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)  # has nothing to do with it
EQUAL = (
    ("/v1/articles?tag=trams&tag=fog&limit=5", "/v1/articles?limit=5&tag=fog&tag=trams&tag=fog"),
    ("/v1/articles?exclude=old,story-1", "/v1/articles?exclude=story-1&exclude=old&exclude=story-1"),
    ("/v1/timeline?tz=Europe/Kyiv", "/v1/timeline?tz=Europe%2FKyiv", "/v1/timeline?%74z=Europe/Kyi%76"),
    ("/v1/articles?from=2026-11-19T00:00:00%2B02:00", "/v1/articles?from=2026-11-19T00%3a00:00%2b02:00"),
    ("/v1/timeline?fields=slug,time", "/v1/timeline?fields=time&fields=slug"),
    ("/v1/articles/story-1", "/v1/articles/story%2D1"),
    ("/feeds/global/rss.xml", "/feeds/global/rss.xml?utm_source=x", "/feeds/global/rss.xml?%75tm=1&&edition=ua"),
    ("/feeds/global/atom.xml?tag=fog&tag=trams", "/feeds/global/atom.xml?tag=trams&fbclid=%FF&tag=fog&tag=fog"),
)
UNEQUAL = (
    ("/v1/articles/story-1?body=text", "/v1/articles/story-1%3Fbody=text"),
    ("/v1/articles/story-1?edition=global", "/v1/articles/story-1?edition=global%20"),
    ("/v1/articles/story-1?edition=global", "/v1/articles/story-1?edition=global+"),
    ("/v1/articles?tag=trams", "/v1/articles?tag=trams%26limit=1", "/v1/articles?tag=trams&limit=1"),
    ("/v1/articles?tag=a,b", "/v1/articles?tag=a&tag=b"),
    ("/v1/articles?tag=%2561", "/v1/articles?tag=%61"),
    ("/v1/articles", "/v1/articles/", "/v1/articles?tag="),
    ("/v1/timeline", "/v1/timeline%20", "/V1/timeline"),
    ("/feeds/global/rss.xml?limit=1", "/feeds/global/rss.xml?limit=2", "/feeds/global/rss.xml?a%26limit=1"),
    ("/v1/articles?exclude=old", "/v1/articles?exclude=ol%2Cd"),
)


@SQLITE_ONLY
async def test_equivalent_queries_share_one_cached_response(warm_client: httpx.AsyncClient) -> None:
    for targets in EQUAL:
        first = await warm_client.get(targets[0])
        assert first.status_code == 200
        for target in targets:
            hits = response_store().counters.hits
            assert (await warm_client.get(target)).content == first.content
            assert response_store().counters.hits == hits + 1, target


@SQLITE_ONLY
async def test_different_queries_never_share_a_cached_response(warm_client: httpx.AsyncClient) -> None:
    for targets in UNEQUAL:
        expected = {}
        for target in targets:
            response_store().clear()
            response = await warm_client.get(target)
            expected[target] = (response.status_code, response.content)
        for order in (targets, targets[::-1]):
            response_store().clear()
            for target in order * 2:
                response = await warm_client.get(target)
                assert (response.status_code, response.content) == expected[target], target


def test_cache_keys_are_unique() -> None:
    assert cache_key(scope("/v1/articles/a?edition=b")) == "/v1/articles/a?edition=b"
    assert cache_key({"path": "/v1/articles/a?edition=b", "query_string": b""}) is None
    assert raw_cache_key(scope("/v1/articles/a?edition=b")) != cache_key(scope("/v1/articles/a?edition=b%20"))
    for target in (
        "/v1/changes?wait=5",
        "/v1/changes?since=1&%77ait=5",
        "/v1/changes?wa%69t=5&tag=a",
        "/v1/changes?wait",
        "/v1/editorial/articles",
        "/health/live",
    ):
        assert cache_key(scope(target)) is None, target


@pytest.mark.parametrize(
    "query",
    ["tag=waiting-lists", "tag=wait", "since=1&section=wait%3D5", "author=a%26wait=5", "cursor=xwaitx", "awaiting=1"],
)
def test_wait_in_a_parameter_value_is_no_long_poll(query: str) -> None:
    assert cache_key(scope(f"/v1/changes?{query}")) is not None


@SQLITE_ONLY
async def test_changes_of_a_tag_named_after_waiting_are_cached(warm_client: httpx.AsyncClient) -> None:
    first = await warm_client.get("/v1/changes?tag=waiting-lists")
    hits = response_store().counters.hits
    assert (await warm_client.get("/v1/changes?tag=waiting-lists")).headers["etag"] == first.headers["etag"]
    assert response_store().counters.hits == hits + 1


@SQLITE_ONLY
async def test_redirect_repeats_the_query_as_sent(warm_client: httpx.AsyncClient, store: Store) -> None:
    await store(article("2026-11-20T01:00:00Z", source_id="s1", slug="renamed"))
    queries = ("edition=global&body=text", "body=text&edition=global", "body=%74ext&edition=global")
    for query in queries * 2:
        response = await warm_client.get(f"/v1/articles/story-1?{query}")
        assert (response.status_code, response.headers["location"]) == (308, f"/v1/articles/renamed?{query}")
    assert response_store().counters.hits >= len(queries)
