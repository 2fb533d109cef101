"""Figures of an installation for its operator: the end of the change log, and what waits for webhook endpoints."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, literal_column, select

from app.domain.webhook import PENDING
from app.models.webhook import webhook_deliveries, webhook_endpoints
from app.queries.changes.change_list import latest_seq

MAX_PENDING = 10_000
"""Messages that are counted: all of a long outage would take as long as a slow read."""

# Equal to the predicate of the partial index, so that the index is used.
_IS_PENDING = webhook_deliveries.c.status == literal_column(f"'{PENDING}'")
_IS_ENABLED = webhook_endpoints.c.disabled_at.is_(None)
_ENDPOINTS = select(
    func.count().label("all"),
    func.count(webhook_endpoints.c.disabled_at).label("disabled"),
    func.count(webhook_endpoints.c.failing_since).filter(_IS_ENABLED).label("failing"),
)
_PENDING = select(func.count().label("pending")).select_from(
    select(webhook_deliveries.c.seq)
    .join(webhook_endpoints, webhook_endpoints.c.id == webhook_deliveries.c.endpoint_id)
    .where(_IS_ENABLED, _IS_PENDING)
    .limit(MAX_PENDING)
    .subquery()
)
_FIRST = (
    select(webhook_deliveries.c.created_at)
    .where(webhook_deliveries.c.endpoint_id == webhook_endpoints.c.id, _IS_PENDING)
    .order_by(webhook_deliveries.c.seq)
    .limit(1)
    .scalar_subquery()
    .label("created_at")
)
_FIRSTS = select(_FIRST).where(_IS_ENABLED).subquery()
_OLDEST = select(func.min(_FIRSTS.c.created_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationalFigures:
    """The same for all processes; `oldest_pending_at` is in µs, None where nothing waits."""

    latest_seq: int
    endpoints: dict[str, int]
    pending: int
    oldest_pending_at: int | None


def read_operational_figures(connection: Connection) -> OperationalFigures:
    """Read all figures; four statements, none of which looks at more than 10,000 rows."""
    endpoints = connection.execute(_ENDPOINTS).one()
    pending = connection.execute(_PENDING).scalar_one() if endpoints.all else 0
    return OperationalFigures(
        latest_seq=latest_seq(connection),
        endpoints={
            "enabled": endpoints.all - endpoints.disabled - endpoints.failing,
            "failing": endpoints.failing,
            "disabled": endpoints.disabled,
        },
        pending=pending,
        oldest_pending_at=connection.execute(_OLDEST).scalar_one() if pending else None,
    )
