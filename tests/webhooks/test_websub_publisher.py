"""WebSub: changed feeds are announced to the hub, at least once, whatever happens to process and hub."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from app import clock
from app.actions.articles.editing import locate_article
from app.actions.articles.publication import withdraw_article
from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import upsert_entry
from app.db.database import Connection, Database
from app.domain.actor import Actor
from app.domain.instant import SECOND_US
from app.domain.websub import NAME, AnnouncementProgress, dump_progress, parse_progress
from app.interchange.key_value import compare_and_set, get_value
from app.invalidation import purge_progress
from app.schemas.interchange import ArticleRecord
from app.webhooks import websub_publisher
from tests.records import article, author, edition, section, tag
from tests.webhooks.endpoints import until
from tests.webhooks.hubs import feeds, is_announced, publishing, read_progress, topics
from tests.webhooks.receivers import a_receiver, answering, hanging

DESK = Actor(name="desk")
ENTRIES = (
    edition(),
    edition("ua", language="uk", default=False),
    section("city", "City"),
    tag("fog", "Fog"),
    author("ada", "Ada"),
)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let publishers look often, and retry soon."""
    for name, seconds in (("POLL_S", 0.2), ("PURGE_POLL_S", 0.02), ("SETTLE_S", 0.05), ("BACK_OFF_S", 0.05)):
        monkeypatch.setattr(websub_publisher, name, seconds)


@pytest.fixture
async def newsroom(database: Database) -> Database:
    """Store two editions and an entry of each kind."""
    for entry in ENTRIES:
        await database.write(upsert_entry, entry, now=clock.now())
    return database


async def publish(database: Database, *records: ArticleRecord) -> None:
    await database.write(upsert_articles, list(records), now=clock.now())


async def test_publisher_announces_the_feeds_of_a_change_once(newsroom: Database) -> None:
    members: dict[str, Any] = {"section": "city", "tags": ["fog"], "authors": ["ada"]}
    await publish(newsroom, article(source_id="before the first start", **members))
    async with a_receiver(answering(202)) as hub, publishing(newsroom, hub.url) as publisher:
        await publish(newsroom, article(source_id="a", **members))
        await until(lambda: is_announced(newsroom))
        expected = feeds("global", "", "?section=city", "?tag=fog", "?author=ada")
        assert Counter(topics(hub)) == Counter(expected)
        assert (publisher.announced, publisher.failed) == (len(expected), 0)
        _, latest = await read_progress(newsroom)
        await until(lambda: publisher.position == latest)


