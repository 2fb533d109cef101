"""Values of a committed state: dropped with each commit, and never used in a snapshot that may show another state."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from app.db.database import Database, open_database
from app.db.state_memo import StateMemo, find_state_memo


def test_state_memo_drops_its_values_with_the_state() -> None:
    token: list[bytes | None] = [b"one"]
    memo = StateMemo(lambda: token[0])
    values = memo.get_values()
    assert values == {}
    values["edition"] = "The Lume Courier"
    assert memo.get_values() is values
    assert memo.is_current(values)
    token[0] = b"two"
    assert not memo.is_current(values)
    assert memo.get_values() == {}
    assert not memo.is_current(values)


def test_state_memo_has_no_values_where_commits_cannot_be_detected() -> None:
    assert StateMemo(lambda: None).get_values() is None


@pytest.fixture
async def lake(tmp_path: Path) -> Database:
    """Return an empty SQLite database with a write-ahead log."""
    return open_database(f"sqlite:///{tmp_path / 'lake.db'}")


def _create(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE depths (metres INTEGER)"))


def _add(connection: Connection) -> None:
    connection.execute(text("INSERT INTO depths VALUES (41)"))


def _count(connection: Connection) -> tuple[int, StateMemo | None]:
    return connection.execute(text("SELECT count(*) FROM depths")).scalar_one(), find_state_memo(connection)


async def test_state_memo_of_the_event_loop_notices_each_commit(lake: Database) -> None:
    try:
        await lake.write(_create)
        _, memo = await lake.read(_count)
        assert memo is not None
        for expected in (1, 2, 3):
            before = memo.get_values()
            assert before is not None
            await lake.write(_add)
            assert not memo.is_current(before)
            assert (await lake.read(_count))[0] == expected
    finally:
        await lake.close()


async def test_reads_in_threads_have_no_state_memo(lake: Database) -> None:
    try:
        await lake.write(_create)
        assert (await lake.read_in_thread(_count))[1] is None
    finally:
        await lake.close()
