"""Queries of the outbox: endpoints with work, their next message, and changes to enqueue.

A message is rendered from the article's state when it is sent. Text that was withdrawn since the change is in no later
message.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, bindparam, exists, literal_column, select

from app.db.base import AnyRow
from app.db.prepared import PreparedQuery
from app.domain.article_status import ArticleStatus
from app.domain.calendar import UTC
from app.domain.change import ARTICLE_REMOVED, ChangeType
from app.domain.instant import format_instant, parse_instant
from app.domain.tsid import format_id, parse_id
from app.domain.webhook import PENDING, PING, REMOVAL_TYPES, WebhookPayload, is_subscribed
from app.interchange.statements import LATEST_SEQ, TRAIT_COLUMNS
from app.models.article import articles
from app.models.webhook import webhook_deliveries, webhook_endpoints
from app.net.base_path import href_of
from app.queries.articles.article import get_article
from app.queries.articles.items import ARTICLES_WITH_ENTRIES, ITEM_COLUMNS
from app.queries.changes.change_filter import ChangeFilter
from app.queries.changes.change_list import latest_seq, list_changes
from app.queries.resolve import resolve_params
from app.schemas.change import ChangeListParams
from app.schemas.params import EVERY_EDITION, ArticleParams

FILLED_AT_ONCE = 200

_WAITING = select(
    webhook_endpoints.c.id,
    webhook_endpoints.c.revision,
    webhook_endpoints.c.enqueued_seq,
    webhook_endpoints.c.next_attempt_at,
    webhook_endpoints.c.lease_owner,
    webhook_endpoints.c.lease_expires_at,
    exists()
    .where(
        webhook_deliveries.c.endpoint_id == webhook_endpoints.c.id,
        # Equal to the predicate of the partial index, so that the index is used.
        webhook_deliveries.c.status == literal_column(f"'{PENDING}'"),
    )
    .label("has_pending"),
    LATEST_SEQ.scalar_subquery().label("latest"),
).where(webhook_endpoints.c.disabled_at.is_(None))
_ENDPOINT = PreparedQuery(select(webhook_endpoints).where(webhook_endpoints.c.id == bindparam("endpoint_id")))
_HEAD = PreparedQuery(
    select(webhook_deliveries)
    .where(
        webhook_deliveries.c.endpoint_id == bindparam("endpoint_id"),
        webhook_deliveries.c.status == literal_column(f"'{PENDING}'"),
    )
    .order_by(webhook_deliveries.c.seq)
    .limit(literal_column("1"))
)
_STATE = PreparedQuery(
    select(
        *ITEM_COLUMNS,
        *TRAIT_COLUMNS,
        articles.c.status,
        articles.c.withdrawal_notice,
        articles.c.has_further_sections,
    )
    .select_from(ARTICLES_WITH_ENTRIES)
    .where(articles.c.id == bindparam("article_id"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointState:
    """State of an enabled endpoint that determines whether it has work."""

    id: int
    revision: int
    enqueued_seq: int
    next_attempt_at: int
    lease_owner: str | None
    lease_expires_at: int
    has_pending: bool
    latest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Next message of an endpoint."""

    seq: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingDelivery:
    """Endpoint to deliver to now, and its next message; None if nothing is enqueued.

    `filters` are its filters, types and payload as stored; `latest` is the last change of the snapshot of the message.
    """

    id: int
    url: str
    filters: tuple[str, str, str]
    secrets: tuple[str, ...]
    revision: int
    enqueued_seq: int
    failures: int
    failing_since: int | None
    latest: int
    message: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxBatch:
    """Rows to enqueue for an endpoint up to `as_of`; `is_end` if the log ends there."""

    rows: list[dict[str, Any]]
    as_of: int
    is_end: bool


@dataclass(frozen=True, slots=True)
class CurrentChange:
    """Change of a row of the outbox (`head`) with its type in the present state, and the notice of a withdrawal."""

    head: AnyRow
    type: str
    zone: ZoneInfo
    notice: str | None = None

    @property
    def article_id(self) -> str:
        """Return the id of the article, which the change must have."""
        return format_id(self.head.article_id)

    @property
    def is_gone(self) -> bool:
        """Return whether the receiver must not have the article any more."""
        return self.type in REMOVAL_TYPES


NinjsRenderer = Callable[[Connection, CurrentChange], bytes]
"""Function that renders the article of a change as a ninjs object."""


def list_enabled_endpoints(connection: Connection) -> list[EndpointState]:
    """Return every enabled endpoint; one statement."""
    rows = (dict(row._mapping) for row in connection.execute(_WAITING))  # noqa: SLF001 - public in all but name
    return [EndpointState(**{**row, "has_pending": bool(row["has_pending"])}) for row in rows]


