"""Figures for operators: the end of the log, and pending deliveries of webhook endpoints."""

from sqlalchemy import Connection, func, select, update

from app import clock
from app.actions.webhooks.deliveries import acquire_lease, enqueue_deliveries
from app.db.database import Database
from app.domain.instant import SECOND_US
from app.models.webhook import webhook_deliveries, webhook_endpoints
from app.queries.changes.change_list import latest_seq
from app.queries.operational_figures import read_operational_figures
from app.queries.webhooks.webhook_outbox import read_outbox_batch
from tests.conftest import NOW, Store
from tests.records import article, edition
from tests.statements import counted
from tests.webhooks.endpoints import make_endpoint

OWNER = "this process"


async def enqueue(database: Database, endpoint: int, *, now: int) -> None:
    """Enqueue deliveries, as the process that works for the endpoint does."""
    until = clock.now() + 40 * SECOND_US
    assert await database.write(acquire_lease, endpoint, owner_id=OWNER, dead_owner=None, now=clock.now(), until=until)
    batch = await database.read(read_outbox_batch, endpoint, since=0, now=now)
    assert batch is not None
    assert await database.write(
        enqueue_deliveries, endpoint, batch.rows, owner_id=OWNER, revision=1, since=0, as_of=batch.as_of
    )


def disable(connection: Connection, endpoint: int) -> None:
    connection.execute(update(webhook_endpoints).where(webhook_endpoints.c.id == endpoint).values(disabled_at=5))


def mark_failing(connection: Connection, endpoint: int) -> None:
    connection.execute(update(webhook_endpoints).where(webhook_endpoints.c.id == endpoint).values(failing_since=5))


def deliver_first(connection: Connection, endpoint: int) -> None:
    """Mark the first message of an endpoint as delivered."""
    of_endpoint = webhook_deliveries.c.endpoint_id == endpoint
    first = select(func.min(webhook_deliveries.c.seq)).where(of_endpoint).scalar_subquery()
    connection.execute(
        update(webhook_deliveries).where(of_endpoint, webhook_deliveries.c.seq == first).values(status="delivered")
    )


def count_deliveries(connection: Connection, endpoint: int) -> int:
    counting = select(func.count()).where(webhook_deliveries.c.endpoint_id == endpoint)
    return connection.execute(counting).scalar_one()


async def test_figures_of_an_empty_database_are_zero(database: Database) -> None:
    figures = await database.read(read_operational_figures)
    assert (figures.latest_seq, figures.pending, figures.oldest_pending_at) == (0, 0, None)
    assert figures.endpoints == {"enabled": 0, "failing": 0, "disabled": 0}


async def test_figures_count_pending_messages_of_enabled_endpoints(database: Database, store: Store) -> None:
    await store(edition(), *(article(source_id=f"s{n}") for n in range(3)))
    endpoints = [await make_endpoint(database, f"https://partner.example/{n}") for n in range(4)]
    for number, endpoint in enumerate(endpoints[:3]):
        await enqueue(database, endpoint, now=NOW + number)
    await database.write(disable, endpoints[0])
    await database.write(mark_failing, endpoints[1])
    await database.write(deliver_first, endpoints[1])
    log = await database.read(latest_seq)
    waiting = await database.read(count_deliveries, endpoints[2])
    with counted() as statements:
        figures = await database.read(read_operational_figures)
    assert len(statements) == 4
    assert figures.latest_seq == log
    assert figures.endpoints == {"enabled": 2, "failing": 1, "disabled": 1}
    assert figures.pending == 2 * waiting - 1
    assert figures.oldest_pending_at == NOW + 1
