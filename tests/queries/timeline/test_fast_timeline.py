"""Fast timeline: pages equal to those of the general query, byte for byte, with the same errors and dependencies."""

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

import orjson
import pytest
from sqlalchemy import Connection

from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import upsert_entry
from app.db.database import Database, open_database
from app.domain.cursor import encode_name, encode_number, encode_position, encode_upward_position
from app.domain.instant import EARLIEST, LATEST
from app.domain.list_filter import ListFilter
from app.errors import DaylineError
from app.invalidation.dependencies import Dependencies, tracking
from app.queries.articles.article_list import list_articles
from app.queries.timeline.fast_timeline import is_fast_path
from app.queries.timeline.timeline import get_timeline, get_timeline_fast
from app.schemas.params import ArticleListParams, TimelineParams
from tests.archive import make_archive
from tests.conftest import NOW, Store
from tests.records import article, edition, label, section

QUESTIONS = 400
LIMITS = (1, 2, 3, 7, 40, 200)
ZONES = (None, "UTC", "Europe/Kyiv", "Pacific/Apia", "America/St_Johns", "Europe/Kiev", "localtime", "Nowhere/Land")
FIELDS: tuple[list[str], ...] = ([], ["slug"], ["time", "label", "headline"])
EDITIONS = (None, "global", "harbour", "empty", "unknown", "")


class TimelineResult(NamedTuple):
    """Result of a query: the bytes of the page or the error, and its dependencies."""

    result: bytes | tuple[str, str]
    keys: set[str]
    spans: set[Any]


def query_timeline(connection: Connection, params: TimelineParams, *, by_statement: bool) -> TimelineResult | None:
    """Return the result of the general or the fast query; None where the fast one does not apply."""
    recorded_dependencies = Dependencies()
    result: Any
    with tracking(recorded_dependencies):
        try:
            page = (get_timeline_fast if by_statement else get_timeline)(connection, params, now=NOW)
            result = None if page is None else orjson.dumps(page)
        except DaylineError as error:
            result = type(error).__name__, str(error)
    return (
        None
        if result is None
        else TimelineResult(result, recorded_dependencies.keys, set(recorded_dependencies.ranges))
    )


def both(connection: Connection, params: TimelineParams) -> Any:
    """Return the equal results of both queries; None where the fast one does not apply."""
    general = query_timeline(connection, params, by_statement=False)
    assert general is not None
    if is_fast_path(params):
        plain = query_timeline(connection, params, by_statement=True)
        if plain is None:
            is_empty = isinstance(general.result, tuple) or orjson.loads(general.result)["days"] == []
            assert is_empty, "the fast query found no page"
        elif isinstance(general.result, tuple):
            assert plain.result == general.result, params
        else:
            assert plain == general, params
    return general.result if isinstance(general.result, tuple) else orjson.loads(general.result)


def params_of(**members: Any) -> TimelineParams:
    """Return parameters with only these members set."""
    return TimelineParams(**{name: value for name, value in members.items() if value not in (None, [])})


@pytest.fixture
async def filled(store: Store) -> None:
    """Store three editions: one with much news, some of it at the same instants, one with little, one without any."""
    filed = make_archive(90, seed=5, days=4)
    await store(edition(), edition("harbour", default=False, timezone="America/St_Johns", language="uk"))
    await store(edition("empty", default=False), label("seen", "Seen", texts={"uk": "Бачено"}))
    await store(*(each.record for each in filed))
    await store(*(article("2026-11-20T10:00:00Z", source_id=f"same-{i}", label="seen") for i in range(5)))
    await store(
        *(article(f"2026-11-1{i}T00:30:00Z", edition="harbour", source_id=f"h{i}", label="seen") for i in range(3))
    )


def foreign_cursors(connection: Connection, random: Random) -> Iterator[str]:
    """Return cursors that are damaged, of other lists, of other kinds, and valid ones that no page ever returned."""
    scopes = [ListFilter(edition=number, timezone="Europe/Kyiv").digest() for number in ("1", "2", "3", "*")]
    for digest in scopes:
        yield encode_name("global", digest)
        yield encode_number(7, digest)
        yield encode_position(random.randrange(EARLIEST, LATEST), random.randrange(2**62), digest)
        for instant in (EARLIEST, LATEST, EARLIEST - 1, LATEST + 1):
            yield encode_position(instant, random.choice((0, 1, 2**63 - 1, -1)), digest)
    page = get_timeline(connection, params_of(limit=2, tag=["trams"]), now=NOW)
    articles = list_articles(connection, ArticleListParams(limit=2), path="/v1/articles")
    for found in (page["next"], articles["next"]):
        assert found is not None
        cursor = found["cursor"]
        yield cursor
        place = random.randrange(len(cursor))
        yield cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
    yield from ("", "x", "é", "A" * 38, "=" * 4)