def next_delivery(
    connection: Connection, endpoint_id: int, *, owner_id: str, now: int, render_ninjs: NinjsRenderer
) -> PendingDelivery | None:
    """Return the next message, as in this snapshot; None if this lease owner must not send now."""
    row = _ENDPOINT.first(connection, {"endpoint_id": endpoint_id})
    if row is None or row.disabled_at is not None or row.next_attempt_at > now or row.lease_owner != owner_id:
        return None
    head = _HEAD.first(connection, {"endpoint_id": endpoint_id})
    message = None
    if head is not None:
        change = read_current_change(connection, _params(row), head)
        is_ninjs = row.payload == WebhookPayload.NINJS and head.article_id is not None
        body = render_ninjs(connection, change) if is_ninjs else orjson.dumps(render_message(connection, change))
        message = Message(seq=head.seq, body=body)
    return _turn(row, message, latest=latest_seq(connection), now=now)


def ping_delivery(connection: Connection, endpoint_id: int, *, now: int) -> PendingDelivery | None:
    """Return a ping for an endpoint, enabled or not; None for an unknown one."""
    row = _ENDPOINT.first(connection, {"endpoint_id": endpoint_id})
    if row is None:
        return None
    latest, instant = latest_seq(connection), format_instant(now, UTC)
    data = {"type": PING, "timestamp": instant, "data": {"seq": latest, "at": instant, "article": None}}
    return _turn(row, Message(seq=latest, body=orjson.dumps(data)), latest=latest, now=now)


def _turn(row: AnyRow, message: Message | None, *, latest: int, now: int) -> PendingDelivery:
    has_grace = (
        row.previous_secret is not None
        and row.previous_secret_expires_at is not None
        and now < row.previous_secret_expires_at
    )
    return PendingDelivery(
        id=row.id,
        url=row.url,
        filters=(row.filters, row.types, row.payload),
        secrets=(row.secret, row.previous_secret) if has_grace else (row.secret,),
        revision=row.revision,
        enqueued_seq=row.enqueued_seq,
        failures=row.failures,
        failing_since=row.failing_since,
        latest=latest,
        message=message,
    )


def read_outbox_batch(connection: Connection, endpoint_id: int, *, since: int, now: int) -> OutboxBatch | None:
    """Return the relevant ones of the next few hundred changes after `since`; None for a deleted endpoint."""
    endpoint = _ENDPOINT.first(connection, {"endpoint_id": endpoint_id})
    if endpoint is None:
        return None
    query = {"since": since, "limit": FILLED_AT_ONCE, "fields": ["id"]}
    page = list_changes(connection, _params(endpoint).model_copy(update=query))
    types, is_ninjs = orjson.loads(endpoint.types), endpoint.payload == WebhookPayload.NINJS
    rows = [
        {
            "endpoint_id": endpoint_id,
            "seq": item["seq"],
            "type": item["type"],
            "at": parse_instant(item["at"]),
            "article_id": None if item["article"] is None else parse_id(str(item["article"]["id"])),
            "entry": orjson.dumps(item["entry"]).decode() if "entry" in item else None,
            "status": PENDING,
            "created_at": now,
        }
        for item in page["items"]
        if is_subscribed(item["type"], types) and not (is_ninjs and item["article"] is None)
    ]
    return OutboxBatch(rows=rows, as_of=page["as_of"], is_end=page["next"] is None)


def _params(endpoint: AnyRow) -> ChangeListParams:
    return ChangeListParams.model_validate(orjson.loads(endpoint.filters))


def read_current_change(connection: Connection, params: ChangeListParams, head: AnyRow) -> CurrentChange:
    """Return the change of a row of the outbox under these filters, by the state in this snapshot."""
    change_filter = ChangeFilter(resolve_params(connection, params))
    zone = change_filter.query.zone
    if head.article_id is None:
        return CurrentChange(head, head.type, zone)
    state = _STATE.first(connection, {"article_id": head.article_id})
    if state is not None and params.edition == EVERY_EDITION:
        zone = change_filter.query.editions[state.edition_id].zone
    memberships = change_filter.find_memberships(connection, [] if state is None else [state])
    was_removed = head.type == ARTICLE_REMOVED  # the article may have re-entered the filters
    kind = change_filter.effective_type(
        ChangeType.ARTICLE_UPDATED.value if was_removed else head.type, state, memberships
    )
    notice = state.withdrawal_notice if state is not None and state.status == ArticleStatus.WITHDRAWN else None
    return CurrentChange(head, kind, zone, notice)


def render_message(connection: Connection, change: CurrentChange) -> dict[str, Any]:
    """Return the message of a change, with the article in this snapshot."""
    head = change.head
    data: dict[str, Any] = {"seq": head.seq, "at": format_instant(head.at, change.zone)}
    if head.article_id is None:
        data |= {"article": None, "entry": orjson.loads(head.entry)}
    elif not change.is_gone:
        data["article"] = get_article(connection, change.article_id, ArticleParams())
    else:
        data["article"] = {"id": change.article_id, "href": href_of(f"/v1/articles/{change.article_id}")}
        if change.type == ChangeType.ARTICLE_WITHDRAWN:
            data["notice"] = change.notice
    return {"type": change.type, "timestamp": format_instant(head.at, UTC), "data": data}
