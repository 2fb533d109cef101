"""SQLAlchemy's greenlet bridge, compiled statements and driver connections, which `app.db` uses directly."""

import asyncio
import sqlite3
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Column, Connection, Index, Integer, MetaData, Select, Table, bindparam, literal_column, select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import await_only, greenlet_spawn

from app.db.base import partial_index
from app.db.database import Database

QUERY: Select[Any] = select(literal_column("1").label("one")).where(
    bindparam("second", type_=Integer) > bindparam("first", type_=Integer)
)


async def test_await_only_awaits_within_a_greenlet() -> None:
    def work() -> int:
        return int(await_only(asyncio.sleep(0, result=7)))

    assert await greenlet_spawn(work) == 7


async def test_await_only_is_refused_elsewhere() -> None:
    waiting = asyncio.sleep(0)
    with pytest.raises(InvalidRequestError, match="greenlet_spawn"):
        await_only(waiting)
    waiting.close()


async def test_compiled_statements_have_their_parameters_in_order(database: Database) -> None:
    def work(connection: Connection) -> tuple[str, Any, Any]:
        compiled = QUERY.compile(dialect=connection.dialect)
        assert isinstance(compiled, SQLCompiler)
        return str(compiled), compiled.positiontup, compiled.params

    text, names, values = await database.read(work)
    assert names == ["second", "first"]
    assert values == {"second": None, "first": None}
    assert text.count("?") == 2 or ("$1" in text and "$2" in text)


async def test_connections_give_their_drivers(database: Database) -> None:
    def work(connection: Connection) -> tuple[str, Any]:
        return connection.dialect.name, connection.connection.driver_connection

    name, driver = await database.read(work)
    assert isinstance(driver, {"sqlite": sqlite3.Connection, "postgresql": asyncpg.Connection}[name])


async def test_partial_index_takes_its_condition_from_its_info(database: Database) -> None:
    table = Table("t", MetaData(), Column("a", Integer))
    index = Index("ix_a", table.c.a, info=partial_index("a > 1"))

    def work(connection: Connection) -> str:
        return str(CreateIndex(index).compile(dialect=connection.dialect))

    assert (await database.read(work)).endswith("WHERE a > 1")
