"""Long reads on SQLite: each in a thread, all with the compiled statements of one engine."""

import gc
from collections.abc import Generator

import pytest
from sqlalchemy import Connection, Engine

from app.db.database import Database
from app.queries.changes.change_list import latest_seq


def count_engines() -> int:
    """Count the engines in memory, unreachable cycles included."""
    return sum(isinstance(each, Engine) for each in gc.get_objects())


def read_numbers(connection: Connection) -> Generator[int]:
    yield latest_seq(connection)


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
async def test_long_reads_and_streams_make_no_engine_each(database: Database) -> None:
    await database.read_in_thread(latest_seq)
    gc.disable()
    try:
        before = count_engines()
        for _ in range(20):
            assert await database.read_in_thread(latest_seq) == 0
            async with database.stream(read_numbers) as read_next:
                assert await read_next() == 0
        assert count_engines() == before
    finally:
        gc.enable()
