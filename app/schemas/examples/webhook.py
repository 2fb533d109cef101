"""An invented partner's webhook for the API document; each example follows its schema, and a test holds it to that."""

from typing import Any

from app.schemas.examples import reading

URL = "https://partner.example/hooks/dayline"
FILTERS: dict[str, Any] = {
    "edition": "harbour",
    "section": [],
    "tag": ["trams"],
    "author": [],
    "label": [],
    "format": [],
    "language": [],
    "featured": None,
    "access": [],
    "subsections": False,
    "types": [],
}
WEBHOOK: dict[str, Any] = {
    "id": "0677y7hzc3m2e",
    "href": "/v1/editorial/webhooks/0677y7hzc3m2e",
    "url": URL,
    "description": "The Harbour Gazette",
    "filters": FILTERS,
    "payload": "dayline",
    "enabled": True,
    "disabled_at": None,
    "disabled_reason": None,
    "failures": 1,
    "failing_since": "2026-11-20T11:58:41.250000+00:00",
    "next_attempt_at": "2026-11-20T11:58:46.000000+00:00",
    "delivered_up_to": 115,
    "previous_secret_expires_at": None,
    "created_at": "2026-11-20T09:15:00.000000+00:00",
    "modified_at": "2026-11-20T09:15:00.000000+00:00",
    "revision": 1,
}
SECRET = "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
NEW_WEBHOOK: dict[str, Any] = {
    **WEBHOOK,
    "failures": 0,
    "failing_since": None,
    "next_attempt_at": None,
    "secret": SECRET,
}
WEBHOOKS: dict[str, Any] = {"items": [WEBHOOK], "next": None}
WEBHOOK_RECORD: dict[str, Any] = {
    "url": URL,
    "description": "The Harbour Gazette",
    "filters": {"edition": "harbour", "tag": ["trams"]},
}
WEBHOOK_PATCH: dict[str, Any] = {"enabled": True}
WEBHOOK_ROTATION: dict[str, Any] = {"grace_seconds": 3600}
WEBHOOK_REPLAY: dict[str, Any] = {"since": 1}
DELIVERY: dict[str, Any] = {
    "id": "msg_0677y7hzc3m2e_115",
    "seq": 115,
    "type": "article.updated",
    "article": {"id": "0s9et2dg0bgsr", "href": "/v1/articles/0s9et2dg0bgsr"},
    "status": "pending",
    "attempts": 1,
    "attempted_at": "2026-11-20T11:58:41.250000+00:00",
    "response_status": 500,
    "reason": "The receiver answered 500.",
    "duration_ms": 84,
    "delivered_at": None,
    "created_at": "2026-11-20T11:58:41.000000+00:00",
}
DELIVERIES: dict[str, Any] = {"items": [DELIVERY], "next": None}
PING: dict[str, Any] = {
    "id": "msg_0677y7hzc3m2e_ping1795435200000000",
    "delivered": True,
    "response_status": 204,
    "reason": "The receiver answered 204.",
    "duration_ms": 61,
}

_HAPPENED: dict[str, Any] = {"seq": 115, "at": "2026-11-20T13:58:41.000000+02:00"}
_OF_ARTICLE = {"id": "0s9et2dg0bgsr", "href": "/v1/articles/0s9et2dg0bgsr"}
_TAG = {"kind": "tag", "slug": "trams", "href": "/v1/tags/trams"}


def _message(kind: str, **members: Any) -> dict[str, Any]:
    return {"type": kind, "timestamp": "2026-11-20T11:58:41.000000+00:00", "data": {**_HAPPENED, **members}}


MESSAGES: dict[str, dict[str, Any]] = {
    "ArticleMessage": _message("article.updated", article=reading.ARTICLE),
    "WithdrawalMessage": _message("article.withdrawn", article=_OF_ARTICLE, notice="The names were wrong."),
    "RemovalMessage": _message("article.removed", article=_OF_ARTICLE),
    "EntryMessage": _message("tag.updated", article=None, entry=_TAG),
    "PingMessage": _message("webhook.ping", article=None),
}
"""Messages of webhooks by the names of their schemas."""
