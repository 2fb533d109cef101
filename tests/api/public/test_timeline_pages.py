"""Pages of the timeline: limits, continued days, cursors, and the members of the first page alone."""

from random import Random

import httpx
import pytest

from tests.archive import ids_of, make_archive, matching, random_filters
from tests.conftest import Store
from tests.pagination import Page, by_date, error_locations, follow_pages, get_page, grouped_by_day, join_pages
from tests.records import article

pytestmark = pytest.mark.usefixtures("edition_kyiv")
THREE_DAYS = ("2026-11-18", "2026-11-19", "2026-11-20")


async def publish_days(store: Store, *sizes: int) -> None:
    """Store as many items on each of three days, one a minute from 10:00 UTC."""
    await store(
        *[
            article(f"{day}T10:{n:02}:00Z", source_id=f"{day} {n}")
            for day, size in zip(THREE_DAYS, sizes, strict=True)
            for n in range(size)
        ]
    )


def shape(pages: list[Page]) -> list[list[tuple[str, int, bool, bool]]]:
    """Return the days of each page: date, number of items, continued, complete."""
    return [
        [(day["date"][-2:], len(day["items"]), day["continued"], day["complete"]) for day in page["days"]]
        for page in pages
    ]


async def test_continued_and_complete_mark_day_boundaries(client: httpx.AsyncClient, store: Store) -> None:
    await publish_days(store, 2, 3, 4)
    assert shape(await follow_pages(client, "/v1/timeline", limit=3)) == [
        [("20", 3, False, False)],
        [("20", 1, True, True), ("19", 2, False, False)],
        [("19", 1, True, True), ("18", 2, False, True)],
    ]


async def test_page_that_ends_with_a_day_completes_it(client: httpx.AsyncClient, store: Store) -> None:
    await publish_days(store, 2, 2, 4)
    assert shape(await follow_pages(client, "/v1/timeline", limit=4)) == [
        [("20", 4, False, True)],
        [("19", 2, False, True), ("18", 2, False, True)],
    ]


async def test_day_longer_than_two_pages_is_continued(client: httpx.AsyncClient, store: Store) -> None:
    await publish_days(store, 0, 5, 1)
    assert shape(await follow_pages(client, "/v1/timeline", limit=2)) == [
        [("20", 1, False, True), ("19", 1, False, False)],
        [("19", 2, True, False)],
        [("19", 2, True, True)],
    ]


async def test_filtered_articles_do_not_affect_continued_and_complete(client: httpx.AsyncClient, store: Store) -> None:
    await publish_days(store, 1, 0, 0)
    await store(
        article("2026-11-20T09:00:00Z", section="city"),
        article("2026-11-20T08:00:00Z", section="city", slug="being-read"),
        article("2026-11-20T07:00:00Z", section="sport"),
        article("2026-11-19T09:00:00Z", section="sport"),
        article("2026-11-18T09:00:00Z", section="city"),
    )
    assert shape(await follow_pages(client, "/v1/timeline", limit=1, section="city", exclude="being-read")) == [
        [("20", 1, False, True)],
        [("18", 1, False, True)],
    ]
    assert shape(
        await follow_pages(client, "/v1/timeline", limit=2, exclude="being-read", to="2026-11-20T09:00:00Z")
    ) == [
        [("20", 1, False, True), ("19", 1, False, True)],
        [("18", 2, False, True)],
    ]


