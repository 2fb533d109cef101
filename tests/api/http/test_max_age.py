"""Max-age of responses when a publication is near."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
import pytest

from app import clock
from app.actions.articles.due_transitions import apply_due_transitions
from app.api.http.responses import PUBLIC
from app.api.http.schedule_dependencies import CacheControlBuilder, articles_schedule_dependency
from app.background.scheduler import Scheduler
from app.db.database import Database
from app.domain.instant import SECOND_US
from app.invalidation.max_age import CONTENT
from app.invalidation.schedule_snapshot import UNKNOWN
from app.main import create_app
from app.schemas.params import ArticleListParams
from app.settings import Settings
from tests.conftest import NOW, Store, running
from tests.records import article
from tests.webhooks.endpoints import until

DUE = NOW + 10 * SECOND_US
COUNTING = "public, max-age=10, stale-if-error=600"

CHANGED = (
    "/v1/timeline",
    "/v1/timeline?limit=1",
    "/v1/timeline?edition=global&total=true",
    "/v1/timeline?section=world&section=city",
    "/v1/timeline?section=city&tag=trams&author=iryna-dovhan&label=exclusive",
    "/v1/timeline?newest_day=2026-11-20",
    "/v1/timeline?newest_day=2026-11-21&tz=Asia/Tokyo",
    "/v1/timeline?from=2026-11-20&to=2026-11-21",
    "/v1/timeline?from=2026-11-20T12:00:10Z&exclude=lamps",
    "/v1/timeline?id={id}",
    "/v1/timeline/2026-11-20",
    "/v1/timeline/2026-11-20?tag=trams",
    "/v1/timeline/2026-11-19?exclude=trams-return,ferry-waits",  # its next day
    "/v1/timeline/2026-11-24?author=iryna-dovhan&from=2026-11-20T11:00:00Z",  # its previous day
    "/v1/timeline/calendar",
    "/v1/timeline/calendar?from=2026-11-20&to=2026-11-21&tag=trams",
    "/v1/articles?body=html",
    "/v1/articles?edition=*&tag=trams",
    "/v1/articles?id={id}&id=0000000000001",
    "/v1/articles/trams-return",  # the newest, which gets a neighbour
    "/v1/articles/pointer",
    "/v1/articles/pointer/related",
    "/v1/sections/city/articles",
    "/v1/tags/trams/articles?limit=1",
    "/v1/tags/trams/articles?edition=*",
    "/v1/authors/iryna-dovhan/articles?label=exclusive",
    "/v1/timeline/2026-11-20?id={id}",
    "/v1/sections",  # entries that only drafts have named so far
    "/v1/tags",
    "/v1/authors",
    "/v1/labels",
    "/feeds/global/rss.xml?limit=1",
    "/feeds/global/feed.json?tag=trams&utm_source=x",
    "/feeds/global/atom.xml?author=iryna-dovhan",
    "/feeds/global/news-sitemap.xml",
    "/v1/articles/pointer/ninjs",
)
SAME = (
    "/v1",
    "/v1/timeline?edition=ua",
    "/v1/timeline?section=world",
    "/v1/timeline?section=city&tag=fog",
    "/v1/timeline?author=oleh-raida",
    "/v1/timeline?label=analysis",
    "/v1/timeline?exclude=soon,first",
    "/v1/timeline?exclude={id}&exclude=first",
    "/v1/timeline?from=2026-11-21",
    "/v1/timeline?from=2026-11-20T12:00:10.000001Z",
    "/v1/timeline?to=2026-11-20",
    "/v1/timeline?to=2026-11-20T12:00:10Z",
    "/v1/timeline?newest_day=2026-11-19",
    "/v1/timeline?newest_day=2026-11-20&tz=Pacific/Kiritimati",
    "/v1/timeline?id=0000000000001",
    "/v1/timeline?limit=1&cursor={timeline}",
    "/v1/timeline/2026-11-19",
    "/v1/timeline/2026-11-21",
    "/v1/timeline/2026-11-20?section=world",
    "/v1/timeline/calendar?to=2026-11-20",
    "/v1/timeline/calendar?edition=ua",
    "/v1/articles?edition=ua",
    "/v1/articles?limit=1&cursor={articles}",
    "/v1/articles/ferry-waits",
    "/v1/articles/ferry-waits/related",
    "/v1/articles/lamps?edition=ua",
    "/v1/sections/world/articles",
    "/v1/tags/trams/articles?edition=ua",
    "/v1/timeline/2026-11-20?id=0000000000001",
    "/v1/sections?edition=ua",
    "/v1/sections/city",
    "/v1/tags/trams",
    "/v1/authors/iryna-dovhan",
    "/v1/editions",
    "/v1/editions/global",
    "/feeds/ua/rss.xml",
    "/feeds/global/atom.xml?label=analysis",
    "/v1/articles/ferry-waits/json-ld",
    "/openapi.json",
    "/docs",
)


class Newsroom(NamedTuple):
    """Client of the newsroom, and its scheduler, which is stopped: what is due waits."""

    client: httpx.AsyncClient
    worker: Scheduler

    async def fetch(self, address: str, **headers: str) -> httpx.Response:
        """Return the response to a path."""
        return await self.client.get(address, headers={"accept-encoding": "identity", **headers})

    async def cache_control(self, address: str = "/v1/timeline", *, at: int = NOW) -> str:
        """Return the Cache-Control of a response sent at that time."""
        with clock.frozen(at):
            return (await self.fetch(address)).headers["cache-control"]


@pytest.fixture
async def halted(database_address: str, newsroom: None, store: Store, frozen_clock: int) -> AsyncIterator[Newsroom]:
    """Create the small newsroom with two articles due in ten seconds; one is the first to use its names."""
    assert (newsroom, frozen_clock) == (None, NOW)
    await store(
        article(
            "2026-11-20T12:00:10Z",
            source_id="soon",
            slug="soon",
            label="exclusive",
            section="city",
            tags=["trams"],
            authors=["iryna-dovhan"],
        ),
        article(
            "2026-11-20T12:00:10Z",
            source_id="first",
            slug="first",
            label="breaking",
            section="harbour",
            tags=["sidings"],
            authors=["nobody-yet"],
        ),
        article("2026-11-18T08:00:00Z", source_id="pointer", slug="pointer", related=["soon"]),
    )
    app = create_app(Settings(database_url=database_address))
    async with running(app) as client:
        await app.state.services.scheduler.stop()
        yield Newsroom(client, app.state.services.scheduler)


async def addresses(halted: Newsroom, patterns: tuple[str, ...]) -> list[str]:
    """Return the paths with ids and cursors filled in."""
    cursors = {
        name: (await halted.fetch(f"/v1/{name}?limit=1")).json()["next"]["cursor"] for name in ("timeline", "articles")
    }
    soon = next(coming.id for coming in halted.worker.snapshot.entries if coming.slug == "soon")
    return [pattern.format(id=soon, **cursors) for pattern in patterns]


def shown(response: httpx.Response) -> Any:
    """Return the content of a response; the position in the change log does not count."""
    if response.headers["content-type"] != "application/json":
        return response.content
    return {name: value for name, value in response.json().items() if name not in {"as_of", "newer"}}


async def test_max_age_counts_down_to_relevant_publications_only(halted: Newsroom, database: Database) -> None:
    changing, same = await addresses(halted, CHANGED), await addresses(halted, SAME)
    before = {address: await halted.fetch(address) for address in (*changing, *same)}
    assert {response.status_code for response in before.values()} == {200}
    with clock.frozen(DUE):
        assert await database.write(apply_due_transitions, now=DUE, most=10) == 2
        after = {address: await halted.fetch(address) for address in (*changing, *same)}
    assert {address for address in before if shown(before[address]) != shown(after[address])} == set(changing)
    cache_control = {address: response.headers["cache-control"] for address, response in before.items()}
    assert cache_control == dict.fromkeys(changing, COUNTING) | dict.fromkeys(same, PUBLIC)


@pytest.mark.parametrize(
    ("microseconds", "expected"),
    [
        (-30_000_001, PUBLIC),
        (-30_000_000, "public, max-age=30, stale-if-error=600"),
        (-29_999_999, "public, max-age=29, stale-if-error=600"),
        (-1_000_000, "public, max-age=1, stale-if-error=600"),
        (-999_999, "public, max-age=0, stale-if-error=600"),
        (0, "public, max-age=0, stale-if-error=600"),
        (5_000_000, "public, max-age=0, stale-if-error=600"),  # overdue
    ],
)
async def test_max_age_is_computed_when_sent(halted: Newsroom, microseconds: int, expected: str) -> None:
    assert await halted.cache_control(at=DUE + microseconds) == expected


async def test_max_age_of_304_and_head_counts_down(halted: Newsroom) -> None:
    tag = (await halted.fetch("/v1/timeline")).headers["etag"]
    with clock.frozen(NOW + 3 * SECOND_US):
        same = await halted.fetch("/v1/timeline", **{"if-none-match": tag})
        head = await halted.client.head("/v1/timeline")
    assert (same.status_code, head.status_code) == (304, 200)
    assert same.headers["cache-control"] == head.headers["cache-control"] == "public, max-age=7, stale-if-error=600"


async def test_overdue_publication_sets_every_max_age_to_zero(halted: Newsroom) -> None:
    cursor = (await halted.fetch("/v1/timeline?limit=1")).json()["next"]["cursor"]
    for address in (f"/v1/timeline?limit=1&cursor={cursor}", "/v1/articles/ferry-waits", "/v1/timeline/2026-11-19"):
        assert await halted.cache_control(address, at=DUE - 1) == PUBLIC
        assert await halted.cache_control(address, at=DUE) == "public, max-age=0, stale-if-error=600"
    assert await halted.cache_control("/v1/timeline?section=world", at=DUE) == PUBLIC


async def test_redirect_max_age_equals_that_of_its_article(halted: Newsroom) -> None:
    response = await halted.fetch("/v1/articles/night-trams")
    assert (response.status_code, response.headers["cache-control"]) == (308, COUNTING)
    assert (await halted.fetch("/v1/articles/night-trams/related")).headers["cache-control"] == PUBLIC


async def test_schedule_of_this_process_applies_immediately(halted: Newsroom, store: Store) -> None:
    await store(article("2026-11-20T12:00:04Z", source_id="sooner"))
    await halted.worker.refresh()
    assert await halted.cache_control() == "public, max-age=4, stale-if-error=600"
    assert await halted.cache_control("/v1/tags/trams/articles") == COUNTING


async def test_max_age_is_the_default_after_the_publication(halted: Newsroom, database: Database) -> None:
    with clock.frozen(DUE):
        before = CacheControlBuilder(halted.worker, CONTENT)
        await database.write(apply_due_transitions, now=DUE, most=10)
        await halted.worker.refresh()
        assert await halted.cache_control(at=DUE) == PUBLIC
        dependency = articles_schedule_dependency(ArticleListParams())
        assert before.header_value(dependency) == "public, max-age=0, stale-if-error=600"  # its snapshot may be older


async def test_unknown_schedule_is_not_cacheable(halted: Newsroom) -> None:
    assert await halted.cache_control("/v1/timeline?section=world", at=NOW + 61 * SECOND_US) == (
        "public, max-age=29, stale-if-error=600"
    )
    halted.worker.snapshot = UNKNOWN
    assert await halted.cache_control("/v1/timeline?edition=ua") == "public, max-age=0, stale-if-error=600"
    assert await halted.cache_control("/v1/tags") == "public, max-age=0, stale-if-error=600"
    assert await halted.cache_control("/v1") == PUBLIC


@pytest.mark.usefixtures("frozen_clock", "newsroom")
async def test_schedule_of_another_process_applies_to_the_next_response(
    database: Database, database_address: str, store: Store
) -> None:
    async with running(create_app(Settings(database_url=database_address))) as client:
        assert (await client.get("/v1/timeline")).headers["cache-control"] == PUBLIC
        await store(article("2026-11-20T12:00:10Z", source_id="in ten seconds"))

        async def is_known() -> bool:
            return (await client.get("/v1/timeline")).headers["cache-control"] == COUNTING

        if database.url.get_backend_name() == "sqlite":
            assert await is_known()
        else:
            await until(is_known)
