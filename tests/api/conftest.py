"""What tests of the API ask for: a newsroom on each database, and one kept for a whole module to be read only."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest

from app import clock
from app.actions.articles import store_articles
from app.actions.catalogue import store_entry
from app.actions.keys import create_key
from app.db.session import Connection, Database, open_database
from app.domain.api_key import KeyScope
from app.main import create_app
from app.schemas.api_key import KeyRecord
from app.settings import Settings
from tests.api.newsroom import ARTICLES, CATALOGUE, FIRST_VERSION
from tests.conftest import NOW, running
from tests.kept import kept


@kept
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


class MakeKey(Protocol):
    """Stores a key."""

    async def __call__(self, *scopes: KeyScope, **members: Any) -> str:
        """Its token."""


@pytest.fixture
def make_key(database: Database) -> MakeKey:
    """Store a key with these scopes, and other members of its record, as if given out at NOW; answers the token."""

    async def make(*scopes: KeyScope, **members: Any) -> str:
        record = KeyRecord.model_validate({"name": "A test's key", "scopes": list(scopes), **members})
        _, token = await database.write(create_key, record, now=NOW)
        return token

    return make


def as_key(token: str) -> dict[str, str]:
    """The headers that show a key."""
    return {"authorization": f"Bearer {token}"}
