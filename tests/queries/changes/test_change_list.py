"""Change feed: the changes that each filter selects, their types, and the extent of one page."""

import asyncio
from typing import Any

import pytest

from app.actions.articles.upsert import upsert_articles
from app.db.database import Connection, Database
from app.domain.change import ChangeType
from app.errors import CursorMismatchError, InvalidInputError
from app.models.change import changes as log
from app.queries.changes import change_list
from app.queries.changes.change_list import latest_seq, list_changes
from app.queries.timeline.timeline import get_timeline
from app.schemas.change import ChangeListParams
from app.schemas.params import TimelineParams
from tests.conftest import NOW, Store
from tests.records import article, author, edition, label, section, tag
from tests.statements import counted

WRITERS = 8
ROWS = 120
ROWS_SOAK = 5_000

pytestmark = pytest.mark.usefixtures("edition_kyiv")


async def read_page(database: Database, since: int = 0, **requested: Any) -> Any:
    """Return one page of the feed."""
    return await database.read(list_changes, ChangeListParams.model_validate({"since": since, **requested}))


async def seq(database: Database) -> int:
    """Return the end of the log."""
    return await database.read(latest_seq)


def summary(page: Any) -> list[tuple[str, str | None]]:
    """Return the types of a page's changes, and headlines where there are any."""
    return [(each["type"], each["article"] and each["article"].get("headline")) for each in page["items"]]


def about_articles(page: Any) -> list[tuple[str, str | None]]:
    """Return the same without catalogue entries."""
    return [each for each in summary(page) if each[0].startswith("article.")]


async def test_change_item_equals_the_timeline_item(database: Database, store: Store) -> None:
    await store(section("city", "City"), label("opinion", "OPINION"))
    await store(article(source_id="a", section="city", label="opinion", tags=["trams"]))
    page = await read_page(database)
    timeline: Any = await database.read(get_timeline, TimelineParams(), now=NOW)
    item = timeline["days"][0]["items"][0]
    shown = page["items"][-1]["article"]
    assert {name: shown[name] for name in item} == item
    assert shown["heading"] == timeline["days"][0]["heading"]
    assert shown["local"] == {"date": "2026-11-20", "time": "12:00", **shown["heading"], "text": shown["local"]["text"]}
    assert page["items"][-1]["at"] == "2026-11-20T14:00:00.000000+02:00"
    assert (page["as_of"], page["next"]) == (timeline["as_of"], None)
    requested = {"fields": ["time"], "tz": "Asia/Kathmandu"}
    short = (await read_page(database, timeline["as_of"] - 1, **requested))["items"][0]
    assert short["article"] == {"id": item["id"], "href": item["href"], "time": "15:45"}
    assert short["at"] == "2026-11-20T17:45:00.000000+05:45"


async def test_change_shows_the_current_article(database: Database, store: Store) -> None:
    began = await seq(database)
    await store(article(source_id="a", headline="First"))
    await store(article(source_id="a", headline="Second"))
    await store(article("2026-11-20T11:00:00Z", source_id="a", headline="Third"))
    assert summary(await read_page(database, began)) == [
        ("article.published", "Third"),
        ("article.updated", "Third"),
        ("article.bumped", "Third"),
    ]


async def test_withdrawn_article_has_no_text_in_changes(database: Database, store: Store) -> None:
    began = await seq(database)
    await store(article(source_id="a", headline="A secret of the desk"))
    known = await seq(database)
    await store(article(source_id="a", headline="A secret of the desk", status="withdrawn"))
    page = await read_page(database, began)
    assert "secret" not in repr(page)
    assert [each["type"] for each in page["items"]] == ["article.withdrawn"] * 2
    assert all(each["article"].keys() == {"id", "href"} for each in page["items"])
    await store(article(source_id="a", headline="Back again", status="published"))
    # The row of the withdrawal has its type; the one after it restores the article.
    assert summary(await read_page(database, known)) == [
        ("article.withdrawn", None),
        ("article.restored", "Back again"),
    ]


