"""Reading through the Python client: lists, days and articles of the real app."""

import json
from datetime import UTC, date, datetime
from itertools import islice
from random import Random
from typing import Any

import httpx
import pytest

from app.actions.articles.publication import withdraw_article
from app.db.database import Database
from app.domain.actor import COMMAND_ACTOR
from app.domain.tsid import parse_id
from dayline_client import (
    ArticleWithdrawnError,
    AsyncDayline,
    InvalidCursorError,
    InvalidInputError,
    NoSuchDayError,
    NotFoundError,
)
from dayline_client.schemas import TimelineDay
from tests.api.newsroom import NOTICE
from tests.conftest import NOW, Store
from tests.records import article, edition

pytestmark = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)  # the client does not depend on it


async def read_days(dayline: AsyncDayline, **params: Any) -> list[TimelineDay]:
    return [day async for day in dayline.days(**params)]


async def read_archive(dayline: AsyncDayline, days: list[TimelineDay], **params: Any) -> list[TimelineDay]:
    """Return the same days as archive documents, one request each."""
    return [(await dayline.day(day["date"], **params))["day"] for day in days]


async def publish_days(store: Store, **sizes: int) -> None:
    """Store as many articles on each day of November 2026."""
    await store(
        edition(),
        *[
            article(f"2026-11-{day[1:]}T{10 + n // 60}:{n % 60:02}:00Z", source_id=f"{day} {n}")
            for day, size in sizes.items()
            for n in range(size)
        ],
    )


@pytest.mark.parametrize("page_size", [1, 3, 4, 200])
async def test_days_on_several_pages_come_whole(dayline: AsyncDayline, store: Store, page_size: int) -> None:
    await publish_days(store, d18=2, d19=7, d20=4)
    days = await read_days(dayline, page_size=page_size, total=True)
    assert [len(day["items"]) for day in days] == [4, 7, 2]
    assert days == await read_archive(dayline, days, total=True)


@pytest.mark.usefixtures("newsroom")
async def test_days_equal_the_archive_in_any_zone(dayline: AsyncDayline) -> None:
    for params in ({}, {"tz": "Pacific/Apia"}, {"tag": ["trams", "fog"], "fields": "headline,local"}):
        days = await read_days(dayline, page_size=2, **params)
        assert days
        assert days == await read_archive(dayline, days, **params)


async def test_days_begin_at_a_day(dayline: AsyncDayline, store: Store) -> None:
    await publish_days(store, d18=3, d19=3, d20=3)
    days = await read_days(dayline, newest_day=date(2026, 11, 19), page_size=2)
    assert [day["date"] for day in days] == ["2026-11-19", "2026-11-18"]
    assert all(not day["continued"] and day["complete"] for day in days)


async def test_days_are_read_as_needed(store: Store, client: httpx.AsyncClient) -> None:
    await publish_days(store, d18=3, d19=3, d20=3)
    paths: list[str] = []
    hooked = AsyncDayline("http://dayline.test", transport=CountingTransport(client._transport, paths))
    async with hooked:
        async for _ in hooked.days(page_size=4):
            break
    assert len(paths) == 1


class CountingTransport(httpx.AsyncBaseTransport):
    def __init__(self, inner: httpx.AsyncBaseTransport, paths: list[str]) -> None:
        self._inner = inner
        self._paths = paths

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._paths.append(request.url.path)
        return await self._inner.handle_async_request(request)


async def test_iterators_repeat_and_skip_nothing_under_change(
    dayline: AsyncDayline, store: Store, database: Database
) -> None:
    random = Random(7)
    await publish_days(store, d18=6, d19=6, d20=6)
    before = [item["id"] async for item in dayline.articles()]
    seen: list[str] = []
    withdrawn: set[str] = set()
    async for item in dayline.articles(page_size=3, fields="headline"):
        seen.append(item["id"])
        await store(article(f"2026-11-{random.randrange(18, 21)}T09:{len(seen):02}:30Z", source_id=f"new {len(seen)}"))
        gone = random.choice(before)
        if len(seen) % 5 == 0 and gone not in withdrawn:
            withdrawn.add(gone)
            by_hand: Any = {"expected": None, "now": NOW, "editor": COMMAND_ACTOR}
            await database.write(withdraw_article, parse_id(gone), reason=None, notice=None, **by_hand)
    assert len(seen) == len(set(seen))
    assert [each for each in seen if each in before] == [each for each in before if each in seen]
    assert set(before) - withdrawn <= set(seen)


@pytest.mark.usefixtures("newsroom")
async def test_articles_take_filters_as_python_values(dayline: AsyncDayline) -> None:
    found = dayline.articles(
        tag=["trams", "fog"],
        from_=date(2026, 11, 19),
        to=datetime(2026, 11, 20, 9, tzinfo=UTC),
        body="text",
        page_size=1,
    )
    articles = [item async for item in found]
    assert [item["slug"] for item in articles] == ["ferry-waits", "lamps", "fog-lifts"]
    assert articles[0]["body"] == "It will."
    named = [articles[2]["id"], articles[0]["id"]]
    assert [item["id"] async for item in dayline.articles(id=named, fields=["headline"])] == named
    assert [item["slug"] async for item in dayline.articles(edition="*", featured=False)][:1] == ["trams-return"]


