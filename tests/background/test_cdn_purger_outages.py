"""CDN purger after failures and restarts: one process at a time, without delaying any other work."""

import asyncio
import time
from functools import partial

import pytest

from app import clock
from app.background import cdn_purger
from app.db.database import Database, open_database
from app.domain.instant import SECOND_US
from tests.background.network import Network, a_network, until
from tests.background.purgers import progress_of, purger_of, set_progress, settled_purger, until_settled
from tests.process_writers import append
from tests.server_process import free_port

on_sqlite = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)


@on_sqlite
@pytest.mark.usefixtures("hurry")
async def test_unreachable_cdn_blocks_nothing_and_is_purged_later(database: Database) -> None:
    port = free_port()
    async with purger_of(database, f"http://127.0.0.1:{port}/purge"):
        await asyncio.sleep(0.15)
        begun = time.monotonic()
        await database.write(append, key="tag:7")
        assert time.monotonic() - begun < 5  # it stays down for as long as this takes
        async with a_network(port) as network:
            await until_settled(database)
            assert network.purges[0].keys == ["all"]


@on_sqlite
async def test_outage_is_logged_when_it_begins_and_when_it_ends(
    database: Database, network: Network, caplog: pytest.LogCaptureFixture
) -> None:
    async with settled_purger(database, network):
        network.status = 503
        await database.write(append, key="tag:7")
        await until(lambda: len(network.purges) > 3)
        assert (await progress_of(database)).seq == 0
        network.status = 204
        await until_settled(database)
    begun, ended = [record.getMessage() for record in caplog.records if record.name == cdn_purger.__name__]
    assert begun == "CDN purge failed, retrying: PurgeRejectedError: the CDN responded with 503"
    assert ended.startswith("CDN purge recovered after ")
    assert all(each.keys == ["tag:7"] for each in network.purges)


@on_sqlite
async def test_no_transaction_is_open_during_a_purge(database: Database, network: Network) -> None:
    async with settled_purger(database, network):
        network.is_open.clear()
        await database.write(append, key="tag:7")
        await until(lambda: network.purges)
        for _ in range(5):
            begun = time.monotonic()
            await database.write(append, key="tag:8")
            assert time.monotonic() - begun < 5  # the CDN does not respond for as long as this takes
        network.is_open.set()
        await until(lambda: network.with_key("tag:8"))


async def test_one_process_purges_at_a_time(database: Database, database_address: str, network: Network) -> None:
    async with settled_purger(database, network):
        others = [open_database(database_address) for _ in range(3)]
        try:
            async with (
                purger_of(others[0], network.address),
                purger_of(others[1], network.address),
                purger_of(others[2], network.address),
            ):
                await until(lambda: network.purges)
                await until_settled(database)
                assert 2 <= len(network.purges) <= 6  # those that began together were served by one purge
                network.purges.clear()
                for number in range(10):
                    await database.write(append, key=f"tag:{number}")
                await until_settled(database)
        finally:
            for other in others:
                await other.close()
    assert network.at_once_most == 1
    assert [len(network.with_key(f"tag:{number}")) for number in range(10)] == [2] * 10


async def test_lease_of_a_dead_process_expires(database: Database, network: Network) -> None:
    async with settled_purger(database, network):
        ends_at = clock.now() + SECOND_US // 4
        known = await progress_of(database)
        await set_progress(database, known.with_lease("somebody who died", ends_at))
        await database.write(append, key="tag:7")
        await until(lambda: network.purges)
        assert clock.now() >= ends_at
        assert network.purges[0].keys == ["tag:7"]


@on_sqlite
async def test_second_pass_of_an_ended_process_is_done_by_another(database: Database, network: Network) -> None:
    async with settled_purger(database, network):
        await database.write(append, key="tag:7")
        await until(lambda: network.purges)
        known = await progress_of(database)
    network.purges.clear()
    async with purger_of(database, network.address) as other:
        other._since = known.all_at  # it began before
        await until_settled(database)
    assert [each.keys for each in network.purges] == [["tag:7"]]


@on_sqlite
async def test_purger_stops_quickly_with_any_cdn(database: Database, network: Network) -> None:
    network.is_open.clear()
    async with purger_of(database, network.address) as purger:
        await until(lambda: network.purges)
        begun = time.monotonic()
        await purger.stop()
        assert time.monotonic() - begun < 5
    assert (await progress_of(database)).all_at == 0


@on_sqlite
async def test_failed_database_is_retried(
    database: Database, network: Network, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with settled_purger(database, network) as purger:
        with monkeypatch.context() as broken:
            broken.setattr(purger._watch, "ensure_connected", partial(_fail, "gone"))
            await database.write(append, key="tag:7")
            await until(lambda: caplog.records)
        await until(lambda: network.with_key("tag:7"))


async def _fail(reason: str) -> None:
    raise ConnectionError(reason)
