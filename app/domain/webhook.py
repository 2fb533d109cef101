"""Webhooks: message ids, types that every endpoint receives, and results of delivery attempts."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from app.domain.change import ARTICLE_REMOVED, ChangeType
from app.domain.tsid import format_id

PING = "webhook.ping"
"""Type of a test message without content."""

REMOVAL_TYPES = frozenset({ChangeType.ARTICLE_WITHDRAWN.value, ARTICLE_REMOVED})
"""Types that every endpoint receives whatever its `types`: a receiver of a text must be notified of its retraction."""

PENDING, DELIVERED = "pending", "delivered"


class WebhookPayload(StrEnum):
    """Content of messages about changes of articles: a message of this API, or the article as a ninjs object."""

    DAYLINE = "dayline"
    NINJS = "ninjs"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptResult:
    """Recorded result of a delivery attempt."""

    attempted_at: int
    response_status: int | None
    reason: str
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureState:
    """State of a failing endpoint: start of the failures, next attempt, and whether it is disabled."""

    failing_since: int
    due_at: int
    disabled_reason: str | None


def message_id(endpoint_id: int, seq: int) -> str:
    """Return the id of the message for a change: the same for every attempt and every sender."""
    return f"msg_{format_id(endpoint_id)}_{seq}"


def ping_id(endpoint_id: int, now: int) -> str:
    """Return the id of a ping at this instant."""
    return f"msg_{format_id(endpoint_id)}_ping{now}"


def is_subscribed(kind: str, types: Collection[str]) -> bool:
    """Return whether an endpoint with these types (none: all) receives this one."""
    return not types or kind in types or kind in REMOVAL_TYPES