@pytest.mark.usefixtures("newsroom")
async def test_article_has_its_page(dayline: AsyncDayline) -> None:
    found = await dayline.article("trams-return", body="html", links="absolute")
    assert found["headline"] == "Night trams return to the quay"
    assert isinstance(found["body"], str)
    assert await dayline.article("night-trams", body="html", links="absolute") == found  # a former slug
    assert (await dayline.article(found["id"]))["related"] == found["related"]
    assert (await dayline.article("lamps", edition="ua"))["edition"] == "ua"
    assert (await dayline.resolve("https://courier.example/news/night-trams"))["current"] is False


@pytest.mark.usefixtures("newsroom")
async def test_catalogue_is_iterated(dayline: AsyncDayline) -> None:
    assert [each["slug"] async for each in dayline.editions()] == ["global", "ua"]
    assert [each["slug"] async for each in dayline.sections(edition="ua")] == ["city", "kultura"]
    assert {each["slug"] async for each in dayline.tags()} == {"trams", "budget", "fog"}
    by_name = [each["name"] async for each in dayline.sections(order="name", edition="ua")]
    assert by_name == sorted(by_name)
    assert "iryna-dovhan" in {each["slug"] async for each in dayline.authors()}
    assert "opinion" in {each["code"] async for each in dayline.labels()}
    assert len((await dayline.curated_list("front-page", fields="headline", limit=2))["items"]) == 2


@pytest.mark.usefixtures("newsroom")
async def test_service_calendar_and_links_are_read(dayline: AsyncDayline) -> None:
    service = await dayline.service()
    assert [each["slug"] for each in service["editions"]] == ["global", "ua"]
    calendar = await dayline.calendar(from_=date(2026, 11, 1), to=date(2026, 11, 21))
    days = await read_days(dayline)
    assert {day["date"]: day["total"] for day in calendar["days"]} == {
        each["date"]: len(each["items"]) for each in days
    }
    assert (await dayline.get(calendar["days"][0]["href"]))["day"]["date"] == calendar["days"][0]["date"]
    assert (await dayline.get("/v1/tags", edition="ua"))["items"]


@pytest.mark.usefixtures("newsroom")
async def test_problems_are_errors_of_their_own_class(dayline: AsyncDayline) -> None:
    with pytest.raises(NotFoundError) as missing:
        await dayline.article("nowhere")
    assert (missing.value.status, missing.value.code) == (404, "not-found")
    with pytest.raises(ArticleWithdrawnError) as withdrawn:
        await dayline.article("taken-back")
    assert withdrawn.value.notice == NOTICE
    assert withdrawn.value.id is not None
    with pytest.raises(NoSuchDayError):
        await dayline.day("2011-12-30", tz="Pacific/Apia")
    with pytest.raises(InvalidInputError) as invalid:
        await dayline.timeline(page_size=500)
    assert invalid.value.errors[0]["where"] == "limit"
    with pytest.raises(InvalidCursorError):
        await dayline.timeline(cursor="nonsense")


@pytest.mark.usefixtures("newsroom")
async def test_changes_end_at_the_present(dayline: AsyncDayline) -> None:
    batches = [batch async for batch in dayline.changes(0, edition="*")]
    seqs = [change["seq"] for batch in batches for change in batch.changes]
    assert seqs == sorted(set(seqs))
    assert batches[-1].position >= seqs[-1]
    assert [batch.changes async for batch in dayline.changes(batches[-1].position, edition="*")] == [[]]


@pytest.mark.usefixtures("newsroom")
async def test_unchanged_responses_are_answered_from_memory(client: httpx.AsyncClient, store: Store) -> None:
    statuses: list[int] = []

    async def record(response: httpx.Response) -> None:
        statuses.append(response.status_code)

    async with AsyncDayline("http://dayline.test", transport=client._transport) as dayline:
        dayline._http.event_hooks = {"response": [record]}
        first = await dayline.timeline()
        first["days"].clear()  # what a caller does with it stays with the caller
        second = await dayline.timeline()
        assert second["days"]
        await store(article("2026-11-20T11:00:00Z", source_id="more"))
        third = await dayline.timeline()
    assert statuses == [200, 304, 200]
    assert json.dumps(second["days"]) != json.dumps(third["days"])


@pytest.mark.usefixtures("newsroom")
async def test_iterators_may_be_left_early(dayline: AsyncDayline) -> None:
    pages = dayline.articles(page_size=1)
    assert [await anext(pages) for _ in islice(range(9), 2)]
    await pages.aclose()
    assert await dayline.service()
