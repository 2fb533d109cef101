"""Responses from a log that continues after its backup was restored."""

from typing import Any

import pytest

from app.actions.changelog.log_recovery import skip_sequence_numbers
from app.db.database import Database
from app.domain.cursor import encode_number
from app.domain.instant import DAY_US
from app.domain.sequence_gap import Gap
from app.errors import InvalidInputError
from app.queries.changes.change_list import latest_seq, list_changes, validate_position
from app.queries.resolve import resolve_params
from app.schemas.change import ChangeListParams
from tests.conftest import NOW, Store
from tests.records import article, tag
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("edition_kyiv")


@pytest.fixture
async def gap(database: Database, store: Store) -> Gap:
    """Create a gap in the log, after one article and before another."""
    await store(article(source_id="a"))
    gap = await database.write(skip_sequence_numbers, now=NOW, actor="command")
    await store(article(source_id="b"))
    return gap


async def read_page(database: Database, **requested: Any) -> Any:
    """Return one page of the feed."""
    return await database.read(list_changes, ChangeListParams.model_validate(requested))


async def test_client_at_the_end_of_the_backup_continues(database: Database, gap: Gap) -> None:
    page = await read_page(database, since=gap.last)
    assert [each["type"] for each in page["items"]] == ["edition.updated", "article.published"]
    assert [each["seq"] for each in page["items"]] == [gap.first, gap.first + 1]
    assert page["as_of"] == gap.first + 1
    assert (await read_page(database, since=gap.last - 1))["as_of"] == page["as_of"]
    for since in (gap.first - 1, gap.first):
        assert [each["seq"] for each in (await read_page(database, since=since))["items"]][-1] == gap.first + 1
    whole = await read_page(database, limit=1)
    while whole["next"] is not None:  # page by page, over the gap
        whole = await read_page(database, limit=1, cursor=whole["next"]["cursor"])
    assert whole["as_of"] == gap.first + 1


@pytest.mark.parametrize("where", ["since", "cursor"])
async def test_positions_of_the_lost_log_are_rejected(database: Database, store: Store, gap: Gap, where: str) -> None:
    again = await database.write(skip_sequence_numbers, now=NOW + DAY_US, actor="command")
    for number in range(3):
        await store(tag(f"t{number}", "T"), article(source_id=f"c{number}"))
    digest = await database.read(lambda connection: resolve_params(connection, ChangeListParams()).scope.digest())
    for each in (gap, again):
        for place in (each.last + 1, each.last + 100, each.first - 2):
            with pytest.raises(InvalidInputError, match="the position is of another log; begin at 0") as refused:
                await read_page(database, **{where: place if where == "since" else encode_number(place, digest)})
            assert [error.location for error in refused.value.errors] == [where]
            with pytest.raises(InvalidInputError, match="begin at 0"):
                await database.read(validate_position, place)
        for place in (each.last, each.first - 1, each.first):
            assert await database.read(validate_position, place) == place
    assert await database.read(validate_position, None) == await database.read(latest_seq)


async def test_gaps_need_no_statement(database: Database, store: Store) -> None:
    await store(article(source_id="a"))
    last = await database.read(latest_seq)
    counts = []
    for _ in range(2):
        with counted() as statements:
            await read_page(database, since=last)
        counts.append(len(statements))
        if len(counts) == 1:
            await database.write(skip_sequence_numbers, now=NOW, actor="command")
            last = await database.read(latest_seq)
    assert counts[0] == counts[1]
