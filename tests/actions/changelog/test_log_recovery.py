"""Continuation of the log after a backup was restored: its position, its rows, and the stored gaps."""

from typing import Any

import pytest
from sqlalchemy import Connection, text

from app.actions.changelog.compaction import compact_changes
from app.actions.changelog.log_recovery import skip_sequence_numbers
from app.db.database import Database
from app.domain.instant import DAY_US
from app.domain.sequence_gap import NAME, Gap, parse_gaps
from app.interchange.key_value import get_value
from app.queries.changes.change_list import latest_seq, list_changes, validate_position
from app.schemas.change import ChangeListParams
from tests.conftest import NOW, Store
from tests.records import article, edition

ROWS = text("SELECT seq, type, edition_id, actor, surrogate_keys FROM changes WHERE seq > :since ORDER BY seq")


def rows_behind(connection: Connection, since: int) -> list[Any]:
    return [tuple(row) for row in connection.execute(ROWS, {"since": since})]


async def test_every_edition_is_logged_again_after_the_gap(database: Database, store: Store) -> None:
    await store(edition(), edition("kyiv", default=False))
    last = await database.read(latest_seq)
    gap = await database.write(skip_sequence_numbers, now=NOW, actor="command")
    assert gap.last == last
    assert gap.first > 10**13
    assert await database.read(rows_behind, last) == [
        (gap.first + number, "edition.updated", number + 1, "command", f'["edition:{number + 1}","editions"]')
        for number in range(2)
    ]
    assert parse_gaps(await database.read(get_value, NAME)) == (gap,)


async def test_changes_after_the_gap_are_numbered_from_its_end(database: Database, store: Store) -> None:
    await store(edition())
    gap = await database.write(skip_sequence_numbers, now=NOW, actor="command")
    await store(article(source_id="a"))
    assert await database.read(latest_seq) == gap.first + 1


async def test_each_restoration_creates_a_gap(database: Database, store: Store) -> None:
    await store(edition())
    gaps = [await database.write(skip_sequence_numbers, now=NOW + later, actor="command") for later in (0, DAY_US)]
    assert gaps[1].last == gaps[0].first
    assert parse_gaps(await database.read(get_value, NAME)) == tuple(gaps)


async def test_an_empty_log_can_begin_far_ahead(database: Database, store: Store) -> None:
    gap = await database.write(skip_sequence_numbers, now=NOW, actor="command")
    assert gap == Gap(0, gap.first)
    await store(edition())
    page = await database.read(list_changes, ChangeListParams())
    assert [each["seq"] for each in page["items"]] == [gap.first + 1]  # the row that moves it names nothing
    assert await database.read(validate_position, gap.first) == gap.first


@pytest.mark.usefixtures("edition_kyiv")
async def test_a_leap_stays_where_the_log_is_made_short(database: Database, store: Store) -> None:
    await store(article(source_id="a"))
    gap = await database.write(skip_sequence_numbers, now=NOW, actor="command")
    await store(article(source_id="a", headline="Again"))
    await store(edition(name="Renamed"))
    end = await database.read(latest_seq)
    assert await database.write(compact_changes, now=NOW + 30 * DAY_US, most=100)
    assert [row[0] for row in await database.read(rows_behind, 0)] == [gap.first + 1, end]
    page = await database.read(list_changes, ChangeListParams(since=gap.last))
    assert [each["type"] for each in page["items"]] == ["article.updated", "edition.updated"]
    assert page["as_of"] == end
