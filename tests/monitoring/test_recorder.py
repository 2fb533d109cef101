"""Metrics of a process: values of its services and the database, and behaviour while they do not respond."""

import asyncio
import http.client
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from app import clock
from app.background.scheduler import Scheduler
from app.changefeed.log_follower import LogFollower
from app.db.database import Database, open_database
from app.db.postgresql.database import PostgresqlDatabase
from app.db.postgresql.pool import POOL_SIZE
from app.domain.api_key import LastUsedBuffer
from app.domain.instant import SECOND_US
from app.main import create_app
from app.metrics.definitions import METRICS
from app.monitoring import recorder
from app.net.listen_address import ListenAddress
from app.settings import Settings
from tests.conftest import NOW, Store, running
from tests.records import article, edition
from tests.server_process import free_port

PATIENCE_S = 10.0
Samples = dict[str, float]


@pytest.fixture
def address_of_metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ListenAddress:
    """Return an address for metrics, whose files are in a folder of this test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(recorder, "SERVICES_S", 0.05)
    monkeypatch.setattr(recorder, "DATABASE_S", 0.05)
    return ListenAddress("127.0.0.1", free_port())


@pytest.fixture
def app(database_address: str, address_of_metrics: ListenAddress) -> FastAPI:
    return create_app(Settings(database_url=database_address, metrics=address_of_metrics))


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app) as opened:
        yield opened


def scrape(address: ListenAddress) -> Samples:
    """Return every sample by its name and labels."""
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
    finally:
        connection.close()
    return {
        each.name + "".join(f" {name}={value}" for name, value in sorted(each.labels.items())): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


async def scraped(address: ListenAddress, holds: Callable[[Samples], bool] = bool) -> Samples:
    """Return the samples once something holds of them."""
    async with asyncio.timeout(PATIENCE_S):
        while not holds(samples := await asyncio.to_thread(scrape, address)):
            pass
    return samples


async def test_services_are_measured(
    client: httpx.AsyncClient, store: Store, address_of_metrics: ListenAddress, database_address: str
) -> None:
    await store(edition(), article(source_id="s1"))
    for _ in range(3):
        assert (await client.get("/v1/timeline")).status_code == 200
    samples = await scraped(address_of_metrics, lambda found: found.get("dayline_follower_position_seq", 0) > 1)
    assert samples["dayline_cache_misses_total"] == samples["dayline_cache_fills_total"] == 1
    assert samples["dayline_cache_hits_total"] == 2
    assert samples["dayline_cache_entries"] == 1
    assert 0 < samples["dayline_cache_bytes"] < samples["dayline_cache_limit_bytes"]
    samples = await scraped(address_of_metrics, lambda found: "dayline_change_log_latest_seq" in found)
    assert samples["dayline_follower_position_seq"] == samples["dayline_change_log_latest_seq"] > 1
    assert samples["dayline_follower_lag_seconds"] == samples["dayline_scheduler_lag_seconds"] == 0
    assert samples["dayline_processes"] == samples["dayline_build_info version=0.2.0"] == 1
    is_pooled = "dayline_pool_connections pool=read state=idle" in samples
    assert is_pooled == database_address.startswith("postgresql")
    names = {metric.name for metric in METRICS if not metric.labels}
    assert names - samples.keys() == {"dayline_websub_position_seq"}, "only processes with a hub have a position"


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
async def test_follower_lag_grows_while_the_database_does_not_respond(
    client: httpx.AsyncClient, address_of_metrics: ListenAddress, tmp_path: Path
) -> None:
    assert (await client.get("/health/live")).status_code == 200
    await scraped(address_of_metrics, lambda found: "dayline_change_log_latest_seq" in found)
    away = (tmp_path / "dayline.db").rename(tmp_path / "away.db")
    samples = await scraped(address_of_metrics, lambda found: found["dayline_follower_lag_seconds"] > 0.2)
    assert "dayline_change_log_latest_seq" not in samples
    assert "dayline_webhook_pending_deliveries" not in samples
    away.rename(tmp_path / "dayline.db")
    samples = await scraped(address_of_metrics, lambda found: "dayline_change_log_latest_seq" in found)
    assert samples["dayline_follower_lag_seconds"] == 0


async def test_metrics_are_not_on_the_address_of_the_api(client: httpx.AsyncClient) -> None:
    assert (await client.get("/metrics")).status_code == 404


async def test_address_is_free_again_when_the_process_ends(
    app: FastAPI, address_of_metrics: ListenAddress, tmp_path: Path
) -> None:
    for _ in range(2):
        async with running(app):
            assert (await scraped(address_of_metrics))["dayline_processes"] == 1
    with pytest.raises(ConnectionRefusedError):
        scrape(address_of_metrics)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("dayline-metrics-")] == []  # noqa: ASYNC240 - a folder of the test


async def test_scheduler_lag_is_the_lateness_of_the_longest_due_article(database: Database, store: Store) -> None:
    scheduler = Scheduler(database, LastUsedBuffer())
    with clock.frozen(NOW):
        await store(edition(), article("2026-11-20T12:00:30Z"), article("2026-11-20T12:01:00Z"))
        await scheduler.refresh()
        assert scheduler.overdue_us() == 0
    with clock.frozen(NOW + 42 * SECOND_US):
        assert scheduler.overdue_us() == 12 * SECOND_US


async def test_follower_position_is_the_latest_change_that_was_applied(database: Database, store: Store) -> None:
    follower = LogFollower(database, on_changes=lambda _: None, on_reset=lambda: None)
    assert follower.position == 0
    await follower.start()
    await store(edition(), article(source_id="s1"))
    assert await follower.sync()
    assert follower.position == 2
    await follower.stop()


async def test_pool_usage_counts_lent_idle_and_awaited_connections(postgresql_address: str) -> None:
    database = open_database(postgresql_address)
    assert isinstance(database, PostgresqlDatabase)
    pool = database._readers
    gate = asyncio.Event()

    async def hold() -> None:
        async with pool.acquire(PATIENCE_S):
            await gate.wait()

    holding = [asyncio.create_task(hold()) for _ in range(POOL_SIZE + 2)]
    async with asyncio.timeout(PATIENCE_S):
        while database.pool_usage()["read"] != (POOL_SIZE, 0, 2):  # noqa: ASYNC110 - as a monitoring system polls
            await asyncio.sleep(0.01)
    gate.set()
    await asyncio.gather(*holding)
    assert database.pool_usage() == {"read": (0, POOL_SIZE, 0), "write": (0, 0, 0)}
    await database.close()