@pytest.mark.parametrize("kind", ["section", "tag", "author", "label"])
async def test_change_filter_reports_entering_and_leaving_articles(database: Database, store: Store, kind: str) -> None:
    def named(name: str) -> dict[str, Any]:
        return {f"{kind}s": [name]} if kind in {"tag", "author"} else {kind: name}

    await store(article(source_id="a", **named("old")), article("2026-11-19T10:00:00Z", source_id="b", **named("new")))
    known = await seq(database)
    await store(article(source_id="a", **named("new")))
    left, entered = (
        await read_page(database, known, **{kind: ["old"]}),
        await read_page(database, known, **{kind: ["new"]}),
    )
    assert about_articles(left) == [("article.removed", None)]
    [removed] = [each["article"] for each in left["items"] if each["article"] is not None]
    assert removed.keys() == {"id", "href"}
    assert about_articles(entered) == [("article.updated", "Story a")]
    assert about_articles(await read_page(database, known, **{kind: ["never-heard-of"]})) == []
    both = await read_page(database, known, **{kind: ["old", "new"]})
    assert about_articles(both) == [("article.updated", "Story a")]


async def test_change_filters_of_several_kinds_must_all_match(database: Database, store: Store) -> None:
    await store(article(source_id="a", section="city", tags=["trams"]), article(source_id="b", tags=["trams"]))
    known = await seq(database)
    await store(article(source_id="a", section="city", tags=["trams"], lead="More."))
    await store(article(source_id="b", tags=["trams"], lead="More."))
    assert about_articles(await read_page(database, known, section=["city"], tag=["trams"])) == [
        ("article.updated", "Story a")
    ]
    assert about_articles(await read_page(database, known, section=["city"], tag=["fog"])) == []


async def test_time_range_reports_articles_that_move_in_and_out(database: Database, store: Store) -> None:
    await store(article("2026-11-10T10:00:00Z", source_id="a"), article("2026-11-18T10:00:00Z", source_id="b"))
    known = await seq(database)
    await store(article("2026-11-18T09:00:00Z", source_id="a"), article("2026-11-10T09:00:00Z", source_id="b"))
    week = {"from": "2026-11-16", "to": "2026-11-20"}
    assert summary(await read_page(database, known, **week)) == [
        ("article.bumped", "Story a"),
        ("article.removed", None),
    ]
    assert summary(await read_page(database, known, **{"from": "2026-11-19"})) == []


async def test_changes_by_id_and_exclude(database: Database, store: Store) -> None:
    await store(*(article(source_id=name, slug=f"story-{name}") for name in "abc"))
    page = await read_page(database, 1)
    ids = {each["article"]["headline"][-1]: each["article"]["id"] for each in page["items"]}
    assert about_articles(await read_page(database, 1, id=[ids["b"]])) == [("article.published", "Story b")]
    assert summary(await read_page(database, 1, exclude=[ids["a"], "story-b"])) == [
        ("article.removed", None),  # its slug may have been another when it was read
        ("article.published", "Story c"),
    ]


async def test_renamed_entries_are_reported_to_lists_that_show_them(database: Database, store: Store) -> None:
    await store(edition("ua", default=False), section("city", "City"), section("kultura", "K", edition="ua"))
    await store(article(source_id="a", tags=["trams"], authors=["ada-moss"]))
    known = await seq(database)
    await store(tag("trams", "Night trams"), label("opinion", "OPINION"), author("ada-moss", "A. Moss"))
    await store(section("city", "The City"), section("kultura", "Культура", edition="ua"))
    await store(edition("ua", name="UA", default=False))

    async def entries(**requested: Any) -> list[tuple[str, str, str]]:
        items = (await read_page(database, known, **requested))["items"]
        assert all(each["article"] is None for each in items)
        return [(each["entry"]["kind"], each["entry"]["slug"], each["entry"]["href"]) for each in items]

    assert await entries(tag=["trams"], id=["0677y7hzc3m1d"]) == [  # whatever the filters
        ("tag", "trams", "/v1/tags/trams"),
        ("label", "opinion", "/v1/labels"),
        ("author", "ada-moss", "/v1/authors/ada-moss"),
        ("section", "city", "/v1/sections/city"),
    ]
    assert await entries(edition="ua") == [
        ("tag", "trams", "/v1/tags/trams?edition=ua"),
        ("label", "opinion", "/v1/labels?edition=ua"),
        ("author", "ada-moss", "/v1/authors/ada-moss?edition=ua"),
        ("section", "kultura", "/v1/sections/kultura?edition=ua"),
        ("edition", "ua", "/v1/editions/ua"),
    ]
    assert len(await entries(edition="*")) == 6


