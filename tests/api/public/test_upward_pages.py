"""Pages of the timeline walked upward: links, marks of days, filters, caching and the schedule."""

from typing import Any

import httpx
import pytest

from app import clock
from app.schemas.interchange import ArticleRecord
from tests.archive import ids_of, make_archive, matching
from tests.conftest import NOW, Store, app_of
from tests.pagination import (
    Page,
    by_date,
    follow_newer_pages,
    follow_pages,
    get_page,
    grouped_by_day,
    join_pages,
    links_of,
)
from tests.records import article
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("edition_kyiv")


def on(day: int, hour: int, **members: Any) -> ArticleRecord:
    return article(f"2026-11-{day}T{hour:02}:00:00Z", source_id=f"{day}-{hour}", slug=f"s-{day}-{hour}", **members)


def items(page: Page) -> list[str]:
    return [item["slug"].removeprefix("s-") for day in page["days"] for item in day["items"]]


def marks(page: Page) -> list[tuple[str, bool, bool]]:
    return [(day["date"][-2:], day["continued"], day["complete"]) for day in page["days"]]


async def test_first_page_has_no_newer_page(client: httpx.AsyncClient, store: Store) -> None:
    await store(on(19, 10), on(20, 10))
    for query in ("", "?limit=1", "?from=2026-11-01", "?to=2026-11-20T00:00:00Z"):
        response = await client.get(f"/v1/timeline{query}")
        assert response.json()["newer_page"] is None
        assert 'rel="prev"' not in response.headers.get("link", "")


async def test_walk_from_a_day_upward_and_downward_covers_the_list(client: httpx.AsyncClient, store: Store) -> None:
    filed = make_archive(90, seed=41, days=6)
    await store(*(each.record for each in filed))
    for limit, day in ((3, "2026-11-18"), (37, "2026-11-17"), (200, "2026-11-19")):
        below = await follow_pages(client, "/v1/timeline", limit=limit, newest_day=day)
        above = await follow_newer_pages(client, below[0])
        assert above
        assert all(len(ids_of(page)) == limit for page in above[:-1])
        assert by_date(join_pages([*reversed(above), *below])) == grouped_by_day(filed, "Europe/Kyiv")


async def test_pages_above_and_below_link_each_other(client: httpx.AsyncClient, store: Store) -> None:
    await store(*(on(day, hour) for day in (18, 19, 20) for hour in (8, 9)))
    first, second, third = await follow_pages(client, "/v1/timeline", limit=2, fields="slug")
    top = {name: value for name, value in first.items() if name not in {"as_of", "newer", "today"}}
    assert await follow_newer_pages(client, third) == [second, top]


async def test_upward_pages_mark_days_that_go_on(client: httpx.AsyncClient, store: Store) -> None:
    await store(*(on(19, hour) for hour in (7, 8, 9)), *(on(20, hour) for hour in (8, 9, 10)))
    page = await get_page(client, "/v1/timeline", limit=2, newest_day="2026-11-18", **{"from": "2026-11-18"})
    assert (page["days"], page["next"]) == ([], None)
    above = await follow_newer_pages(client, page)
    assert [items(each) for each in above] == [["19-8", "19-7"], ["20-8", "19-9"], ["20-10", "20-9"]]
    assert [marks(each) for each in above] == [
        [("19", True, True)],
        [("20", True, True), ("19", False, False)],
        [("20", False, False)],
    ]


async def test_upward_links_repeat_parameters_but_newest_day(client: httpx.AsyncClient, store: Store) -> None:
    await store(*(on(day, 8, section="city") for day in (18, 19, 20)))
    query = "section=city&tz=UTC&limit=1&fields=slug&total=true&newest_day=2026-11-19"
    response = await client.get(f"/v1/timeline?{query}")
    newer, older = response.json()["newer_page"], response.json()["next"]
    assert response.headers["link"] == links_of(response.json())
    for page in (newer, older):
        parameters = dict(httpx.URL(page["href"]).params)
        assert parameters == {
            "section": "city",
            "tz": "UTC",
            "limit": "1",
            "fields": "slug",
            "total": "true",
            "cursor": page["cursor"],
        }
    above = await get_page(client, newer["href"])
    assert (items(above), above["days"][0]["total"], above["newer_page"]) == (["20-8"], 1, None)
    assert not {"as_of", "newer"} & above.keys()


