"""Fixtures of tests of the editorial API: editors with keys, and a catalogue to write with."""

import httpx
import pytest

from app.actions.catalogue.entries import upsert_entry
from app.db.database import Connection
from app.domain.api_key import ApiKeyScope
from app.schemas.catalogue_records import CatalogueRecord
from tests.api.conftest import MakeKey
from tests.api.editorial.editor_client import Desk
from tests.conftest import NOW, put_into
from tests.fixture_snapshots import snapshot
from tests.records import author, edition, label, section, tag

ENTRIES: list[CatalogueRecord] = [
    edition(),
    edition("ua", name="Люмський кур'єр", language="uk", default=False),
    label("opinion", "OPINION", disclaimer="Columns speak for their authors."),
    label("exclusive", "Exclusive"),
    section("city", "City"),
    section("world", "World"),
    section("kultura", "Культура", edition="ua"),
    tag("trams", "Trams"),
    tag("fog", "Fog"),
    author("iryna-dovhan", "Iryna Dovhan"),
    author("oleh-raida", "Oleh Raida"),
]


@snapshot
def fill(connection: Connection) -> None:
    """Store the entries."""
    for record in ENTRIES:
        upsert_entry(connection, record, now=NOW)


@pytest.fixture
def catalogue(database_address: str) -> None:
    """Store two editions and some names of each kind."""
    put_into(database_address, fill)


@pytest.fixture
async def desk(catalogue: None, client: httpx.AsyncClient, make_key: MakeKey) -> Desk:
    """Create an editor who may do everything with articles and the catalogue."""
    assert catalogue is None
    scopes = (ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH, ApiKeyScope.CATALOGUE_WRITE)
    return Desk(client, await make_key(*scopes))


@pytest.fixture
async def drafter(catalogue: None, client: httpx.AsyncClient, make_key: MakeKey) -> Desk:
    """Create an editor who may do everything but change public articles."""
    assert catalogue is None
    return Desk(client, await make_key(*(each for each in ApiKeyScope if each is not ApiKeyScope.ARTICLES_PUBLISH)))
