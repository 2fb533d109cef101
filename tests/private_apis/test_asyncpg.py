"""asyncpg's connection class, which `app.db.postgresql.driver` extends."""

from inspect import signature

import asyncpg
import pytest
from sqlalchemy import Connection

from app.db.database import Database
from app.db.postgresql.driver import Driver

POSTGRESQL_ONLY = pytest.mark.parametrize("database_address", ["postgresql"], indirect=True)


def test_connections_are_made_of_a_protocol_and_a_transport() -> None:
    assert [*signature(asyncpg.Connection.__init__).parameters][:3] == ["self", "protocol", "transport"]
    assert [*signature(asyncpg.Connection.close).parameters] == ["self", "timeout"]


@POSTGRESQL_ONLY
async def test_driver_reports_its_transaction(database: Database) -> None:
    def work(connection: Connection) -> object:
        connection.exec_driver_sql("SELECT 1")
        driver = connection.connection.driver_connection
        assert isinstance(driver, Driver)
        assert driver.is_in_transaction()
        assert not driver.is_closed()
        return driver

    driver = await database.write(work)
    assert isinstance(driver, Driver)
    assert not driver.is_in_transaction()
