"""Statements run by the driver itself: the same rows as SQLAlchemy's, the same errors, and nothing left open."""

import asyncio
import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, SelectBase, bindparam, column, func, literal_column, select, table, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_only

from app.db.base import AnyRow
from app.db.database import TRANSIENT_ERRORS, Database, is_transient, open_database
from app.db.prepared import PreparedQuery, by_shape
from app.models.edition import editions
from tests.conftest import Store
from tests.records import edition

POSTGRESQL_ONLY = pytest.mark.parametrize("database_address", ["postgresql"], indirect=True)
SQLITE_ONLY = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
NAMED = select(editions.c.slug, editions.c.name, editions.c.is_default).where(editions.c.slug >= bindparam("from_slug"))
BY_NAME = PreparedQuery(NAMED.order_by(editions.c.slug).limit(bindparam("most")))
ALL = {"from_slug": "", "most": 10}
NOWHERE = PreparedQuery(select(literal_column("a")).select_from(table("no_such_table", column("a"))))
DIVIDED = PreparedQuery(select(literal_column("1 / (SELECT 0)").label("infinite")))
PROCESS = PreparedQuery(select(func.pg_backend_pid().label("number")))


@pytest.fixture
async def three(store: Store) -> None:
    await store(edition("a"), edition("b", default=False), edition("c", default=False))


@pytest.mark.usefixtures("three")
async def test_prepared_rows_equal_those_of_sqlalchemy(database: Database) -> None:
    def both(connection: Connection) -> tuple[list[AnyRow], list[AnyRow]]:
        return BY_NAME.all(connection, ALL), [*connection.execute(NAMED.order_by(editions.c.slug).limit(10), ALL)]

    for read in (database.read, database.read_autocommit, database.write):
        prepared, usual = await read(both)
        assert [(row.slug, row.name, bool(row.is_default)) for row in prepared] == [tuple(row) for row in usual]
        assert [row.slug for row in prepared] == ["a", "b", "c"]


@pytest.mark.usefixtures("three")
async def test_prepared_values_are_bound_by_name(database: Database) -> None:
    def look(connection: Connection) -> list[Any]:
        first = BY_NAME.first(connection, {"most": 2, "from_slug": "b"})
        return [first and first.slug, BY_NAME.first(connection, {**ALL, "from_slug": "d"})]

    assert await database.read(look) == ["b", None]
    with pytest.raises(KeyError):
        await database.read(lambda connection: BY_NAME.all(connection, {"most": 2}))


@pytest.mark.usefixtures("three")
async def test_prepared_booleans_of_sqlite_are_bool(database: Database) -> None:
    """The only such column that prepared statements read is an edition's `default`."""
    from app.queries.catalogue.editions import get_edition_view, list_edition_links  # noqa: PLC0415 - the only test that needs it

    view = await database.read(get_edition_view, "a")
    other = await database.read(get_edition_view, "b")
    assert (view.is_default, other.is_default) == (True, False)
    assert type(view.is_default) is type(other.is_default) is bool
    assert [type(link["default"]) for link in await database.read(list_edition_links)] == [bool] * 3


@pytest.mark.usefixtures("three")
async def test_prepared_query_reads_uncommitted_rows_of_its_transaction(
    database: Database,
) -> None:
    def names(connection: Connection) -> set[str]:
        return {row.name for row in BY_NAME.all(connection, ALL)}

    def write_and_fail(connection: Connection) -> None:
        connection.execute(update(editions).values(name="Written"))
        raise RuntimeError(",".join(names(connection)))

    before = await database.read(names)
    with pytest.raises(RuntimeError, match=r"^Written$"):
        await database.write(write_and_fail)
    assert "Written" not in before
    assert await database.read(names) == before


@pytest.mark.parametrize("statement", [NOWHERE, DIVIDED], ids=["no such table", "division by zero"])
async def test_prepared_errors_are_those_of_sqlalchemy_and_the_connection_is_usable(
    database: Database, statement: PreparedQuery
) -> None:
    def fail(connection: Connection) -> list[AnyRow]:
        return statement.all(connection, {})

    if statement is DIVIDED and database.url.get_backend_name() == "sqlite":
        assert (await database.read(fail))[0].infinite is None
        return
    for read in (database.read, database.read_autocommit, database.read):
        with pytest.raises(DBAPIError) as caught:
            await read(fail)
        assert not is_transient(caught.value)
        assert "aborted" not in str(caught.value)
        assert await read(lambda connection: BY_NAME.all(connection, ALL)) == []


def _kill(number: int) -> Callable[[Connection], Any]:
    return lambda connection: connection.execute(select(func.pg_terminate_backend(number))).scalar()


