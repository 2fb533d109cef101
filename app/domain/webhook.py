"""Webhooks: how messages are named, which changes an endpoint always hears of, and what became of an attempt."""

from collections.abc import Collection
from dataclasses import dataclass

from app.domain.change import ARTICLE_REMOVED, ChangeType
from app.domain.tsid import format_id

PING = "webhook.ping"
"""The type of a message that tells nothing, and asks whether somebody is there."""

REMOVAL_TYPES = frozenset({ChangeType.ARTICLE_WITHDRAWN.value, ARTICLE_REMOVED})
"""What every endpoint hears of, whichever types it asked for: whoever was sent a text is told to let it go."""

PENDING, DELIVERED = "pending", "delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptResult:
    """What became of an attempt to deliver, as it is recorded."""

    attempted_at: int
    response_status: int | None
    reason: str
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureState:
    """What a failed attempt means for its endpoint: since when it fails, when it is tried again, whether it ends."""

    failing_since: int
    due_at: int
    disabled_reason: str | None


def message_id(endpoint_id: int, seq: int) -> str:
    """The id of the message that tells an endpoint of a change: the same whenever and by whomever it is sent."""
    return f"msg_{format_id(endpoint_id)}_{seq}"


def ping_id(endpoint_id: int, now: int) -> str:
    """The id of a ping at this instant."""
    return f"msg_{format_id(endpoint_id)}_ping{now}"


def is_subscribed(kind: str, types: Collection[str]) -> bool:
    """Whether an endpoint that asked for these types (none: all) hears of this one."""
    return not types or kind in types or kind in REMOVAL_TYPES
