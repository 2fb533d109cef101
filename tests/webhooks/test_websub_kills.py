"""A server that is killed while it announces feeds: the next one announces every change that it had not."""

import signal
from pathlib import Path

import pytest

from app import clock
from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import upsert_entry
from app.db.database import open_database
from tests.records import article, edition
from tests.server_process import free_port, start_server
from tests.webhooks.endpoints import until
from tests.webhooks.hubs import has_position, is_announced, topics
from tests.webhooks.receivers import a_receiver, answering


async def announce_through_kills(address: str, folder: Path, *, kills: int) -> None:
    """Publish an article of another tag before each kill, in the middle of the announcements of the one before."""
    database, port = open_database(address), free_port()
    try:
        await database.write(upsert_entry, edition(), now=clock.now())
        async with a_receiver(answering(202)) as hub:
            settings = {"DAYLINE_WEBSUB_HUB": hub.url, "DAYLINE_WEBHOOK_NETWORKS": "127.0.0.1"}
            for number in range(kills + 1):
                server = start_server(address, folder, port, **settings)
                try:
                    await server.wait_ready()
                    await until(lambda: has_position(database))
                    record = article(source_id=str(number), tags=[f"t{number}"])
                    await database.write(upsert_articles, [record], now=clock.now())
                    if number < kills:
                        hub.has_requests.clear()
                        await until(hub.has_requests.is_set)
                        server.send(signal.SIGKILL)
                        assert await server.exit_status() == -signal.SIGKILL
                    else:
                        await until(lambda: is_announced(database))
                finally:
                    server.end()
                assert "Traceback" not in server.output.read_text()
            announced = topics(hub)
        for name in ("rss.xml", "atom.xml", "feed.json", "ninjs.json"):
            base = f"https://courier.example/feeds/global/{name}"
            assert {base, *(f"{base}?tag=t{number}" for number in range(kills + 1))} <= set(announced)
    finally:
        await database.close()


@pytest.mark.soak
async def test_killed_server_loses_no_announcement(address: str, tmp_path: Path) -> None:
    await announce_through_kills(address, tmp_path, kills=20)
