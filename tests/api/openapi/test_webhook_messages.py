"""Webhooks of the document compared with the messages that a receiver gets."""

from types import SimpleNamespace
from typing import Any

import httpx
import orjson

from app.actions.webhooks.endpoints import create_webhook
from app.db.database import Connection, Database
from app.domain.api_key import ApiKeyScope
from app.queries.webhooks.webhook_outbox import ping_delivery, read_current_change, read_outbox_batch, render_message
from app.schemas.change import ChangeListParams
from app.schemas.webhook import WebhookCreate
from app.schemas.webhook_messages import MESSAGES
from tests.api.conftest import MakeKey
from tests.api.contract import Json, resolve, validator
from tests.api.editorial.editor_client import TODAY, Desk
from tests.conftest import NOW, api_document
from tests.webhooks.endpoints import SECRET, dispatching, make_endpoint, until
from tests.webhooks.receivers import a_receiver, answering

ENTRIES: dict[str, Json] = {
    "sections": {"name": "A name"},
    "tags": {"name": "A name"},
    "authors": {"name": "A name"},
    "labels": {"text": "A NAME"},
}
"""Members that entries need besides their slugs or codes."""
NAMES = ("first", "second", "third")
SECOND = {"slug": "second", "name": "Second", "language": "en", "timezone": "UTC", "site_url": "https://second.example"}


async def changes_of_entries(desk: Desk) -> None:
    """Edit, merge and delete entries of each kind that an article made public, and a curated list."""
    for kind, members in ENTRIES.items():
        for name in NAMES:
            await desk.done("POST", f"/{kind}", {"code" if kind == "labels" else "slug": name, **members})
    named = {"sections": [*NAMES], "label": "first", "tags": [*NAMES], "authors": [*NAMES]}
    made = await desk.make(published_at=TODAY, source_id="named", **named)
    await desk.edit(made, {"sections": ["first"], "tags": ["first"], "authors": ["first"]})
    for kind, members in ENTRIES.items():
        await desk.done(
            "PATCH", f"/{kind}/first", {name: f"{value} again" for name, value in members.items()}, if_match="*"
        )
        if kind in {"tags", "authors"}:
            await desk.done("PUT", f"/{kind}/second/merge", {"into": "first"})
        assert (await desk.send("DELETE", f"/{kind}/third")).status_code == 204
    await desk.done("PATCH", "/editions/global", {"name": "The Courier"}, if_match="*")
    await desk.done("POST", "/editions", SECOND)
    assert (await desk.send("DELETE", "/editions/second")).status_code == 204
    for slug in ("front-page", "most-read"):
        await desk.done("PUT", f"/lists/{slug}", {"name": "Front page"})
    assert (await desk.send("DELETE", "/lists/most-read")).status_code == 204


async def changes_of_articles(desk: Desk) -> None:
    """Publish, alert, edit, bump, withdraw and restore articles, and remove one from the tag."""
    names = ("updated", "bumped", "withdrawn", "restored", "removed")
    made = {name: await desk.make(published_at=TODAY, source_id=name, tags=["fog"]) for name in names}
    await desk.make(published_at=TODAY, source_id="alert", tags=["fog"], alert=True)
    await desk.edit(made["updated"], {"lead": "It lifts."})
    await desk.done("PUT", f"/articles/{made['bumped']['id']}/bump", {})
    for name in ("withdrawn", "restored"):
        await desk.done("PUT", f"/articles/{made[name]['id']}/withdrawal", {"notice": "The names were wrong."})
    await desk.done("DELETE", f"/articles/{made['restored']['id']}/withdrawal")
    await desk.edit(made["removed"], {"tags": []})


def rendered(connection: Connection, filters: Json) -> list[Json]:
    """Return the messages of an endpoint with these filters, for every change but the first one."""
    endpoint = create_webhook(
        connection,
        WebhookCreate.model_validate({"url": "https://partner.example/hook", "filters": filters}),
        secret=SECRET,
        since=1,
        now=NOW,
    )
    batch = read_outbox_batch(connection, endpoint, since=1, now=NOW)
    assert batch is not None
    params = ChangeListParams.model_validate(filters)
    heads: list[Any] = [SimpleNamespace(**row) for row in batch.rows]
    ping = ping_delivery(connection, endpoint, now=NOW)
    assert ping is not None
    assert ping.message is not None
    messages = [render_message(connection, read_current_change(connection, params, head)) for head in heads]
    return [*messages, orjson.loads(ping.message.body)]


async def test_rendered_messages_follow_the_document(
    client: httpx.AsyncClient, database: Database, edition_kyiv: None, make_key: MakeKey
) -> None:
    assert edition_kyiv is None
    desk, document = Desk(client, await make_key(*ApiKeyScope)), api_document()
    await desk.done("POST", "/tags", {"slug": "fog", "name": "Fog"})
    await changes_of_articles(desk)
    await changes_of_entries(desk)
    seen = set()
    for filters in ({"tag": ["fog"]}, {"edition": "*"}):
        for message in await database.write(rendered, filters):
            content = resolve(document, document["webhooks"][message["type"]]["post"]["requestBody"])["content"]
            errors = validator(document, content["application/json"]["schema"]).iter_errors(message)
            assert [each.message[:200] for each in errors] == [], message["type"]
            seen.add(message["type"])
    assert seen == set(MESSAGES)


async def test_header_fields_of_messages_follow_the_document(
    database_address: str, database: Database, edition_kyiv: None
) -> None:
    assert edition_kyiv is None
    document = api_document()
    async with a_receiver(answering()) as receiver, dispatching(database_address):
        await make_endpoint(database, receiver.url)
        await until(receiver.has_requests.is_set)
    [(headers, body)] = receiver.requests
    operation = document["webhooks"][orjson.loads(body)["type"]]["post"]
    assert [headers["content-type"]] == list(resolve(document, operation["requestBody"])["content"])
    for parameter in (resolve(document, each) for each in operation["parameters"]):
        assert validator(document, parameter["schema"]).is_valid(headers[parameter["name"]]), parameter["name"]


def test_webhooks_are_the_types_of_messages() -> None:
    document = api_document()
    assert document["webhooks"].keys() == MESSAGES.keys()
    for kind, item in document["webhooks"].items():
        content = resolve(document, item["post"]["requestBody"])["content"]["application/json"]
        assert list(validator(document, content["schema"]).iter_errors(content["example"])) == [], kind
