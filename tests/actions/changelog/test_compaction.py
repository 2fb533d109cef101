"""Compaction of the log: the change feed lists the same changes afterwards, from fewer rows."""

from typing import Any

import pytest
from sqlalchemy import select

from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import upsert_entry
from app.actions.changelog.compaction import MAX_PLACES, RETENTION_US, compact_changes
from app.db.database import Connection, Database
from app.domain.instant import DAY_US, MINUTE_US
from app.invalidation.surrogate_keys import ALL_TIMESTAMPS
from app.models.change import changes
from app.queries.changes.change_list import list_changes
from app.schemas.change import ChangeListParams
from app.schemas.interchange import ArticleRecord
from tests.conftest import NOW
from tests.records import article, edition, tag
from tests.statements import counted

LATER = NOW + RETENTION_US + DAY_US


@pytest.fixture(autouse=True)
async def global_edition(database: Database) -> None:
    """Create one edition, which is one row of the log."""
    await database.write(upsert_entry, edition(), now=NOW)


async def save(database: Database, *records: ArticleRecord, now: int = NOW) -> None:
    """Save each in a transaction of its own."""
    for record in records:
        stored = await database.write(upsert_articles, [record], now=now)
        assert not isinstance(stored.outcomes[0], Exception)


async def rows_of(database: Database) -> list[tuple[int, str, str]]:
    """Return the log: number, type and surrogate keys."""

    def read(connection: Connection) -> list[tuple[int, str, str]]:
        found = connection.execute(
            select(changes.c.seq, changes.c.type, changes.c.surrogate_keys).order_by(changes.c.seq)
        )
        return [(row.seq, row.type, row.surrogate_keys) for row in found]

    return await database.read(read)


async def read_feed(database: Database, since: int = 0, **params: Any) -> list[tuple[str, str]]:
    """Return the types and ids that the feed lists."""
    page: Any = await database.read(list_changes, ChangeListParams.model_validate({"since": since, **params}))
    assert page["next"] is None
    return [(each["type"], each["article"]["headline"]) for each in page["items"] if "headline" in each["article"]]


async def test_of_an_article_only_the_last_old_row_stays(database: Database) -> None:
    await save(database, *(article(source_id="a", lead=f"Lead {n}") for n in range(3)), article(source_id="b"))
    await save(database, *(article(source_id="a", lead=f"Later {n}") for n in range(2)), now=LATER)
    before = await rows_of(database)
    assert await database.write(compact_changes, now=LATER, most=100) == 5
    after = await rows_of(database)
    assert [seq for seq, *_ in after] == [1, 4, 5, 6, 7]  # the edition, a and b when they were old, and recent ones
    assert set(after) <= set(before)
    assert await database.write(compact_changes, now=LATER, most=100) == 0
    assert await rows_of(database) == after
    assert await database.write(compact_changes, now=LATER + RETENTION_US + 1, most=100) == 2
    assert [seq for seq, *_ in await rows_of(database)] == [1, 5, 7]


async def test_compacted_log_still_lists_removals_from_former_lists(database: Database) -> None:
    await save(database, article(source_id="a", tags=["one"]))
    known = len(await rows_of(database))
    moves: list[list[str]] = [["two"], ["three"], []]
    await save(database, *(article(source_id="a", tags=tags) for tags in moves))
    await database.write(compact_changes, now=LATER, most=100)
    page: Any = await database.read(list_changes, ChangeListParams(since=known, tag=["one"]))
    assert [each["type"] for each in page["items"] if each["article"]] == ["article.removed"]
    assert len([row for row in await rows_of(database) if row[1].startswith("article.")]) == 1


async def test_row_of_a_clock_far_ahead_does_not_block_others(database: Database) -> None:
    await save(database, article(source_id="a", lead="First"))
    await save(database, article(source_id="b"), now=LATER + 1_000 * DAY_US)
    await save(database, article(source_id="a", lead="Second"))
    await save(database, article(source_id="a", lead="Third"), now=LATER)
    assert await database.write(compact_changes, now=LATER, most=100) == 4
    assert [seq for seq, *_ in await rows_of(database)] == [1, 3, 4, 5]


@pytest.mark.parametrize("most", [1, 2, 3, 7])
async def test_compaction_in_small_batches_has_the_same_result_and_reads_no_row_twice(
    database: Database, most: int
) -> None:
    for n in range(4):
        await save(database, *(article(source_id=name, lead=f"{name} {n}") for name in "abc"))
        await database.write(upsert_entry, tag("trams", f"Trams {n}"), now=NOW)
    total = len(await rows_of(database))
    looked_at = []
    while count := await database.write(compact_changes, now=LATER, most=most):
        looked_at.append(count)
    assert sum(looked_at) == total
    assert all(count == most for count in looked_at[:-1])
    rows = await rows_of(database)
    assert [kind for _, kind, _ in rows] == ["edition.updated", *["article.updated"] * 3, "tag.updated"]
    assert rows[-1][0] == total


async def test_compacted_log_lists_everything_from_the_beginning(database: Database) -> None:
    for n in range(3):
        await save(database, *(article(source_id=f"s{m}", lead=f"{n}") for m in range(5)))
    before = await read_feed(database, 1)
    await database.write(compact_changes, now=LATER, most=4)
    await database.write(compact_changes, now=LATER, most=100)
    after = await read_feed(database, 1)
    assert sorted(set(after)) == sorted({("article.updated", headline) for _, headline in before})
    assert len(after) == 5


async def test_places_without_number_become_every_place(database: Database) -> None:
    instants = [NOW - n * MINUTE_US for n in range(1, MAX_PLACES + 3)]
    moves = [article(source_id="a").model_copy(update={"published_at": instant}) for instant in instants]
    await save(database, *moves)
    await database.write(compact_changes, now=LATER, most=1_000)
    names = (await rows_of(database))[-1][2]
    assert f'"{ALL_TIMESTAMPS}"' in names
    assert names.count('"at:') == 1
    page: Any = await database.read(list_changes, ChangeListParams.model_validate({"since": 1, "to": "2001-01-01"}))
    assert [each["type"] for each in page["items"]] == ["article.removed"]  # it may have been public


async def test_compaction_takes_a_fixed_number_of_statements(database: Database) -> None:
    counts = set()
    for size in (2, 40):
        await save(database, *(article(source_id=f"s{n}", lead=f"{size}") for n in range(size)))
        await save(database, *(article(source_id=f"s{n}", lead=f"{size} again", tags=["x"]) for n in range(size)))
        with counted() as statements:
            await database.write(compact_changes, now=LATER, most=1_000)
        counts.add(len([each for each in statements if "advisory" not in each and "key_value" not in each]))
    assert max(counts) <= 6
    assert len(counts) <= 2  # the first also met catalogue entries
