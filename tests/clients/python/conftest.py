"""Fixtures of tests of the Python client: the real app behind it, in this process or as a server."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from app import clock
from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import upsert_entry
from app.actions.curated_lists import put_curated_list
from app.db.database import Connection
from dayline_client import AsyncDayline
from tests.api.conftest import make_key, newsroom
from tests.api.newsroom import ARTICLES, CATALOGUE, LISTS
from tests.conftest import NOW, run_once
from tests.server_process import Server, free_port, start_server

__all__ = ["make_key", "newsroom"]


@pytest.fixture
async def dayline(client: httpx.AsyncClient) -> AsyncIterator[AsyncDayline]:
    """Create a client of the app in this process."""
    async with AsyncDayline("http://dayline.test", transport=client._transport) as made:
        yield made


def fill_for_server(connection: Connection) -> None:
    """Store the small newsroom without what a server would publish or compact by itself while it is read."""
    now = max(NOW, clock.now())
    for entry in CATALOGUE:
        upsert_entry(connection, entry, now=now)
    upsert_articles(connection, [each for each in ARTICLES if each.source_id != "later"], now=now)
    for curated in LISTS:
        put_curated_list(connection, curated, now=now)


@pytest.fixture(scope="module")
def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the small newsroom, below the base path /news/api too."""
    folder = tmp_path_factory.mktemp("served")
    address = f"sqlite:///{folder}/dayline.db"
    shutil.copy(sqlite_template, folder / "dayline.db")
    run_once(address, fill_for_server)
    started = start_server(address, folder, free_port(), DAYLINE_PUBLIC_URL="https://www.courier.example/news/api")
    try:
        asyncio.run(started.wait_ready())
        yield started
    finally:
        started.end()