@pytest.mark.usefixtures("filled")
async def test_fast_timeline_equals_the_general_one_byte_for_byte(database: Database) -> None:
    random = Random(11)

    def compare(connection: Connection) -> dict[str, int]:
        cursors = [*foreign_cursors(connection, random)]
        seen = {"pages": 0, "errors": 0, "plain": 0}
        for _ in range(QUESTIONS):
            cursor = random.choice(cursors) if random.random() < 0.6 else None
            requested = {"edition": random.choice(EDITIONS), "tz": random.choice(ZONES), "cursor": cursor}
            params = params_of(**requested, limit=random.choice((None, *LIMITS)), fields=random.choice(FIELDS))
            result = both(connection, params)
            seen["plain"] += is_fast_path(params)
            seen["errors" if isinstance(result, tuple) else "pages"] += 1
            beside = [] if isinstance(result, tuple) else [result["next"], result["newer_page"]]
            cursors += [page["cursor"] for page in beside if page is not None]
        return seen

    seen = await database.read(compare)
    assert min(seen["pages"], seen["errors"]) > QUESTIONS // 8
    assert seen["plain"] > QUESTIONS // 2


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("name", ["global", "harbour"])
async def test_fast_and_general_timeline_have_equal_pages_to_the_end(database: Database, name: str) -> None:
    def walk(connection: Connection, limit: int) -> int:
        params, shown = params_of(edition=name, limit=limit), 0
        while True:
            page = both(connection, params)
            shown += sum(len(day["items"]) for day in page["days"])
            if page["next"] is None:
                return shown
            params = params_of(edition=name, limit=limit, cursor=page["next"]["cursor"])

    counts = {await database.read(walk, limit) for limit in (1, 2, 40)}
    assert len(counts) == 1
    assert counts.pop() >= 3


async def test_fast_timeline_without_edition_or_news_falls_back(database: Database, store: Store) -> None:
    assert (await database.read(both, params_of()))[0] == "NotFoundError"
    assert (await database.read(both, params_of(edition="global", tz="Nowhere/Land")))[0] == "NotFoundError"
    await store(edition())
    assert (await database.read(both, params_of()))["days"] == []
    assert (await database.read(both, params_of(edition="global")))["as_of"] > 0
    assert (await database.read(both, params_of(tz="Nowhere/Land")))[0] == "InvalidInputError"
    for params in (params_of(), params_of(edition="unknown")):
        assert await database.read(get_timeline_fast, params, now=NOW) is None


def test_fast_timeline_accepts_parameters_without_filters_only() -> None:
    position = encode_position(0, 1, ListFilter(edition="1").digest())
    for plain in (params_of(), params_of(edition="a", tz="UTC", limit=3, fields=["slug"], cursor=position)):
        assert is_fast_path(plain)
    filters: tuple[dict[str, Any], ...] = (
        {"tag": ["a"]},
        {"section": ["a"]},
        {"from": "2026-11-01"},
        {"to": "2026-11-01"},
        {"exclude": ["a"]},
        {"id": ["0677y7hzc3m1d"]},
        {"total": True},
        {"newest_day": "2026-11-01"},
        {"cursor": "damaged"},
        {"cursor": encode_name("a", ListFilter(edition="1").digest())},
        {"cursor": encode_upward_position(0, 1, ListFilter(edition="1").digest())},
        {"edition": "*", "tz": "UTC"},
        {"fields": ["headline", "lead"]},
    )
    for given in filters:
        assert not is_fast_path(params_of(**given)), given


async def test_timeline_items_have_section_objects_and_depend_on_sections(database: Database, store: Store) -> None:
    await store(edition(), section("city", "City"), article(source_id="a", section="city"), article(source_id="b"))

    def read(connection: Connection) -> tuple[list[Any], set[str]]:
        dependencies = Dependencies()
        with tracking(dependencies):
            page = get_timeline_fast(connection, TimelineParams(), now=NOW)
        assert page is not None
        return [item["section"] for item in page["days"][0]["items"]], dependencies.keys

    sections, keys = await database.read(read)
    city = {"slug": "city", "name": "City", "href": "/v1/sections/city"}
    assert sorted(map(str, sections)) == sorted(map(str, [city, None]))
    assert len([key for key in keys if key.startswith("section:")]) == 1


async def test_fast_timeline_shows_what_another_process_committed(
    database: Database, database_address: str, store: Store
) -> None:
    await store(edition(), section("city", "City"), label("seen", "Seen"))
    await store(article(source_id="a", section="city", label="seen"), article(source_id="b"))

    def compare(connection: Connection) -> Any:
        """Return a page of the fast query, which is the general query's."""
        reads = (get_timeline, get_timeline_fast, get_timeline_fast)
        pages = [read(connection, TimelineParams(), now=NOW) for read in reads]
        assert pages[0] == pages[1] == pages[2]
        return pages[0]

    await database.read(compare)
    other = open_database(database_address)  # commits as another process would
    try:
        for name, text in (("City news", "Watched"), ("Town", "Read")):
            await other.write(upsert_entry, section("city", name), now=NOW)
            await other.write(upsert_entry, label("seen", text), now=NOW)
            items = (await database.read(compare))["days"][0]["items"]
            assert [name] == [item["section"]["name"] for item in items if item["section"]]
            assert [text] == [item["label"]["text"] for item in items if item["label"]]
        await other.write(upsert_entry, edition(timezone="Asia/Tokyo"), now=NOW)
        assert (await database.read(compare))["timezone"] == "Asia/Tokyo"
        before = (await database.read(compare))["as_of"]
        await other.write(upsert_articles, [article(source_id="c", section="city")], now=NOW)
        assert (await database.read(compare))["as_of"] > before
    finally:
        await other.close()
