"""Fixtures of tests of the Python client: the real app behind it, in this process or as a server."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from dayline_client import AsyncDayline
from tests.api.conftest import make_key, newsroom, newsroom_template
from tests.server_process import Server, free_port, start_server

__all__ = ["make_key", "newsroom", "newsroom_template"]


@pytest.fixture
async def dayline(client: httpx.AsyncClient) -> AsyncIterator[AsyncDayline]:
    """Create a client of the app in this process."""
    async with AsyncDayline("http://dayline.test", transport=client._transport) as made:
        yield made


@pytest.fixture(scope="module")
def server(newsroom_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the small newsroom, below the base path /news/api too."""
    folder = tmp_path_factory.mktemp("served")
    address = f"sqlite:///{folder}/dayline.db"
    shutil.copy(newsroom_template, folder / "dayline.db")
    started = start_server(address, folder, free_port(), DAYLINE_PUBLIC_URL="https://www.courier.example/news/api")
    try:
        asyncio.run(started.wait_ready())
        yield started
    finally:
        started.end()
