"""Fixtures of tests of the response cache: the system under test, the reference, another worker, and histories."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import Any, Protocol

import httpx
import pytest

from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue import section_moves
from app.actions.catalogue.entries import upsert_entry
from app.actions.keys import create_key
from app.background import batch_jobs
from app.changefeed import log_follower
from app.db.base import metadata
from app.db.database import Connection, open_database
from app.db.locks import lock_change_log
from app.db.postgresql import commit_listener
from app.domain.api_key import ApiKeyScope
from app.schemas.api_key import ApiKeyCreate
from tests.conftest import NOW, Store, api_document, app_of, opened
from tests.records import article, edition, label
from tests.response_cache.compare_with_reference import Here
from tests.response_cache.history import History
from tests.response_cache.newsroom import CATALOGUE, Newsroom, archive
from tests.response_cache.second_process import OtherProcess, another_process

SCOPES = (ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH, ApiKeyScope.CATALOGUE_WRITE)


@pytest.fixture(scope="session")
def reference_process() -> Iterator[OtherProcess]:
    """Run a process that caches no responses."""
    with another_process(cache_bytes=0) as peer:
        yield peer


@pytest.fixture(scope="session")
def worker_process() -> Iterator[OtherProcess]:
    """Run a process that caches responses, as the one under test does."""
    with another_process(cache_bytes=None) as peer:
        yield peer


@pytest.fixture(scope="session")
def machine_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherProcess]:
    """Start a process that caches responses and shares no memory with this one, as on another machine."""
    with another_process(cache_bytes=None, folder=tmp_path_factory.mktemp("machine")) as peer:
        yield peer


class Begin(Protocol):
    """Begins a history on the test's database."""

    async def __call__(self, number: int, *, articles: int = 40, beside: str | None = None) -> History:
        """Return a history of that number over so many articles, beside the process of the fixture with this name."""


@pytest.fixture
async def begin(
    database_address: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Begin]:
    """Return a function that begins a history; the app under test and the others are opened once for each test.

    A later history finds the database as after a restore: emptied, and filled again.
    """
    monkeypatch.setattr(batch_jobs, "POLL_S", 3_600.0)  # jobs run as steps of the history
    monkeypatch.setattr(section_moves, "RELISTED_IN_MOVE", 0)
    opened_once: dict[str, Any] = {}
    async with AsyncExitStack() as stack:

        async def open_all(beside: str | None) -> None:
            peers = [request.getfixturevalue("reference_process")]
            peers += [] if beside is None else [request.getfixturevalue(beside)]
            for peer in peers:
                await stack.enter_async_context(peer.serving(database_address, now=NOW))
            opened_once["reference"], *opened_once["others"] = peers
            opened_once["here"] = await stack.enter_async_context(_here(database_address))

        async def begin_history(number: int, *, articles: int = 40, beside: str | None = None) -> History:
            newsroom = Newsroom(Random(number), NOW)
            token = await _fill(database_address, newsroom, articles)
            if not opened_once:
                await open_all(beside)
            here: Here = opened_once["here"]
            here.reads.pause = None
            return History(number=number, document=api_document(), token=token, newsroom=newsroom, **opened_once)

        yield begin_history


@asynccontextmanager
async def _here(address: str) -> AsyncIterator[Here]:
    async with opened(address):
        yield Here(app_of(0)[0])


def empty(connection: Connection) -> None:
    """Delete all rows of every table."""
    for table in reversed(metadata.sorted_tables):
        connection.execute(table.delete())


async def _fill(address: str, newsroom: Newsroom, articles: int) -> str:
    """Store the catalogue and an archive in an emptied database; return the token of a key that may do everything."""

    def fill(connection: Connection) -> str:
        lock_change_log(connection)  # first, as every writer does: the app of the previous history still runs
        empty(connection)
        for record in CATALOGUE:
            upsert_entry(connection, record, now=NOW)
        stored = upsert_articles(connection, [*archive(newsroom, articles)], now=NOW)
        failed: list[Any] = [outcome for outcome in stored.outcomes if isinstance(outcome, Exception)]
        assert not failed, failed
        key = ApiKeyCreate.model_validate({"name": "The history's key", "scopes": list(SCOPES)})
        return create_key(connection, key, now=NOW)[1]

    database = open_database(address)
    try:
        return await database.write(fill)
    finally:
        await database.settle()
        await database.close()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Extend all limits on waiting for the database, so that no request bypasses the cache on a busy machine."""
    monkeypatch.setattr(log_follower, "CAUGHT_UP_WITHIN_S", 30.0)
    monkeypatch.setattr(commit_listener, "QUERY_TIMEOUT_S", 30.0)


@pytest.fixture
async def warm_client(patient: None, client: httpx.AsyncClient, store: Store) -> httpx.AsyncClient:  # noqa: ARG001 - started first
    """Create a client of an app that has read everything: two editions, one of them with a little news."""
    await store(
        edition(),
        edition("harbour", default=False),
        label("opinion", "OPINION"),
        *(article(f"2026-11-20T0{hour}:00:00Z", source_id=f"s{hour}", slug=f"story-{hour}") for hour in range(1, 5)),
        article("2026-11-19T10:00:00Z", source_id="old", slug="old", label="opinion", tags=["trams"]),
    )
    assert (await client.get("/v1/editions")).status_code == 200
    return client
