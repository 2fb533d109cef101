"""Fixtures of tests of the API: a small newsroom on each database, and a read-only one shared by a module."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest

from app import clock
from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import upsert_entry
from app.actions.curated_lists import put_curated_list
from app.actions.keys import create_key
from app.db.database import Connection, Database
from app.domain.api_key import ApiKeyScope
from app.schemas.api_key import ApiKeyCreate
from tests.api.newsroom import ARTICLES, CATALOGUE, FIRST_VERSION, LISTS
from tests.api.ops.chromium import Page, open_page
from tests.conftest import NOW, opened, put_into
from tests.fixture_snapshots import snapshot

READER = 2  # the number of the app that modules read from


@snapshot
def fill(connection: Connection) -> None:
    """Store the small newsroom."""
    for record in CATALOGUE:
        upsert_entry(connection, record, now=NOW)
    for batch in ([FIRST_VERSION], ARTICLES):
        upsert_articles(connection, batch, now=NOW)
    for each in LISTS:
        put_curated_list(connection, each, now=NOW)


@pytest.fixture
def newsroom(database_address: str) -> None:
    """Fill a database of each kind with the small newsroom."""
    put_into(database_address, fill)


@pytest.fixture(scope="session")
def newsroom_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a SQLite file with the small newsroom, to copy from."""
    path = tmp_path_factory.mktemp("newsroom") / "template.db"
    shutil.copy(sqlite_template, path)
    put_into(f"sqlite:///{path}", fill)
    return path


@pytest.fixture(scope="module")
async def reader(newsroom_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """Create a client of the small newsroom for a module's tests: HTTP semantics do not depend on the database."""
    path = tmp_path_factory.mktemp("newsroom") / "dayline.db"
    shutil.copy(newsroom_template, path)
    with clock.frozen(NOW):
        async with opened(f"sqlite:///{path}", number=READER) as client:
            client.headers["accept-encoding"] = "identity"
            yield client


class MakeKey(Protocol):
    """Stores a key."""

    async def __call__(self, *scopes: ApiKeyScope, **members: Any) -> str:
        """Store a key and return its token."""


@pytest.fixture
def make_key(database: Database) -> MakeKey:
    """Return a function that stores a key with these scopes and other members.

    It is created at NOW; the function returns its token.
    """

    async def make(*scopes: ApiKeyScope, **members: Any) -> str:
        record = ApiKeyCreate.model_validate({"name": "A test's key", "scopes": list(scopes), **members})
        _, token = await database.write(create_key, record, now=NOW)
        return token

    return make


def as_key(token: str) -> dict[str, str]:
    """Return the header fields with a key."""
    return {"authorization": f"Bearer {token}"}


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Run one browser for all tests; `Page.open` empties its log."""
    with open_page(tmp_path_factory.mktemp("chromium")) as found:
        yield found