async def test_pages_of_any_limit_have_the_same_days(client: httpx.AsyncClient, store: Store) -> None:
    filed = make_archive(230, seed=73)
    await store(*(each.record for each in filed))
    expected = grouped_by_day(filed, "Europe/Kyiv")
    for limit in (1, 2, 37, None, 200):
        pages = await follow_pages(client, "/v1/timeline", **({} if limit is None else {"limit": limit}))
        most = limit or 40
        assert [len(ids_of(page)) for page in pages[:-1]] == [most] * ((len(filed) - 1) // most)
        assert by_date(join_pages(pages)) == expected


async def test_page_as_long_as_the_list_has_no_next(client: httpx.AsyncClient, store: Store) -> None:
    await publish_days(store, 1, 1, 1)
    assert (await get_page(client, "/v1/timeline", limit=3))["next"] is None
    assert (await get_page(client, "/v1/timeline", limit=2))["next"] is not None
    empty = await get_page(client, "/v1/timeline", to="2026-11-01")
    assert (empty["days"], empty["next"]) == ([], None)


@pytest.mark.parametrize("path", ["/v1/timeline", "/v1/articles", "/v1/tags", "/v1/editions", "/v1/tags/x/articles"])
async def test_limit_outside_1_to_200_is_rejected(client: httpx.AsyncClient, store: Store, path: str) -> None:
    await store(article(tags=["x"]))
    for text in ("0", "201", "-1", "x", "", "1.0", "1e1", "٣", "9" * 30):
        assert error_locations(await get_page(client, path, 422, limit=text)) == ["limit"]
    assert error_locations(await get_page(client, f"{path}?limit=5&limit=5", 422)) == ["limit"]
    for text in ("1", "200"):
        await get_page(client, path, limit=text)


async def test_as_of_and_newer_are_on_the_first_page_only(client: httpx.AsyncClient, store: Store) -> None:
    await publish_days(store, 2, 3, 4)
    first, *rest = await follow_pages(client, "/v1/timeline", limit=3)
    assert first["as_of"] > 0
    assert first["newer"] == {"href": f"/v1/changes?since={first['as_of']}"}
    assert not {"as_of", "newer"} & {name for page in rest for name in page}
    await store(article("2026-11-01T10:00:00Z"))
    again = await get_page(client, "/v1/timeline", section="city", tz="UTC", limit=1, total="true")
    assert again["as_of"] == first["as_of"] + 1
    newer = httpx.URL(again["newer"]["href"])
    assert newer.path == "/v1/changes"
    assert {"section": "city", "since": str(again["as_of"])}.items() <= dict(newer.params).items()
    assert not {"limit", "total", "cursor", "newest_day"} & set(newer.params)


async def test_newest_day_begins_at_its_end_and_next_drops_it(client: httpx.AsyncClient, store: Store) -> None:
    await publish_days(store, 2, 3, 4)
    pages = await follow_pages(client, "/v1/timeline", newest_day="2026-11-19", limit=2)
    assert shape(pages) == [
        [("19", 2, False, False)],
        [("19", 1, True, True), ("18", 1, False, False)],
        [("18", 1, True, True)],
    ]
    assert "as_of" in pages[0]
    assert all("newest_day" not in page["next"]["href"] for page in pages[:-1])
    for newest_day, expected in (("2026-11-17", []), ("2030-01-01", ["20", "19", "18"]), ("9998-12-31", None)):
        page = await get_page(client, "/v1/timeline", newest_day=newest_day)
        assert expected is None or [day["date"][-2:] for day in page["days"]] == expected
    whole = await get_page(client, "/v1/timeline", newest_day="2026-11-19", tz="Pacific/Kiritimati")
    assert [(day["date"], len(day["items"])) for day in whole["days"]] == [("2026-11-19", 2)]


async def test_newest_day_with_cursor_is_rejected(client: httpx.AsyncClient, store: Store) -> None:
    await publish_days(store, 2, 3, 4)
    following = (await get_page(client, "/v1/timeline", limit=2))["next"]
    problem = await get_page(client, "/v1/timeline", 422, cursor=following["cursor"], newest_day="2026-11-19")
    assert set(error_locations(problem)) <= {"newest_day", "cursor"}


async def test_next_href_repeats_the_parameters(client: httpx.AsyncClient, store: Store) -> None:
    await publish_days(store, 2, 3, 4)
    query = "from=2026-11-18T10:01:00+02:00&tz=Europe/Kiev&limit=4&total=true&fields=time&fields=headline&section=a&"
    page = await get_page(client, "/v1/timeline?" + query.replace("section=a", "exclude=b&exclude=a"))
    address = httpx.URL(page["next"]["href"])
    requested = address.params
    assert requested["cursor"] == page["next"]["cursor"]
    assert (requested["tz"], requested["limit"], requested["total"]) == ("Europe/Kiev", "4", "true")
    assert requested.get_list("exclude") == ["a", "b"]
    assert requested.get_list("fields") == ["headline", "time"]
    assert requested["from"].replace(" ", "+") == "2026-11-18T10:01:00+02:00"
    rest = await follow_pages(client, page["next"]["href"])
    assert shape(rest) == [[("19", 3, False, True), ("18", 1, False, False)], [("18", 1, True, True)]]


async def test_day_totals_are_optional_and_of_the_whole_day(client: httpx.AsyncClient, store: Store) -> None:
    await publish_days(store, 2, 3, 4)
    for page in await follow_pages(client, "/v1/timeline", limit=2, total="true"):
        assert {day["date"]: day["total"] for day in page["days"]}.items() <= {
            "2026-11-20": 4,
            "2026-11-19": 3,
            "2026-11-18": 2,
        }.items()
    for requested in ({}, {"total": "false"}):
        page = await get_page(client, "/v1/timeline", **requested)
        assert not any("total" in day for day in page["days"])
    for text in ("yes", "1", "", "True"):
        assert error_locations(await get_page(client, "/v1/timeline", 422, total=text)) == ["total"]


async def test_day_totals_of_random_queries_are_exact(client: httpx.AsyncClient, store: Store) -> None:
    filed, random = make_archive(300, seed=74), Random(75)
    await store(*(each.record for each in filed))
    for _ in range(40):
        names = random_filters(random)
        expected = matching(filed, **names)
        gone = [random.choice((each.id, str(each.record.slug))) for each in random.sample(filed, 3) + expected[3:5]]
        expected = [each for each in expected if not {each.id, each.record.slug} & {*gone}]
        requested = {**names, "total": "true", "tz": "America/New_York", "exclude": [*gone, "no-such-slug"]}
        if random.random() < 0.5:
            requested |= {"from": "2026-11-14", "to": "2026-11-18T10:30:00-05:00"}
            expected = [e for e in expected if 1_794_632_400_000_000 <= e.published_at < 1_795_015_800_000_000]
        groups = dict(grouped_by_day(expected, "America/New_York"))
        limit = random.choice((1, 7, 40, 200))
        page = await get_page(client, "/v1/timeline", limit=limit, **requested)
        assert ids_of(page) == [each.id for each in expected[:limit]]
        assert {day["date"]: day["total"] for day in page["days"]} == {
            day["date"]: len(groups[day["date"]]) for day in page["days"]
        }
