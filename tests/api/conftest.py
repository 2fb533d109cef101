"""What tests of the API ask for: a newsroom on each database, and one kept for a whole module to be read only."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app import clock
from app.actions.articles import store_articles
from app.actions.catalogue import store_entry
from app.db.session import Connection, Database, open_database
from app.main import create_app
from app.settings import Settings
from tests.api.newsroom import ARTICLES, CATALOGUE, FIRST_VERSION
from tests.conftest import NOW, running


def fill(connection: Connection) -> None:
    """Store the small newsroom."""
    for record in CATALOGUE:
        store_entry(connection, record, now=NOW)
    for batch in ([FIRST_VERSION], ARTICLES):
        store_articles(connection, batch, now=NOW)


@pytest.fixture
async def newsroom(database: Database) -> None:
    """The small newsroom, on each database."""
    await database.write(fill)


@pytest.fixture(scope="module")
async def reader(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the small newsroom that a module's tests share: manners do not depend on the database."""
    path = tmp_path_factory.mktemp("newsroom") / "dayline.db"
    shutil.copy(sqlite_template, path)
    address = f"sqlite:///{path}"
    database = open_database(address)
    await database.write(fill)
    await database.close()
    with clock.frozen(NOW):
        async with running(create_app(Settings(database_url=address))) as client:
            client.headers["accept-encoding"] = "identity"
            yield client
