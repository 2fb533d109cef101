"""Outbox of webhooks: leases of endpoints, enqueued deliveries, and their results."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, delete, func, insert, or_, select, tuple_, update

from app.domain.instant import DAY_US
from app.domain.webhook import DELIVERED, PENDING, AttemptResult, FailureState
from app.models.webhook import webhook_deliveries, webhook_endpoints

RETENTION_US = 30 * DAY_US
MAX_KEPT = 1_000  # delivered messages retained for each endpoint

_LOCKED = select(webhook_endpoints.c.id).where(webhook_endpoints.c.id == bindparam("b_endpoint")).with_for_update()
"""Locks an endpoint before its deliveries, as the editorial actions do: the other order would deadlock."""

_EVERY = select(webhook_endpoints.c.id).order_by(webhook_endpoints.c.id)

_IS_ROW = (
    webhook_deliveries.c.endpoint_id == bindparam("b_endpoint"),
    webhook_deliveries.c.seq == bindparam("b_seq"),
    webhook_deliveries.c.status == PENDING,
)
_ATTEMPTED: dict[str, Any] = {
    "attempts": webhook_deliveries.c.attempts + 1,
    "attempted_at": bindparam("b_at"),
    "response_status": bindparam("b_answered"),
    "reason": bindparam("b_said"),
    "duration_ms": bindparam("b_took"),
}
_TAKEN = update(webhook_deliveries).where(*_IS_ROW)
_NOT_TAKEN = _TAKEN.values(_ATTEMPTED)
_TAKEN = _TAKEN.values({**_ATTEMPTED, "status": DELIVERED, "delivered_at": bindparam("b_at")})


def acquire_lease(
    connection: Connection, endpoint_id: int, *, owner_id: str, dead_owner: str | None, now: int, until: int
) -> bool:
    """Acquire the lease of an endpoint; False if another process holds it, unless that is `dead_owner`."""
    is_free = [webhook_endpoints.c.lease_expires_at <= now, webhook_endpoints.c.lease_owner == owner_id]
    if dead_owner is not None:
        is_free.append(webhook_endpoints.c.lease_owner == dead_owner)
    done = connection.execute(
        update(webhook_endpoints)
        .where(webhook_endpoints.c.id == endpoint_id, webhook_endpoints.c.disabled_at.is_(None), or_(*is_free))
        .values(lease_owner=owner_id, lease_expires_at=until)
    )
    return done.rowcount == 1


def release_leases(connection: Connection, *, owner_id: str) -> None:
    """Release all leases of this process."""
    connection.execute(
        update(webhook_endpoints)
        .where(webhook_endpoints.c.lease_owner == owner_id)
        .values(lease_owner=None, lease_expires_at=0)
    )


def enqueue_deliveries(
    connection: Connection,
    endpoint_id: int,
    rows: Sequence[dict[str, Any]],
    *,
    owner_id: str,
    revision: int,
    since: int,
    as_of: int,
) -> bool:
    """Enqueue the messages for the changes after `since` up to `as_of`.

    Return False, without effect, if another process holds the lease, or if the endpoint was edited since.
    """
    done = connection.execute(
        update(webhook_endpoints)
        .where(
            webhook_endpoints.c.id == endpoint_id,
            webhook_endpoints.c.lease_owner == owner_id,
            webhook_endpoints.c.revision == revision,
            webhook_endpoints.c.enqueued_seq == since,
        )
        .values(enqueued_seq=as_of)
    )
    if done.rowcount != 1:
        return False
    if rows:
        connection.execute(insert(webhook_deliveries), rows)
    return True


def record_delivery(
    connection: Connection,
    endpoint_id: int,
    seq: int,
    outcome: AttemptResult,
    *,
    owner_id: str,
    filters: tuple[str, str, str],
    until: int,
) -> bool:
    """Record a delivery, and extend the lease; return whether it is still held. A repeated call is harmless.

    A row that is gone because the filters were edited during the delivery is not inserted again; a row taken by a
    replay is delivered again.
    """
    connection.execute(_LOCKED, {"b_endpoint": endpoint_id})
    taken = connection.execute(_TAKEN, _bound(endpoint_id, seq, outcome))
    values: dict[str, Any] = {"lease_expires_at": until, "failures": 0, "failing_since": None, "next_attempt_at": 0}
    if taken.rowcount == 0:
        filled = webhook_endpoints.c.enqueued_seq
        columns = (webhook_endpoints.c.filters, webhook_endpoints.c.types, webhook_endpoints.c.payload)
        are_edited = tuple_(*columns) != filters
        values["enqueued_seq"] = case((and_(filled == seq - 1, are_edited), seq), else_=filled)
    done = connection.execute(
        update(webhook_endpoints)
        .where(webhook_endpoints.c.id == endpoint_id, webhook_endpoints.c.lease_owner == owner_id)
        .values(values)
    )
    return done.rowcount == 1


def record_failure(
    connection: Connection,
    endpoint_id: int,
    seq: int,
    outcome: AttemptResult,
    setback: FailureState,
    *,
    owner_id: str,
    revision: int,
) -> None:
    """Record a failed attempt, and its effect on the endpoint unless the endpoint was edited since."""
    connection.execute(_LOCKED, {"b_endpoint": endpoint_id})
    connection.execute(_NOT_TAKEN, _bound(endpoint_id, seq, outcome))
    values: dict[str, Any] = {
        "failures": webhook_endpoints.c.failures + 1,
        "failing_since": setback.failing_since,
        "next_attempt_at": setback.due_at,
    }
    if setback.disabled_reason is not None:
        values |= {"disabled_at": outcome.attempted_at, "disabled_reason": setback.disabled_reason}
    connection.execute(
        update(webhook_endpoints)
        .where(
            webhook_endpoints.c.id == endpoint_id,
            webhook_endpoints.c.lease_owner == owner_id,
            webhook_endpoints.c.revision == revision,
        )
        .values(values)
    )


def prune_deliveries(connection: Connection, *, now: int) -> None:
    """Delete deliveries older than 30 days, and of each endpoint all but the latest thousand."""
    is_delivered = webhook_deliveries.c.status == DELIVERED
    for endpoint_id in connection.execute(_EVERY).scalars().all():
        connection.execute(_LOCKED, {"b_endpoint": endpoint_id})
        is_of_it = webhook_deliveries.c.endpoint_id == endpoint_id
        is_old = webhook_deliveries.c.delivered_at < now - RETENTION_US
        connection.execute(delete(webhook_deliveries).where(is_of_it, is_delivered, is_old))
        latest = (
            select(webhook_deliveries.c.seq)
            .where(is_of_it, is_delivered)
            .order_by(webhook_deliveries.c.seq.desc())
            .limit(MAX_KEPT)
            .subquery()
        )
        first = select(func.min(latest.c.seq)).scalar_subquery()
        connection.execute(delete(webhook_deliveries).where(is_of_it, is_delivered, webhook_deliveries.c.seq < first))


def _bound(endpoint_id: int, seq: int, outcome: AttemptResult) -> dict[str, Any]:
    return {
        "b_endpoint": endpoint_id,
        "b_seq": seq,
        "b_at": outcome.attempted_at,
        "b_answered": outcome.response_status,
        "b_said": outcome.reason,
        "b_took": outcome.duration_ms,
    }