async def test_upward_walks_respect_every_filter(client: httpx.AsyncClient, store: Store) -> None:
    filed = make_archive(60, seed=42, days=8)
    await store(*(each.record for each in filed))
    gone = [filed[20].id, str(filed[21].record.slug), filed[0].id]
    filters: tuple[dict[str, Any], ...] = (
        {"section": ["city"]},
        {"section": ["city", "coast"], "tag": ["trams", "storm", "budget"]},
        {"author": ["ada-moss"], "exclude": gone},
        {"exclude": gone, "to": "2026-11-19T10:30:00Z"},
        {"label": ["opinion", "exclusive"], "from": "2026-11-15"},
        {"section": ["nowhere"]},
    )
    for parameters in filters:
        pages = await follow_pages(client, "/v1/timeline", limit=20, tz="UTC", **parameters)
        expected = [each for page in pages for each in ids_of(page)]
        named = {name: value for name, value in parameters.items() if name in {"section", "tag", "author", "label"}}
        if not parameters.keys() & {"exclude", "from", "to"}:
            assert expected == [each.id for each in matching(filed, **named)]
        below = await follow_pages(client, "/v1/timeline", limit=4, tz="UTC", newest_day="2026-11-16", **parameters)
        above = await follow_newer_pages(client, below[0])
        assert [each for page in [*reversed(above), *below] for each in ids_of(page)] == expected


async def test_page_below_excluded_articles_alone_has_no_newer_page(client: httpx.AsyncClient, store: Store) -> None:
    await store(on(18, 8), on(19, 8), on(20, 8), on(20, 9))
    page = await get_page(client, "/v1/timeline", newest_day="2026-11-19", exclude=["s-20-8", "s-20-9"])
    assert page["newer_page"] is None
    assert (await get_page(client, "/v1/timeline", newest_day="2026-11-19", exclude="s-20-8"))["newer_page"] is not None


async def test_day_before_the_range_links_the_articles_of_the_range_alone(
    client: httpx.AsyncClient, store: Store
) -> None:
    await store(on(17, 8), on(18, 8))
    parameters = {"newest_day": "2026-11-16", "from": "2026-11-19T00:00:00+02:00"}
    page = await get_page(client, "/v1/timeline", **parameters)
    assert (page["days"], page["newer_page"], page["next"]) == ([], None, None)
    await store(on(19, 8))
    page = await get_page(client, "/v1/timeline", **parameters)
    assert items(await get_page(client, page["newer_page"]["href"])) == ["19-8"]


async def test_newer_page_appears_and_disappears_with_articles(client: httpx.AsyncClient, store: Store) -> None:
    await store(on(18, 8), on(19, 8))
    address = "/v1/timeline?newest_day=2026-11-19"
    assert (await get_page(client, address))["newer_page"] is None
    await store(on(20, 8))
    newer = (await get_page(client, address))["newer_page"]
    assert items(await get_page(client, newer["href"])) == ["20-8"]
    await store(on(20, 8, status="withdrawn"))
    assert (await get_page(client, address))["newer_page"] is None
    empty = await get_page(client, newer["href"])
    assert (empty["days"], empty["newer_page"]) == ([], None)
    below = await get_page(client, empty["next"]["href"])
    assert (items(below), marks(below)) == (["19-8", "18-8"], [("19", False, True), ("18", False, True)])


async def test_page_before_the_range_links_articles_of_the_range_alone(client: httpx.AsyncClient, store: Store) -> None:
    await store(on(17, 8), on(18, 8), on(20, 8))
    page = await get_page(client, "/v1/timeline", newest_day="2026-11-16", **{"from": "2026-11-19"})
    assert (page["days"], page["next"]) == ([], None)
    above = await get_page(client, page["newer_page"]["href"])
    assert (items(above), above["newer_page"], above["next"]) == (["20-8"], None, None)
    page = await get_page(
        client, "/v1/timeline", newest_day="2026-11-16", **{"from": "2026-11-18", "to": "2026-11-18T01:00:00Z"}
    )
    assert (page["days"], page["newer_page"], page["next"]) == ([], None, None)