@POSTGRESQL_ONLY
async def test_lost_connection_is_an_outage_at_any_point(database: Database, database_address: str) -> None:
    other = open_database(database_address)

    def continue_after_loss(connection: Connection) -> list[AnyRow]:
        await_only(other.write(_kill(PROCESS.all(connection, {})[0].number)))
        await_only(asyncio.sleep(0.02))
        return BY_NAME.all(connection, ALL)

    def lose_at_the_end(connection: Connection) -> str:
        await_only(other.write(_kill(PROCESS.all(connection, {})[0].number)))
        await_only(asyncio.sleep(0.02))
        return "read before"

    for read in (database.read, database.read_autocommit):
        with pytest.raises(TRANSIENT_ERRORS) as caught:
            await read(continue_after_loss)
        assert is_transient(caught.value)
    assert await database.read(lose_at_the_end) == "read before"
    idle = (await database.read(lambda connection: PROCESS.all(connection, {})))[0].number
    await other.write(_kill(idle))
    await asyncio.sleep(0.05)
    assert (await database.read(lambda connection: PROCESS.all(connection, {})))[0].number != idle
    await other.close()


@POSTGRESQL_ONLY
async def test_cancellation_at_any_point_leaves_no_open_transaction(database: Database) -> None:
    def is_within(connection: Connection) -> bool:
        driver: Any = connection.connection.driver_connection
        return bool(driver.is_in_transaction())

    await database.read(lambda connection: PROCESS.all(connection, {}))
    for moment in range(60):
        reading = asyncio.ensure_future(database.read(lambda connection: BY_NAME.all(connection, ALL)))
        for _ in range(moment % 10):
            await asyncio.sleep(0)
        await asyncio.sleep(0.0001 * (moment // 10))
        reading.cancel()
        await asyncio.wait({reading})
        assert not await database.read_autocommit(is_within), f"cancelled at moment {moment}"


@POSTGRESQL_ONLY
async def test_cancellation_loses_no_pooled_connection(database: Database) -> None:
    def number(connection: Connection) -> int:
        return int(PROCESS.all(connection, {})[0].number)

    def number_in_a_while(connection: Connection) -> int:
        await_only(asyncio.sleep(0.05))
        return number(connection)

    async with asyncio.TaskGroup() as group:
        readings = [group.create_task(database.read(number_in_a_while)) for _ in range(4)]
    before = {each.result() for each in readings}
    cancelled = asyncio.ensure_future(database.read(number_in_a_while))
    await asyncio.sleep(0.01)
    cancelled.cancel()
    await asyncio.wait({cancelled})
    async with asyncio.TaskGroup() as group:
        readings = [group.create_task(database.read(number_in_a_while)) for _ in range(3)]
    assert {each.result() for each in readings} < before


@SQLITE_ONLY
@pytest.mark.usefixtures("three")
async def test_failed_query_leaves_no_snapshot_open(database: Database, store: Store) -> None:
    def fail(connection: Connection) -> None:
        BY_NAME.all(connection, ALL)
        raise RuntimeError("in the middle")

    for read in (database.read, database.read_autocommit):
        with pytest.raises(RuntimeError, match="in the middle"):
            await read(fail)
        slug = f"after-{read.__name__.replace('_', '-')}"
        await store(edition(slug, default=False))
        rows = await read(lambda connection: BY_NAME.all(connection, ALL))
        assert slug in {row.slug for row in rows}


@POSTGRESQL_ONLY  # a read of SQLite has no await inside
async def test_snapshot_is_stable_during_concurrent_writes(database: Database, store: Store) -> None:
    def read_twice(connection: Connection) -> tuple[int, int]:
        before = len(BY_NAME.all(connection, ALL))
        await_only(store(edition("later")))
        return before, len(BY_NAME.all(connection, ALL))

    assert await database.read(read_twice) == (0, 0)
    assert len(await database.read(lambda connection: BY_NAME.all(connection, ALL))) == 1


@pytest.mark.usefixtures("three")
async def test_prepared_statement_is_cached_as_text_only(database: Database) -> None:
    built: list[weakref.ref[Any]] = []

    @by_shape
    def names_from(count: int) -> SelectBase:
        statement = select(editions.c.slug).where(editions.c.slug.in_([bindparam(f"slug_{i}") for i in range(count)]))
        built.append(weakref.ref(statement))
        return statement

    def read(connection: Connection) -> list[str]:
        return [row.slug for row in names_from(2).all(connection, {"slug_0": "a", "slug_1": "c"})]

    assert sorted(await database.read(read)) == sorted(await database.read(read)) == ["a", "c"]
    gc.collect()
    assert [statement() for statement in built] == [None]
    assert names_from(2) is names_from(2)
