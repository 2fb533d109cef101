"""CDN purger: everything at the start, every change immediately, and all of it twice."""

import asyncio
import time

import pytest

from app import clock
from app.background.cdn_purger import MAX_CHARACTERS, MAX_KEYS
from app.db.database import Connection, Database
from app.invalidation import purge_progress
from app.main import create_app
from app.settings import Settings
from tests.background.network import Network, until
from tests.background.purgers import SETTLED_S, progress_of, purger_of, set_progress, settled_purger, until_settled
from tests.conftest import Store, running
from tests.process_writers import append
from tests.records import edition

on_sqlite = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)


@on_sqlite
async def test_start_purges_everything_in_two_passes(database: Database, network: Network) -> None:
    async with purger_of(database, network.address):
        await until(lambda: len(network.purges) == 2)
        await until_settled(database)
        await asyncio.sleep(2 * SETTLED_S)
    first, again = network.purges
    assert first.line == "POST /purge HTTP/1.1"
    assert first.keys == again.keys == ["all"]
    assert again.at - first.at >= SETTLED_S


async def test_change_is_purged_in_two_passes(database: Database, network: Network) -> None:
    async with settled_purger(database, network):
        begun = time.monotonic()
        await database.write(append, key="tag:7")
        await until(lambda: len(network.purges) == 2)
        await until_settled(database)
    first, again = network.purges
    assert first.keys == again.keys == ["tag:7"]
    assert first.at - begun < 3
    assert again.at - first.at >= SETTLED_S


@on_sqlite
async def test_article_purges_its_lists(store: Store, database: Database, network: Network) -> None:
    await store(edition())
    async with settled_purger(database, network):
        await store(edition(name="Another name"))
        await until(lambda: network.with_key("edition:1"))
        assert "editions" in network.purges[0].keys


@on_sqlite
async def test_purge_requests_have_the_configured_header(database: Database, network: Network) -> None:
    async with purger_of(database, network.address, ("Fastly-Key", "secret")):
        await until(lambda: network.purges)
    assert network.purges[0].fields["fastly-key"] == "secret"


@on_sqlite
async def test_many_changes_are_purged_in_bounded_requests(database: Database, network: Network) -> None:
    async with settled_purger(database, network):
        async with asyncio.timeout(20):
            for batch in range(4):
                await database.write(append_tags, batch * 200, 200)
            await until_settled(database)
    assert {key for each in network.purges for key in each.keys} == {f"tag:{number}" for number in range(800)}
    assert max(len(each.keys) for each in network.purges) <= MAX_KEYS
    assert max(len(each.fields["surrogate-key"]) for each in network.purges) <= MAX_CHARACTERS


def append_tags(connection: Connection, first: int, count: int) -> None:
    for number in range(first, first + count):
        append(connection, key=f"tag:{number}")


@on_sqlite
async def test_purger_far_behind_purges_everything(
    database: Database, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge_progress, "MAX_BEHIND", 10)
    async with settled_purger(database, network):
        await database.write(append, 11)
        await until(lambda: len(network.purges) == 2)
        await until_settled(database)
    assert [each.keys for each in network.purges] == [["all"], ["all"]]


@on_sqlite
async def test_replaced_log_purges_everything(database: Database, network: Network) -> None:
    async with settled_purger(database, network) as purger:
        known = await progress_of(database)
        await set_progress(database, known.model_copy(update={"seq": 900, "again": 900}))
        await until(lambda: network.purges)
        await until_settled(database)
        network.purges.clear()
        purger.purge_all()
        await until(lambda: network.purges)
        assert network.purges[0].keys == ["all"]


@on_sqlite
async def test_no_change_causes_no_purge(database: Database, network: Network) -> None:
    async with settled_purger(database, network):
        before = await progress_of(database)
        await asyncio.sleep(0.2)
        assert await progress_of(database) == before
    assert not network.purges


@on_sqlite
async def test_application_purges_the_configured_cdn(
    database_address: str, store: Store, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store(edition())
    app = create_app(Settings(database_url=database_address, cdn_purge_url=network.address))
    async with running(app) as client:
        await until(lambda: len(network.purges) == 2)
        carried = (await client.get("/v1/editions")).headers["surrogate-key"].split(" ")
        network.purges.clear()
        await store(edition(name="Another name"))
        await until(lambda: network.purges)
        assert set(network.purges[0].keys) & set(carried)
        network.purges.clear()
        monkeypatch.setattr(clock, "_frozen_at", clock.now() + 1)
        app.state.services.log_follower._on_reset()
        await until(lambda: network.with_key("all"))
