"""Publishers to a WebSub hub, which is a receiver on a port of this machine, and what they announced."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

from app.db.database import Database
from app.domain.websub import AnnouncementProgress, parse_progress
from app.queries.catalogue.editions import EditionView
from app.queries.feeds.topics import read_announcement_state
from app.webhooks.client import WebhookClient
from app.webhooks.ssrf_guard import SsrfGuard
from app.webhooks.websub_publisher import WebSubPublisher
from tests.webhooks.endpoints import LOOPBACK, until
from tests.webhooks.receivers import Receiver

API = "https://api.courier.example"
FORMATS = ("rss.xml", "atom.xml", "feed.json", "ninjs.json")


def feed_url(edition: EditionView, path: str) -> str:
    """Return the URL of a feed."""
    assert path.startswith(f"/feeds/{edition.slug}/")
    return API + path


@asynccontextmanager
async def publishing(database: Database, hub: str, **options: Any) -> AsyncIterator[WebSubPublisher]:
    """Run a publisher that has read its position."""
    given = {"networks": LOOPBACK, **options}
    client = WebhookClient(SsrfGuard(given.pop("networks")))
    publisher = WebSubPublisher(database, client, hub=hub, feed_url=feed_url, **given)
    publisher.start()
    try:
        await until(lambda: has_position(database))
        yield publisher
    finally:
        await publisher.stop()


async def read_progress(database: Database) -> tuple[AnnouncementProgress | None, int]:
    """Return the stored progress and the position of the log."""
    state = await database.read(read_announcement_state)
    return parse_progress(state.progress), state.latest


async def has_position(database: Database) -> bool:
    """Return whether a progress is stored."""
    return (await read_progress(database))[0] is not None


async def is_announced(database: Database) -> bool:
    """Return whether every change was announced, and no process holds the lease."""
    progress, latest = await read_progress(database)
    return progress is not None and progress.seq == latest and not progress.holder


def topics(receiver: Receiver) -> list[str]:
    """Return the announced topics in order, each checked for the whole of its request."""
    found = []
    for fields, body in receiver.requests:
        assert fields["content-type"] == "application/x-www-form-urlencoded"
        form = parse_qs(body.decode(), strict_parsing=True)
        assert form["hub.mode"] == ["publish"]
        assert form["hub.url"] == form["hub.topic"]
        found += form["hub.url"]
    return found


def feeds(edition: str, *queries: str) -> list[str]:
    """Return the topics of an edition with these queries."""
    return [f"{API}/feeds/{edition}/{name}{query}" for query in queries for name in FORMATS]
