"""A server with the sample, below a base path, for all tests of this folder; and what it responds, recorded once."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app import clock
from app.actions.keys import create_key
from app.db.database import COMMANDS, Connection, open_database
from app.domain.api_key import ApiKeyScope
from app.schemas.api_key import ApiKeyCreate
from tests.conformance.recorded import Recorder
from tests.conftest import run_once
from tests.sample import load_sample
from tests.server_process import Server, free_port, start_server

SCOPES = [
    ApiKeyScope.CONTENT_READ,
    ApiKeyScope.ARTICLES_WRITE,
    ApiKeyScope.ARTICLES_PUBLISH,
    ApiKeyScope.CATALOGUE_WRITE,
]


@dataclass(frozen=True, slots=True)
class Installation:
    """A running server: its URL with the base path, a key that may write, and its recorded responses."""

    url: str
    key: str
    recorder: Recorder


def _fill(address: str) -> str:
    async def load() -> None:
        database = open_database(address, limits=COMMANDS)
        try:
            await load_sample(database, now=clock.now)
        finally:
            await database.close()

    def create(connection: Connection) -> str:
        record = ApiKeyCreate.model_validate({"name": "Conformance", "scopes": SCOPES})
        _, token = create_key(connection, record, now=clock.now())
        return token

    asyncio.run(load())
    token: str = run_once(address, create)
    return token


def _serving(address: str, folder: Path, port: int, **settings: str) -> Iterator[Server]:
    server = start_server(address, folder, port, **settings)
    try:
        asyncio.run(server.wait_ready())
        yield server
    finally:
        server.end()


@pytest.fixture(scope="session")
def newsroom(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a SQLite file with the sample, and a key of it."""
    path = tmp_path_factory.mktemp("newsroom") / "dayline.db"
    shutil.copy(sqlite_template, path)
    return path, _fill(f"sqlite:///{path}")


@pytest.fixture(scope="session")
def installation(newsroom: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Serve the sample below /api."""
    folder, port = tmp_path_factory.mktemp("conformance"), free_port()
    path, key = newsroom
    shutil.copy(path, folder / "dayline.db")
    address = f"sqlite:///{folder}/dayline.db"
    url = f"http://127.0.0.1:{port}/api"
    for _ in _serving(address, folder, port, DAYLINE_PUBLIC_URL=url):
        yield Installation(url, key, Recorder())


@pytest.fixture
def keyed_installation(newsroom: tuple[Path, str], tmp_path: Path) -> Iterator[Installation]:
    """Serve the sample to keys alone."""
    port = free_port()
    path, key = newsroom
    shutil.copy(path, tmp_path / "dayline.db")
    address = f"sqlite:///{tmp_path}/dayline.db"
    for _ in _serving(address, tmp_path, port, DAYLINE_READ_ACCESS="api-key"):
        yield Installation(f"http://127.0.0.1:{port}", key, Recorder())
