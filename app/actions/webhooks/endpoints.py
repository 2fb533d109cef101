"""Actions on webhook endpoints: create, edit, rotate the secret, replay, and delete."""

from collections.abc import Collection, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from app.actions.preconditions import check_revision
from app.db.base import AnyRow
from app.domain.instant import SECOND_US
from app.domain.merge_patch import merge_patch
from app.domain.tsid import TsidGenerator, format_id
from app.domain.webhook import PENDING
from app.errors import NotFoundError
from app.models.webhook import webhook_deliveries, webhook_endpoints
from app.schemas.errors import validated
from app.schemas.webhook import WebhookCreate, WebhookFilters, WebhookState, load_filters

BY_HAND = "It was disabled by its managers."

_IDS = TsidGenerator()
_FOUND = select(webhook_endpoints).where(webhook_endpoints.c.id == bindparam("endpoint_id")).with_for_update()
_HEAD = select(func.min(webhook_deliveries.c.seq)).where(
    webhook_deliveries.c.endpoint_id == bindparam("endpoint_id"), webhook_deliveries.c.status == PENDING
)
_FRESH = {"failures": 0, "failing_since": None, "next_attempt_at": 0}
"""State of an endpoint that may be tried immediately, as if it had never failed."""


def create_webhook(connection: Connection, record: WebhookCreate, *, secret: str, since: int, now: int) -> int:
    """Create an endpoint that receives the changes after a position, and return its id."""
    endpoint_id = _IDS.next(now)
    row = {
        "id": endpoint_id,
        "url": record.url,
        "description": record.description,
        **_stored(record.filters),
        "payload": record.payload,
        "secret": secret,
        "enqueued_seq": since,
        "created_at": now,
        "modified_at": now,
    }
    connection.execute(insert(webhook_endpoints), row)
    return endpoint_id


def edit_webhook(
    connection: Connection, endpoint_id: int, patch: Mapping[str, Any], *, expected: Collection[int] | None, now: int
) -> WebhookState:
    """Change an endpoint by a merge patch, and return its state.

    Pending messages are filtered again, rendered in another payload if that changed, and sent immediately.

    NotFoundError, PreconditionFailedError, InvalidInputError.
    """
    row = _find(connection, endpoint_id)
    check_revision(row.revision, expected)
    before = load_filters(row)
    current = {
        "url": row.url,
        "description": row.description,
        "filters": before.model_dump(mode="json"),
        "payload": row.payload,
        "enabled": row.disabled_at is None,
    }
    after = validated(WebhookState, merge_patch(current, patch))
    members = {"url": after.url, "description": after.description, "payload": after.payload}
    values: dict[str, Any] = {**members, **_stored(after.filters)}
    if after.filters != before or after.payload != row.payload:
        values["enqueued_seq"] = _forget_waiting(connection, row)
    is_enabled = row.disabled_at is None
    if after.enabled and (not is_enabled or after.url != row.url):
        values |= {**_FRESH, "disabled_at": None, "disabled_reason": None}
    elif is_enabled and not after.enabled:
        values |= {"disabled_at": now, "disabled_reason": BY_HAND}
    _save(connection, row, values, now=now)
    return after


def rotate_secret(connection: Connection, endpoint_id: int, *, secret: str, grace_seconds: int, now: int) -> None:
    """Sign with another secret, and with the previous one too until the grace period ends. NotFoundError."""
    row = _find(connection, endpoint_id)
    has_grace = grace_seconds > 0
    values = {
        "secret": secret,
        "previous_secret": row.secret if has_grace else None,
        "previous_secret_expires_at": now + grace_seconds * SECOND_US if has_grace else None,
    }
    _save(connection, row, values, now=now)


def replay_changes(connection: Connection, endpoint_id: int, *, since: int, now: int) -> None:
    """Send everything after a change again, in order and with the same ids, beginning immediately. NotFoundError.

    Pending messages of earlier changes precede it.
    """
    row = _find(connection, endpoint_id)
    connection.execute(
        delete(webhook_deliveries).where(
            webhook_deliveries.c.endpoint_id == endpoint_id, webhook_deliveries.c.seq > since
        )
    )
    _save(connection, row, {"enqueued_seq": min(row.enqueued_seq, since), **_FRESH}, now=now)


def delete_webhook(connection: Connection, endpoint_id: int) -> None:
    """Delete an endpoint with its pending messages and its delivery records; NotFoundError."""
    _find(connection, endpoint_id)
    connection.execute(delete(webhook_deliveries).where(webhook_deliveries.c.endpoint_id == endpoint_id))
    connection.execute(delete(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id))


def _find(connection: Connection, endpoint_id: int) -> AnyRow:
    row = connection.execute(_FOUND, {"endpoint_id": endpoint_id}).first()
    if row is None:
        raise NotFoundError(f"There is no webhook '{format_id(endpoint_id)}'.")
    return row


def _save(connection: Connection, row: AnyRow, values: Mapping[str, Any], *, now: int) -> None:
    columns = {**values, "modified_at": now, "revision": row.revision + 1}
    connection.execute(update(webhook_endpoints).where(webhook_endpoints.c.id == row.id).values(columns))


def _forget_waiting(connection: Connection, row: AnyRow) -> int:
    """Delete pending messages; return the change up to which nothing is to be enqueued again."""
    head: int | None = connection.execute(_HEAD, {"endpoint_id": row.id}).scalar_one()
    if head is None:
        return int(row.enqueued_seq)
    connection.execute(
        delete(webhook_deliveries).where(
            webhook_deliveries.c.endpoint_id == row.id, webhook_deliveries.c.status == PENDING
        )
    )
    return head - 1


def _stored(filters: WebhookFilters) -> dict[str, str]:
    values = filters.model_dump(mode="json")
    types = values.pop("types")
    return {"filters": orjson.dumps(values).decode(), "types": orjson.dumps(types).decode()}
