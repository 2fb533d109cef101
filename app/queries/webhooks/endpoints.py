"""Queries of webhook endpoints and their deliveries for managers."""

from typing import Any, cast

from sqlalchemy import Connection, bindparam, select

from app.db.base import AnyRow
from app.domain.calendar import UTC, format_utc
from app.domain.instant import format_instant
from app.domain.list_filter import ListFilter
from app.domain.tsid import MAX_ID, format_id, is_id, parse_id
from app.domain.webhook import WebhookPayload, message_id
from app.errors import FieldError, InvalidInputError, NotFoundError
from app.models.webhook import webhook_deliveries, webhook_endpoints
from app.net.base_path import href_of
from app.queries.keyset.pages import by_number, by_number_descending
from app.queries.resolve import resolve_params
from app.schemas.change import ChangeListParams
from app.schemas.webhook import (
    Delivery,
    DeliveryList,
    DeliveryListParams,
    Webhook,
    WebhookList,
    WebhookListParams,
    load_filters,
)

PATH = "/v1/editorial/webhooks"
_DIGEST = ListFilter(edition="webhooks").digest()
_BY_ID = by_number("id")
_LATEST_FIRST = by_number_descending("seq")
_SHOWN = select(
    *(column for column in webhook_endpoints.c if column.name not in {"secret", "previous_secret"}),
)
_ONE = _SHOWN.where(webhook_endpoints.c.id == bindparam("endpoint_id"))
_PAGE = (
    _SHOWN.where(webhook_endpoints.c.id > bindparam("after")).order_by(webhook_endpoints.c.id).limit(bindparam("limit"))
)
_DELIVERIES = (
    select(webhook_deliveries)
    .where(
        webhook_deliveries.c.endpoint_id == bindparam("endpoint_id"),
        webhook_deliveries.c.seq > bindparam("since"),
        webhook_deliveries.c.seq < bindparam("after"),
    )
    .order_by(webhook_deliveries.c.seq.desc())
    .limit(bindparam("limit"))
)


def parse_webhook_id(key: str) -> int:
    """Parse the id of a webhook in a path; NotFoundError for a malformed one."""
    if not is_id(key):
        raise NotFoundError(f"There is no webhook '{key[:80]}'.")
    return parse_id(key)


def get_webhook(connection: Connection, endpoint_id: int) -> Webhook:
    """Return one webhook without its secret; NotFoundError."""
    row = connection.execute(_ONE, {"endpoint_id": endpoint_id}).first()
    if row is None:
        raise NotFoundError(f"There is no webhook '{format_id(endpoint_id)}'.")
    return _webhook(row)


def list_webhooks(connection: Connection, params: WebhookListParams) -> WebhookList:
    """Return every webhook, in the order of their creation; InvalidCursorError, CursorMismatchError."""
    page = _BY_ID.read_page(
        connection, _PAGE, params, digest=_DIGEST, href=lambda cursor: params.href(PATH, cursor=cursor)
    )
    return {"items": [_webhook(row) for row in page.rows], "next": page.next}


def list_deliveries(connection: Connection, endpoint_id: int, params: DeliveryListParams) -> DeliveryList:
    """Return deliveries of a webhook, latest change first; NotFoundError, InvalidCursorError, CursorMismatchError."""
    get_webhook(connection, endpoint_id)
    path = f"{PATH}/{format_id(endpoint_id)}/deliveries"
    statement = _DELIVERIES
    if params.status is not None:
        statement = statement.where(webhook_deliveries.c.status == params.status)
    page = _LATEST_FIRST.read_page(
        connection,
        statement,
        params,
        digest=ListFilter(edition=f"deliveries {endpoint_id} {params.status}").digest(),
        href=lambda cursor: params.href(path, cursor=cursor),
        binds={"endpoint_id": endpoint_id, "since": min(params.since, MAX_ID)},
    )
    return {"items": [_delivery(row) for row in page.rows], "next": page.next}


def check_filters(connection: Connection, filters: dict[str, Any]) -> None:
    """Raise InvalidInputError for filters that can never match: an unknown edition."""
    try:
        resolve_params(connection, ChangeListParams.model_validate(filters))
    except NotFoundError as error:
        raise InvalidInputError(FieldError("filters.edition", error.detail)) from None


def _webhook(row: AnyRow) -> Webhook:
    is_enabled = row.disabled_at is None
    is_failing = is_enabled and row.failures > 0
    return {
        "id": format_id(row.id),
        "href": href_of(f"{PATH}/{format_id(row.id)}"),
        "url": row.url,
        "description": row.description,
        "filters": cast("Any", load_filters(row).model_dump(mode="json")),
        "payload": WebhookPayload(row.payload),
        "enabled": is_enabled,
        "disabled_at": format_utc(row.disabled_at),
        "disabled_reason": row.disabled_reason,
        "failures": row.failures,
        "failing_since": format_utc(row.failing_since),
        "next_attempt_at": format_utc(row.next_attempt_at) if is_failing else None,
        "delivered_up_to": row.enqueued_seq,
        "previous_secret_expires_at": format_utc(row.previous_secret_expires_at),
        "created_at": format_instant(row.created_at, UTC),
        "modified_at": format_instant(row.modified_at, UTC),
        "revision": row.revision,
    }


def _delivery(row: AnyRow) -> Delivery:
    number = None if row.article_id is None else format_id(row.article_id)
    return {
        "id": message_id(row.endpoint_id, row.seq),
        "seq": row.seq,
        "type": row.type,
        "article": None if number is None else {"id": number, "href": href_of(f"/v1/articles/{number}")},
        "status": cast("Any", row.status),
        "attempts": row.attempts,
        "attempted_at": format_utc(row.attempted_at),
        "response_status": row.response_status,
        "reason": row.reason,
        "duration_ms": row.duration_ms,
        "delivered_at": format_utc(row.delivered_at),
        "created_at": format_instant(row.created_at, UTC),
    }
