"""A head and its rows on SQLite: both are of one snapshot, which the first statement begins and the read ends."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from app.db.database import Database
from app.db.head_and_rows import HeadAndRowsQuery
from app.models.edition import editions
from tests.conftest import Store
from tests.records import edition

_NAMES = select(editions.c.name)
QUERY = HeadAndRowsQuery(select(editions.c.slug), _NAMES, joined=_NAMES)


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
async def test_rows_are_of_the_snapshot_of_the_head(database: Database, store: Store) -> None:
    await store(edition())
    path = Path(str(database.url.database))

    def read(connection: Connection, name: str) -> tuple[list[str], list[str]]:
        before = QUERY.read(connection, {})
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("UPDATE editions SET name = ?", (name,))
        assert before is not None
        return [row.name for row in before.rows], [row.name for row in QUERY.read_rows(connection, {})]

    for reader in (database.read_autocommit, database.read):
        before, after = await reader(read, reader.__name__)
        assert before == after
        assert before != [reader.__name__]
    names, _ = await database.read_autocommit(read, "later")
    assert names == ["read"]
