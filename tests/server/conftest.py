"""Servers over the small newsroom, with and without early hits."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import fill
from tests.cache.served import Served, serving
from tests.conftest import run_once

StartServer = Callable[..., Served]


@pytest.fixture(scope="session")
def newsroom_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the small newsroom."""
    file = tmp_path_factory.mktemp("newsroom") / "dayline.db"
    shutil.copy(sqlite_template, file)
    run_once(f"sqlite:///{file}", fill)
    return file


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
    """A server with the default limits."""
    file = shutil.copy(newsroom_file, tmp_path_factory.mktemp("served") / "dayline.db")
    with serving(f"sqlite:///{file}", early=request.param) as served:
        yield served