async def test_page_below_an_empty_one_begins_its_day_also_at_the_end_of_the_range(
    client: httpx.AsyncClient, store: Store
) -> None:
    await store(on(19, 8), on(19, 9))
    page = await get_page(client, "/v1/timeline", newest_day="2026-11-18", limit=1, to="2026-11-19T12:00:00Z")
    page = await get_page(client, page["newer_page"]["href"])
    await store(on(19, 9, status="withdrawn"))
    empty = await get_page(client, page["newer_page"]["href"])
    below = await get_page(client, empty["next"]["href"])
    assert (empty["days"], items(below), marks(below)) == ([], ["19-8"], [("19", False, True)])


async def test_empty_page_links_what_is_newer(client: httpx.AsyncClient, store: Store) -> None:
    await store(on(18, 8), on(19, 8), on(20, 8))
    cursor = (await get_page(client, "/v1/timeline", limit=2))["next"]["cursor"]
    await store(on(18, 8, status="withdrawn"))
    page = await get_page(client, "/v1/timeline", cursor=cursor)
    assert (page["days"], page["next"]) == ([], None)
    assert items(await get_page(client, page["newer_page"]["href"])) == ["20-8", "19-8"]


async def test_upward_cursor_is_bound_to_its_list(client: httpx.AsyncClient, store: Store) -> None:
    await store(*(on(day, 8, tags=["fog"]) for day in (18, 19, 20)))
    cursor = (await get_page(client, "/v1/timeline", newest_day="2026-11-19"))["newer_page"]["cursor"]
    for path, parameters in (
        ("/v1/timeline", {"tag": "fog"}),
        ("/v1/timeline", {"tz": "UTC"}),
        ("/v1/articles", {}),
        ("/v1/tags/fog/articles", {}),
        ("/feeds/global/rss.xml", {}),
    ):
        problem = await get_page(client, path, 400, cursor=cursor, **parameters)
        assert problem["type"] == "/problems/cursor-mismatch", path
    assert (await get_page(client, "/v1/timeline", 400, cursor=cursor[:-1]))["type"] == "/problems/cursor-invalid"


async def test_upward_page_runs_two_statements(client: httpx.AsyncClient, store: Store) -> None:
    await store(*(on(20, hour, section="city", tags=["fog"]) for hour in range(8)))
    for query, expected in (("", 2), ("&section=city", 3), ("&section=city&tag=fog", 4), ("&exclude=s-20-7", 2)):
        page = await get_page(client, f"/v1/timeline?limit=2{query}")
        for _ in range(2):
            page = await get_page(client, page["next"]["href"])
        with counted() as statements:
            assert (await get_page(client, page["newer_page"]["href"]))["days"]
        assert len(statements) == expected


async def test_max_age_counts_down_while_nothing_is_newer(client: httpx.AsyncClient, store: Store) -> None:
    await store(on(18, 8), on(19, 8), article("2026-11-20T12:00:10Z", source_id="soon"))
    await app_of(0)[0].state.services.scheduler.refresh()
    address = "/v1/timeline?limit=1&newest_day=2026-11-19"
    with clock.frozen(NOW):
        lonely = await client.get(address)
        below = await client.get(lonely.json()["next"]["href"])
    assert "max-age=10," in lonely.headers["cache-control"]
    assert "max-age=30," in below.headers["cache-control"]
    await store(article("2026-11-20T11:00:00Z", source_id="now"))
    with clock.frozen(NOW):
        closed = await client.get(address)
        above = await client.get(closed.json()["newer_page"]["href"])
    assert "max-age=30," in closed.headers["cache-control"]
    assert "max-age=10," in above.headers["cache-control"]
