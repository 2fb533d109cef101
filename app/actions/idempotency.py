"""Stored responses of requests with an Idempotency-Key, so that a repeated request is executed once."""

from dataclasses import dataclass
from http import HTTPStatus

import orjson
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from app.db.commit_watch import notify_commit
from app.db.locks import try_lock
from app.domain.instant import DAY_US
from app.errors import ArticleGone, IdempotencyKeyReusedError, RequestInProgressError
from app.models.idempotency_key import idempotency_keys

RETENTION_US = DAY_US
NEVER = (1 << 63) - 1
"""The instant of a stored response that does not expire."""

_FIND = select(
    idempotency_keys.c.request_hash,
    idempotency_keys.c.status,
    idempotency_keys.c.headers,
    idempotency_keys.c.body,
    idempotency_keys.c.article_id,
).where(
    idempotency_keys.c.api_key_id == bindparam("key_id"),
    idempotency_keys.c.key == bindparam("key_name"),
    idempotency_keys.c.created_at > bindparam("after"),
)
_CLEAR = delete(idempotency_keys).where(
    idempotency_keys.c.api_key_id == bindparam("key_id"), idempotency_keys.c.key == bindparam("key_name")
)
_KEEP = insert(idempotency_keys)
_DELETE = delete(idempotency_keys).where(idempotency_keys.c.created_at < bindparam("before"))


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """Response as sent, and the article it is about, if any, so that an erasure reaches it."""

    status: int
    headers: dict[str, str]
    body: bytes
    article_id: int | None = None


@dataclass(frozen=True, slots=True)
class IdempotentRequest:
    """Identity of a request: its API key, its Idempotency-Key, and a hash of its content."""

    key_id: int
    name: str
    digest: bytes


def find_stored_response(connection: Connection, request: IdempotentRequest, *, now: int) -> StoredResponse | None:
    """Return the response stored for this request within the last day; None if no process handles the request.

    Call it before the first write of the transaction. IdempotencyKeyReusedError if the key was used for another
    request; RequestInProgressError if another process handles it; ArticleGone if the article that the request created
    was erased since, however long ago.
    """
    if not try_lock(connection, f"idempotency {request.key_id} {request.name}"):
        raise RequestInProgressError
    known_by = {"key_id": request.key_id, "key_name": request.name, "after": now - RETENTION_US}
    row = connection.execute(_FIND, known_by).first()
    if row is None:
        return None
    if not row.request_hash:
        raise ArticleGone
    if bytes(row.request_hash) != request.digest:
        raise IdempotencyKeyReusedError
    notify_commit(connection)  # a replay acknowledges a write for which the original request may still be waiting
    return StoredResponse(row.status, orjson.loads(row.headers), bytes(row.body), row.article_id)


def store_response(connection: Connection, request: IdempotentRequest, response: StoredResponse, *, now: int) -> None:
    """Store the response to a request for a day; an expired one of the same key is replaced."""
    connection.execute(_CLEAR, {"key_id": request.key_id, "key_name": request.name})
    row = {
        "api_key_id": request.key_id,
        "key": request.name,
        "request_hash": request.digest,
        "status": response.status,
        "headers": orjson.dumps(response.headers).decode(),
        "body": response.body,
        "article_id": response.article_id,
        "created_at": now,
    }
    connection.execute(_KEEP, row)


def clear_stored_responses(connection: Connection, article_id: int) -> None:
    """Empty the stored responses about an erased article, the hash of its text included.

    Their keys remain: a repeated request must not create the article again.
    """
    blank = {
        "request_hash": b"",
        "status": HTTPStatus.GONE,
        "headers": "{}",
        "body": b"",
        "article_id": None,
        "created_at": NEVER,
    }
    connection.execute(update(idempotency_keys).where(idempotency_keys.c.article_id == article_id).values(blank))


def prune_stored_responses(connection: Connection, *, before: int) -> int:
    """Delete the responses stored before an instant; return their number."""
    return connection.execute(_DELETE, {"before": before}).rowcount