async def test_change_of_the_default_edition_is_reported_to_followers_of_another(
    database: Database, store: Store
) -> None:
    await store(edition(), edition("ua", default=False), edition("far", default=False))
    known = await seq(database)
    await store(edition(language="de"))
    for slug in ("global", "ua"):
        (item,) = (await read_page(database, known, edition=slug))["items"]
        assert (item["type"], item["entry"]["slug"]) == ("edition.updated", slug)
    await store(edition("far", default=False, language="de"))
    assert len((await read_page(database, known, edition="ua"))["items"]) == 1


async def test_former_default_edition_is_reported(database: Database, store: Store) -> None:
    await store(edition("ua", default=False))
    known = await seq(database)
    await store(edition("ua", default=True))
    for slug in ("global", "ua"):
        page = await read_page(database, known, edition=slug)
        assert {each["entry"]["slug"] for each in page["items"]} == {
            slug
        }  # once more for the edition that was the default


async def test_changes_are_scoped_by_edition_or_span_all(database: Database, store: Store) -> None:
    await store(edition("ua", timezone="Asia/Tokyo", default=False))
    known = await seq(database)
    await store(article(source_id="a"), article(edition="ua", source_id="b"))
    assert summary(await read_page(database, known)) == [("article.published", "Story a")]
    assert summary(await read_page(database, known, edition="ua")) == [("article.published", "Story b")]
    both = await read_page(database, known, edition="*")
    assert [each["article"]["time"] for each in both["items"]] == ["12:00", "19:00"]  # each in its edition's own zone
    assert [each["at"][-6:] for each in both["items"]] == ["+02:00", "+09:00"]
    in_one = await read_page(database, known, edition="*", tz="UTC")
    assert [each["article"]["time"] for each in in_one["items"]] == ["10:00", "10:00"]


async def test_drafts_and_schedules_are_never_reported(database: Database, store: Store) -> None:
    known = await seq(database)
    await store(article(None, source_id="draft"), article("2026-11-21T10:00:00Z", source_id="later"))
    page = await read_page(database, known)
    assert (page["items"], page["as_of"]) == ([], await seq(database))