async def test_changes_that_follow_soon_are_announced_together(
    newsroom: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_receiver(answering(202)) as hub:
        async with publishing(newsroom, hub.url):
            pass
        for number in range(5):
            await publish(newsroom, article(source_id=str(number)))
        await publish(newsroom, article(source_id="u", edition="ua"))
        monkeypatch.setattr(websub_publisher, "MAX_ROWS", 4)
        async with publishing(newsroom, hub.url):
            await until(lambda: is_announced(newsroom))
        counts = Counter(topics(hub))
        assert set(counts) == {*feeds("global", ""), *feeds("ua", "")}
        assert max(counts.values()) <= 2


async def test_withdrawals_and_entries_are_announced_and_pages_are_not(newsroom: Database) -> None:
    await publish(newsroom, article(source_id="a", tags=["fog"]))
    async with a_receiver(answering(202)) as hub, publishing(newsroom, hub.url):
        await publish(newsroom, article(source_id="about", format="page"))
        await until(lambda: is_announced(newsroom))
        assert topics(hub) == []
        await newsroom.write(_withdraw)
        await until(lambda: is_announced(newsroom))
        assert set(topics(hub)) >= {*feeds("global", "", "?tag=fog")}
        hub.requests.clear()
        await newsroom.write(upsert_entry, section("city", "The city"), now=clock.now())
        await until(lambda: is_announced(newsroom))
        assert topics(hub) == feeds("global", "?section=city")
        hub.requests.clear()
        await newsroom.write(upsert_entry, author("ada", "Ada Lorn"), now=clock.now())
        await until(lambda: is_announced(newsroom))
        assert topics(hub) == []  # nobody has read that name in a feed


async def test_changed_entry_is_announced_in_the_editions_that_have_articles_of_it(newsroom: Database) -> None:
    members: dict[str, Any] = {"tags": ["fog"], "authors": ["ada"]}
    await publish(newsroom, article(source_id="a", **members))
    await publish(newsroom, article(source_id="draft", edition="ua", status="draft", **members))
    async with a_receiver(answering(202)) as hub, publishing(newsroom, hub.url):
        for entry, query in ((tag("fog", "Sea fog"), "?tag=fog"), (author("ada", "Ada Lorn"), "?author=ada")):
            await newsroom.write(upsert_entry, entry, now=clock.now())
            await until(lambda: is_announced(newsroom))
            assert sorted(topics(hub)) == sorted(feeds("global", query))
            hub.requests.clear()
        await publish(newsroom, article(source_id="u", edition="ua", **members))
        await until(lambda: is_announced(newsroom))
        hub.requests.clear()
        await newsroom.write(upsert_entry, tag("fog", "Fog"), now=clock.now())
        await until(lambda: is_announced(newsroom))
        assert sorted(topics(hub)) == sorted([*feeds("global", "?tag=fog"), *feeds("ua", "?tag=fog")])


def _withdraw(connection: Connection) -> None:
    number = locate_article(connection, "global", "a")
    withdraw_article(connection, number, reason=None, notice=None, expected=None, now=clock.now(), editor=DESK)


async def test_failing_hub_is_retried_until_it_takes_the_feeds(
    newsroom: Database, caplog: pytest.LogCaptureFixture
) -> None:
    status = 503

    async def respond(writer: asyncio.StreamWriter) -> None:
        await answering(status)(writer)

    async with a_receiver(respond) as hub, publishing(newsroom, hub.url) as publisher:
        before, _ = await read_progress(newsroom)
        await publish(newsroom, article(source_id="a"))
        await until(lambda: publisher.failed >= 3)
        during, latest = await read_progress(newsroom)
        assert before is not None
        assert during is not None
        assert during.seq == before.seq < latest
        hub.requests.clear()
        status = 202
        await until(lambda: is_announced(newsroom))
        assert topics(hub)[-4:] == feeds("global", "")
    lines = [record.getMessage() for record in caplog.records if record.name == websub_publisher.__name__]
    assert (
        sum("WebSub announcement failed, retrying: HubError: The receiver answered 503" in line for line in lines) == 1
    )
    assert sum(line.startswith("WebSub announcements recovered after") for line in lines) == 1


async def test_hub_that_names_a_delay_is_left_alone_by_every_process(newsroom: Database) -> None:
    requested_at: list[int] = []

    async def respond(writer: asyncio.StreamWriter) -> None:
        requested_at.append(clock.now())
        given = (202,) if len(requested_at) > 1 else (429, "retry-after: 1")
        await answering(*given)(writer)

    async with a_receiver(respond) as hub, publishing(newsroom, hub.url), publishing(newsroom, hub.url):
        await publish(newsroom, article(source_id="a"))
        await until(lambda: is_announced(newsroom))
        assert topics(hub) == [feeds("global", "")[0], *feeds("global", "")]
        assert requested_at[1] >= requested_at[0] + SECOND_US


async def test_refused_feed_does_not_block_others(newsroom: Database, caplog: pytest.LogCaptureFixture) -> None:
    async with a_receiver(answering(400)) as hub, publishing(newsroom, hub.url) as publisher:
        await publish(newsroom, article(source_id="a"))
        await until(lambda: is_announced(newsroom))
        assert topics(hub) == feeds("global", "")
        assert (publisher.announced, publisher.failed) == (0, 4)
    assert "The hub refused an announcement, which is not repeated: The receiver answered 400." in caplog.text


async def test_changes_while_nothing_runs_are_announced_later(newsroom: Database) -> None:
    async with a_receiver(answering(202)) as hub:
        async with publishing(newsroom, hub.url):
            pass
        await publish(newsroom, article(source_id="a"))
        async with publishing(newsroom, hub.url):
            await until(lambda: is_announced(newsroom))
        assert topics(hub) == feeds("global", "")


async def test_one_of_several_publishers_announces(newsroom: Database) -> None:
    async with a_receiver(answering(202)) as hub, publishing(newsroom, hub.url), publishing(newsroom, hub.url):
        for source_id in "abc":
            await publish(newsroom, article(source_id=source_id))
            await until(lambda: is_announced(newsroom))
        assert Counter(topics(hub)) == Counter(feeds("global", "") * 3)


async def test_interrupted_announcement_is_repeated_by_the_next_process(newsroom: Database) -> None:
    async with a_receiver(answering(202)) as hub:
        async with publishing(newsroom, hub.url):
            pass
        async with a_receiver(hanging) as silent, publishing(newsroom, silent.url) as dying:
            await publish(newsroom, article(source_id="a"))
            await until(silent.has_requests.is_set)
            assert dying._task is not None
            dying._task.cancel()
            dying._progress.stored = None  # a killed process releases no lease
        await newsroom.write(_expire_lease)
        async with publishing(newsroom, hub.url):
            await until(lambda: is_announced(newsroom))
        assert topics(hub) == feeds("global", "")


async def test_hub_on_a_private_address_is_not_contacted(newsroom: Database, caplog: pytest.LogCaptureFixture) -> None:
    async with a_receiver(answering(202)) as hub, publishing(newsroom, hub.url, networks=()) as publisher:
        await publish(newsroom, article(source_id="a"))
        await until(lambda: publisher.failed > 0)
        assert hub.connections == 0
    assert "WebSub announcement failed, retrying: HubError: The URL of a webhook must begin with https" in caplog.text


async def test_feeds_are_announced_after_the_cdn_was_purged(newsroom: Database) -> None:
    async with a_receiver(answering(202)) as hub, publishing(newsroom, hub.url, waits_for_purges=True):
        await publish(newsroom, article(source_id="a"))
        await asyncio.sleep(0.2)
        assert topics(hub) == []
        _, latest = await read_progress(newsroom)
        purged = purge_progress.dump_progress(purge_progress.PurgeProgress(seq=latest))
        await newsroom.write(compare_and_set, purge_progress.NAME, old=None, new=purged)
        await until(lambda: is_announced(newsroom))
        assert topics(hub) == feeds("global", "")


async def test_replaced_log_announces_every_edition(newsroom: Database) -> None:
    async with a_receiver(answering(202)) as hub:
        async with publishing(newsroom, hub.url):
            pass
        _, latest = await read_progress(newsroom)
        await newsroom.write(_set_position, latest + 1_000)
        async with publishing(newsroom, hub.url):
            await until(lambda: is_announced(newsroom))
        assert topics(hub) == [*feeds("global", ""), *feeds("ua", "")]


def _set_position(connection: Connection, seq: int) -> None:
    stored = get_value(connection, NAME)
    assert compare_and_set(connection, NAME, old=stored, new=dump_progress(AnnouncementProgress(seq=seq)))


def _expire_lease(connection: Connection) -> None:
    stored = get_value(connection, NAME)
    progress = parse_progress(stored)
    assert progress is not None
    assert progress.holder
    expired = dump_progress(progress.with_lease(progress.holder, 1))
    assert compare_and_set(connection, NAME, old=stored, new=expired)
