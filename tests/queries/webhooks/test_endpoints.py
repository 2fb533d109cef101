"""Queries of webhooks: their statements, and the changes that they enqueue by filters."""

from typing import Any

from app import clock
from app.actions.webhooks.deliveries import acquire_lease, enqueue_deliveries
from app.actions.webhooks.endpoints import edit_webhook, replay_changes
from app.api.public.ninjs_payload import render_ninjs_payload
from app.db.database import Database
from app.domain.instant import SECOND_US
from app.queries.webhooks.endpoints import list_deliveries, list_webhooks
from app.queries.webhooks.webhook_outbox import (
    PendingDelivery,
    list_enabled_endpoints,
    next_delivery,
    read_outbox_batch,
)
from app.schemas.webhook import DeliveryListParams, WebhookListParams
from tests.conftest import NOW, Store
from tests.records import article, edition, tag
from tests.statements import counted
from tests.webhooks.endpoints import make_endpoint, rows

US = "this process"


async def fill(database: Database, endpoint: int) -> None:
    """Enqueue deliveries, as the process that works for the endpoint does."""
    until = clock.now() + 40 * SECOND_US
    assert await database.write(acquire_lease, endpoint, owner_id=US, dead_owner=None, now=clock.now(), until=until)
    (row,) = await rows(database, f"SELECT enqueued_seq, revision FROM webhook_endpoints WHERE id = {endpoint}")  # noqa: S608 - our own
    found = await database.read(read_outbox_batch, endpoint, since=row.enqueued_seq, now=NOW)
    assert found is not None
    options: dict[str, Any] = {"revision": row.revision, "since": row.enqueued_seq, "as_of": found.as_of}
    assert not await database.write(enqueue_deliveries, endpoint, found.rows, owner_id="another", **options)
    assert await database.write(enqueue_deliveries, endpoint, found.rows, owner_id=US, **options)
    assert not await database.write(enqueue_deliveries, endpoint, found.rows, owner_id=US, **options), "once"


async def read_next(database: Database, endpoint: int, *, owner_id: str) -> PendingDelivery | None:
    """Return the next message of an endpoint for this process."""
    return await database.read(
        next_delivery, endpoint, owner_id=owner_id, now=clock.now(), render_ninjs=render_ninjs_payload
    )


async def waiting(database: Database) -> list[int]:
    """Return the enqueued changes."""
    return [each.seq for each in await rows(database, "SELECT seq FROM webhook_deliveries ORDER BY seq")]


async def test_webhook_statements_do_not_depend_on_the_amount_of_data(database: Database, store: Store) -> None:
    await store(edition(), tag("fog", "Fog"), *(article(source_id=f"s{n}", tags=["fog"]) for n in range(20)))
    made = [
        await make_endpoint(database, f"https://partner.example/{n}", since=2, filters={"tag": ["fog"]})
        for n in range(5)
    ]
    for endpoint in made:
        await fill(database, endpoint)
    with counted() as statements:
        assert len(await database.read(list_enabled_endpoints)) == 5
    assert len(statements) == 1
    with counted() as statements:
        assert len((await database.read(list_webhooks, WebhookListParams()))["items"]) == 5
    assert len(statements) == 1
    with counted() as statements:
        assert len((await database.read(list_deliveries, made[0], DeliveryListParams()))["items"]) == 21
    assert len(statements) == 2
    with counted() as statements:
        turn = await read_next(database, made[0], owner_id=US)
    assert turn is not None
    assert turn.message is not None
    assert len(statements) <= 16


async def test_edited_filters_apply_to_pending_messages(database: Database, store: Store) -> None:
    await store(edition(), tag("fog", "Fog"), article(source_id="a", tags=["fog"]), article(source_id="b"))
    endpoint = await make_endpoint(database, "https://partner.example/")
    await fill(database, endpoint)
    everything = await waiting(database)
    await database.write(edit_webhook, endpoint, {"filters": {"tag": ["fog"]}}, expected=None, now=NOW)
    assert await waiting(database) == []
    await fill(database, endpoint)
    fewer = await waiting(database)
    assert 0 < len(fewer) < len(everything)
    await database.write(edit_webhook, endpoint, {"description": "Others stay."}, expected=None, now=NOW)
    assert await waiting(database) == fewer


async def test_replay_includes_pending_messages(database: Database, store: Store) -> None:
    await store(edition(), *(article(source_id=f"s{n}") for n in range(5)))
    endpoint = await make_endpoint(database, "https://partner.example/")
    await fill(database, endpoint)
    everything = await waiting(database)
    await database.write(replay_changes, endpoint, since=3, now=NOW)
    assert await waiting(database) == [seq for seq in everything if seq <= 3]
    await fill(database, endpoint)
    assert await waiting(database) == everything
    late = await make_endpoint(database, "https://partner.example/", since=everything[-1])
    await database.write(replay_changes, late, since=everything[-1], now=NOW)
    found = await rows(database, f"SELECT enqueued_seq FROM webhook_endpoints WHERE id = {late}")  # noqa: S608 - our own
    assert found[0][0] == everything[-1]


async def test_only_the_lease_owner_may_deliver(database: Database, store: Store) -> None:
    await store(edition())
    endpoint = await make_endpoint(database, "https://partner.example/")
    await fill(database, endpoint)
    assert await read_next(database, endpoint, owner_id="another") is None
    assert await read_next(database, endpoint, owner_id=US) is not None
    await database.write(edit_webhook, endpoint, {"enabled": False}, expected=None, now=NOW)
    assert await read_next(database, endpoint, owner_id=US) is None
    assert await database.read(list_enabled_endpoints) == []
