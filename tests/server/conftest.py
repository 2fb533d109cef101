"""Servers over the small newsroom, with and without early hits."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from app import clock
from app.actions.keys import create_key
from app.domain.api_key import ApiKeyScope
from app.schemas.api_key import ApiKeyCreate
from tests.api.conftest import fill
from tests.conftest import run_once
from tests.response_cache.threaded_server import Served, serving

StartServer = Callable[..., Served]


@pytest.fixture(scope="session")
def newsroom(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Create a database file with the small newsroom, and a key that may write."""
    file = tmp_path_factory.mktemp("newsroom") / "dayline.db"
    shutil.copy(sqlite_template, file)
    record = ApiKeyCreate.model_validate({"name": "Test", "scopes": [ApiKeyScope.ARTICLES_WRITE]})

    def make_key(connection: Connection) -> str:
        fill(connection)
        return create_key(connection, record, now=clock.now())[1]

    return file, run_once(f"sqlite:///{file}", make_key)


@pytest.fixture(scope="session")
def newsroom_file(newsroom: tuple[Path, str]) -> Path:
    """Return a database file with the small newsroom."""
    return newsroom[0]


@pytest.fixture(scope="session")
def newsroom_token(newsroom: tuple[Path, str]) -> str:
    """Return the token of a key that may write articles."""
    return newsroom[1]


@pytest.fixture
def start_server(newsroom_file: Path, tmp_path: Path) -> Iterator[StartServer]:
    """Start servers over a copy of the small newsroom; they end with the test."""
    with ExitStack() as stack:

        def start(*, early: bool = True, **options: Any) -> Served:
            address = f"sqlite:///{shutil.copy(newsroom_file, tmp_path / f'dayline-{early}.db')}"
            return stack.enter_context(serving(address, early=early, **options))

        yield start


@pytest.fixture(scope="session", params=[True, False], ids=["early hits", "no early hits"])
def server(
    request: pytest.FixtureRequest, newsroom_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Start a server with the default limits."""
    file = shutil.copy(newsroom_file, tmp_path_factory.mktemp("served") / "dayline.db")
    with serving(f"sqlite:///{file}", early=request.param) as served:
        yield served