async def test_change_list_reads_a_bounded_part_of_the_log(
    database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store(*(article(source_id=f"s{n}", tags=["rare"] if n == 9 else ["usual"]) for n in range(12)))
    monkeypatch.setattr(change_list, "MAX_SCANNED", 4)
    found, pages, since = [], 0, 0
    page = await read_page(database, tag=["rare"])
    while True:
        pages += 1
        assert since < page["as_of"] <= since + 4
        since = page["as_of"]
        found += about_articles(page)
        if page["next"] is None:
            break
        cursor = page["next"]["cursor"]
        assert page["next"]["href"] == f"/v1/changes?tag=rare&cursor={cursor}"
        page = await database.read(list_changes, ChangeListParams(tag=["rare"], cursor=cursor))
    assert since == await seq(database)
    assert pages == -(-since // 4)
    assert found == [("article.published", "Story s9")]


async def test_full_change_page_has_a_next_page(database: Database, store: Store) -> None:
    await store(*(article(source_id=f"s{n}") for n in range(5)))
    last = await seq(database)
    page = await read_page(database, last - 5, limit=3)
    assert (len(page["items"]), page["as_of"]) == (3, last - 2)
    rest = await read_page(database, page["as_of"], limit=2)
    assert (len(rest["items"]), rest["as_of"], rest["next"]) == (2, last, None)


async def test_invalid_change_parameters_are_rejected(database: Database, store: Store) -> None:
    await store(*(article(source_id=f"s{n}") for n in range(3)))
    last = await seq(database)
    assert (await read_page(database, last))["items"] == []
    for ahead in (last + 1, 2**63 - 1, 2**63, 10**30):
        with pytest.raises(InvalidInputError, match="begin at 0"):
            await read_page(database, ahead)
    page = await read_page(database, limit=1)
    with pytest.raises(CursorMismatchError):
        await database.read(list_changes, ChangeListParams(tag=["x"], cursor=page["next"]["cursor"]))
    some_id = (await read_page(database, last - 1))["items"][0]["article"]["id"]
    with pytest.raises(CursorMismatchError):
        await database.read(list_changes, ChangeListParams(id=[some_id], cursor=page["next"]["cursor"]))


async def test_change_list_runs_a_fixed_number_of_statements(database: Database, store: Store) -> None:
    names: dict[str, Any] = {"section": "city", "tags": ["trams"], "authors": ["ada-moss"], "label": "opinion"}
    await store(tag("trams", "Trams"), *(article(source_id=f"s{n}", **names) for n in range(250)))
    await store(tag("trams", "Night trams"))
    expected: list[tuple[dict[str, Any], int]] = [
        ({}, 4),  # the edition, the end of the log, its rows, the articles
        ({"section": ["city"], "label": ["opinion"]}, 5),  # and the entries of the names
        ({"tag": ["trams"]}, 7),  # and their memberships, and merged entries
        ({"tag": ["trams"], "author": ["ada-moss"], "section": ["city"]}, 8),
        ({"from": "2026-11-01", "exclude": ["story-s1"]}, 4),
    ]
    first = await seq(database) - 251
    for requested, number in expected:
        for limit in (1, 20, 200):
            with counted() as statements:
                page = await read_page(database, first, limit=limit, **requested)
            assert len(statements) == number, (requested, limit)
            assert len(page["items"]) == limit
    with counted() as statements:
        page = await read_page(database, first + 249)
    assert [each["type"] for each in page["items"]] == [ChangeType.ARTICLE_PUBLISHED, ChangeType.TAG_UPDATED]
    assert len(statements) == 5  # and the catalogue entries


async def check_tail_is_complete(database: Database, rows: int) -> None:
    """Check that a reader beside eight writers gets every row of the log, once and in order."""
    began = await seq(database)
    writing = True

    async def write(writer: int) -> None:
        for number in range(rows // WRITERS):
            record = article(source_id=f"{writer}-{number}")
            await database.write(upsert_articles, [record], now=NOW)

    async def follow_log() -> list[int]:
        since, seen = began, []
        while True:
            is_last = not writing
            page = await read_page(database, since, limit=50)
            since = page["as_of"]
            seen += [each["seq"] for each in page["items"]]
            if is_last and page["next"] is None:
                return seen
            await asyncio.sleep(0)

    following = asyncio.create_task(follow_log())
    await asyncio.gather(*(write(writer) for writer in range(WRITERS)))
    writing = False
    seen = await following

    def everything(connection: Connection) -> list[int]:
        found = connection.execute(log.select().where(log.c.seq > began).order_by(log.c.seq)).all()
        return [row.seq for row in found]

    assert seen == await database.read(everything) == list(range(began + 1, began + 1 + rows))


async def test_follower_misses_no_row_of_eight_writers(database: Database) -> None:
    await check_tail_is_complete(database, ROWS)


@pytest.mark.soak
async def test_long_follower_misses_no_row_of_eight_writers(database: Database) -> None:
    await check_tail_is_complete(database, ROWS_SOAK)
