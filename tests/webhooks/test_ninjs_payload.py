"""Webhook endpoints that receive ninjs: each message is the article as its schema has it, or a canceled stub."""

from pathlib import Path
from typing import Any

import pytest

from app import clock
from app.actions.articles.editing import locate_article
from app.actions.articles.publication import withdraw_article
from app.actions.webhooks.endpoints import edit_webhook
from app.db.database import Connection, Database
from app.domain.actor import Actor
from app.main import create_app
from app.settings import Settings
from app.syndication.feed_document import urn_for
from tests.conftest import Store, running
from tests.records import article, edition, label, section, tag
from tests.syndication.standards import ninjs_errors
from tests.webhooks.endpoints import SECRET, count, dispatching, make_endpoint, messages, until
from tests.webhooks.receivers import Receiver, a_receiver, answering

BODY = [{"type": "paragraph", "html": "The <b>tram</b> waits."}, {"type": "divider"}]
IMAGE = {"url": "https://media.example/tram.jpg", "alt": "A tram", "caption": "At night", "credit": "Mila Stroi"}
DESK = Actor(name="desk")


def withdraw(connection: Connection, source_id: str) -> None:
    """Withdraw an article with a notice."""
    number = locate_article(connection, "global", source_id)
    notice = {"reason": None, "notice": "The names were wrong."}
    withdraw_article(connection, number, expected=None, now=clock.now(), editor=DESK, **notice)


def statuses_of_ninjs(receiver: Receiver) -> list[str]:
    """Return the `pubStatus` of the messages that are ninjs objects."""
    return [each["pubStatus"] for each in messages(receiver) if "pubStatus" in each]


def statuses(receiver: Receiver) -> list[str]:
    """Return the `pubStatus` of each message."""
    return [each["pubStatus"] for each in messages(receiver)]


async def test_ninjs_endpoint_receives_articles_as_ninjs(
    database_address: str, database: Database, store: Store
) -> None:
    await store(
        edition(), section("city", "City"), label("opinion", "OPINION", disclaimer="A voice."), tag("fog", "Fog")
    )
    full: dict[str, Any] = {
        "section": "city",
        "label": "opinion",
        "tags": ["fog"],
        "lead": "It waits.",
        "image": IMAGE,
        "body": BODY,
    }
    async with a_receiver(answering()) as receiver, dispatching(database_address):
        await make_endpoint(database, receiver.url, payload="ninjs")
        await store(article(source_id="a", slug="tram-waits", **full))
        await until(lambda: len(receiver.requests) == 1)
        headers, body = receiver.requests[0]
        assert headers["content-type"] == "application/json"
        assert headers["webhook-id"].startswith("msg_")
        async with running(create_app(Settings(database_url=database_address, webhooks=False))) as client:
            assert body == (await client.get("/v1/articles/tram-waits/ninjs")).content
        await database.write(withdraw, "a")
        await until(lambda: len(receiver.requests) == 2)
        stub = messages(receiver)[1]
        assert stub["pubStatus"] == "canceled"
        assert stub["edNote"] == "The names were wrong."
        assert stub["uri"] == urn_for(stub["altIds"][0]["value"]) == messages(receiver)[0]["uri"]
        assert b"tram waits" not in receiver.requests[1][1]


async def test_ninjs_messages_are_valid_by_their_schema(
    shared_folder: Path, database_address: str, database: Database, store: Store
) -> None:
    await store(edition())
    async with a_receiver(answering()) as receiver, dispatching(database_address):
        await make_endpoint(database, receiver.url, payload="ninjs")
        await store(article(source_id="a", lead="It waits.", image=IMAGE, body=BODY), article(source_id="b"))
        await database.write(withdraw, "a")
        await until(lambda: count_is(database, 0))
        assert "canceled" in statuses(receiver)
        assert "usable" in statuses(receiver)
        for _, body in receiver.requests:
            assert ninjs_errors(shared_folder, body) == []


async def count_is(database: Database, number: int) -> bool:
    """Return whether so many messages are pending, and some were delivered."""
    return await count(database, "pending") == number and await count(database, "delivered") > 0


async def test_article_that_left_the_filters_is_canceled(
    database_address: str, database: Database, store: Store
) -> None:
    await store(edition(), tag("fog", "Fog"))
    async with a_receiver(answering()) as receiver, dispatching(database_address):
        await make_endpoint(database, receiver.url, payload="ninjs", filters={"tag": ["fog"]})
        await store(article(source_id="a", tags=["fog"]))
        await until(lambda: len(receiver.requests) == 1)
        await store(article(source_id="a", tags=[]))
        await until(lambda: len(receiver.requests) == 2)
        assert statuses(receiver) == ["usable", "canceled"]


async def test_entries_are_not_sent_as_ninjs(database_address: str, database: Database, store: Store) -> None:
    await store(edition(), tag("fog", "Fog"))
    async with a_receiver(answering()) as receiver, a_receiver(answering()) as other, dispatching(database_address):
        await make_endpoint(database, receiver.url, payload="ninjs")
        await make_endpoint(database, other.url)
        await store(section("city", "City"), article(source_id="a"))
        await until(lambda: len(other.requests) >= 3)
        await until(lambda: count_is(database, 0))
        assert {each["type"] for each in messages(other)} >= {"edition.updated", "article.published"}
        assert statuses(receiver) == ["usable"]


async def test_changed_payload_applies_to_pending_messages(
    database_address: str, database: Database, store: Store
) -> None:
    await store(edition(), article(source_id="a"))
    status = 503

    async def respond(writer: Any) -> None:
        await answering(status)(writer)

    async with a_receiver(respond) as receiver, dispatching(database_address) as dispatcher:
        endpoint = await make_endpoint(database, receiver.url)
        await until(lambda: len(receiver.requests) >= 1)
        assert "type" in messages(receiver)[0]
        await database.write(edit_webhook, endpoint, {"payload": "ninjs"}, expected=None, now=clock.now())
        status = 204
        dispatcher.wake()
        await until(lambda: count_is(database, 0))
        assert statuses_of_ninjs(receiver) == ["usable"]


@pytest.mark.parametrize("payload", ["dayline", "ninjs"])
async def test_ping_has_one_form(database_address: str, database: Database, store: Store, payload: str) -> None:
    await store(edition())
    async with a_receiver(answering()) as receiver, dispatching(database_address) as dispatcher:
        endpoint = await make_endpoint(database, receiver.url, payload=payload, since=1_000_000)
        assert await dispatcher.ping(endpoint) is not None
        assert messages(receiver)[-1]["type"] == "webhook.ping"
        assert SECRET not in str(receiver.requests)
