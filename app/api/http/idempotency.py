"""Idempotency-Key: a repeated request gets the stored response and is executed once.

The field value is 1 to 255 visible ASCII characters, bare or as a quoted string (draft-ietf-httpapi-idempotency-key-
header). It belongs to the API key that sent it.
"""

import re
from collections.abc import Callable
from hashlib import blake2b
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response

from app import clock
from app.actions.idempotency import IdempotentRequest, StoredResponse, find_stored_response, store_response
from app.api.auth.scopes import get_principal
from app.api.dependencies import get_database, services_of
from app.api.http.request_body import read_body_bytes
from app.api.http.responses import TypedResponse
from app.api.http.route import Guard
from app.db.database import Connection
from app.errors import FieldError, InvalidInputError, RequestInProgressError

__all__ = [
    "HEADER",
    "REPLAYED_HEADER",
    "IdempotentWriteDep",
    "StoredResponse",
    "idempotent_response",
    "reject_idempotency_key",
    "to_stored_response",
]

HEADER = "idempotency-key"
REPLAYED_HEADER = "idempotent-replayed"
DIGEST_BYTES = 32
MAX_QUOTED = 2 + 2 * 255
"""Characters of the longest quoted string, whose every character is escaped."""

_BARE = re.compile(r"[!#-~][!-~]{0,254}")  # a leading quotation mark begins a quoted string
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\]){1,255})"')  # RFC 9651, section 3.3.3
_ESCAPED = re.compile(r"\\(.)")


async def idempotent_response(request: Request, make: Callable[[Connection], StoredResponse]) -> TypedResponse[Any]:
    """Return the response of `make`, which runs in the request's one write transaction, committed before this returns.

    With an Idempotency-Key the response is stored in the same transaction and returned again for a day; if `make`
    raises, nothing is stored and the request may be repeated. InvalidInputError (the header),
    IdempotencyKeyReusedError, RequestInProgressError.
    """
    name = parse_idempotency_key(request)
    if name is None:
        return _respond(await get_database(request).write(make))
    repeatable = IdempotentRequest(
        get_principal(request).key_id, name, request_hash(request, await read_body_bytes(request))
    )
    now = clock.now()

    def find_or_make(connection: Connection) -> tuple[StoredResponse, bool]:
        stored = find_stored_response(connection, repeatable, now=now)
        if stored is not None:
            return stored, True
        response = make(connection)
        store_response(connection, repeatable, response, now=now)
        return response, False

    busy = services_of(request).in_flight
    entry = (repeatable.key_id, repeatable.name)
    if entry in busy:
        raise RequestInProgressError
    busy.add(entry)
    try:
        response, is_replayed = await get_database(request).write(find_or_make)
    finally:
        busy.discard(entry)
    return _respond(response, {REPLAYED_HEADER: "true"} if is_replayed else {})


def to_stored_response(response: Response, *, article_id: int | None = None) -> StoredResponse:
    """Return a response in its stored form, with the article it is about."""
    return StoredResponse(response.status_code, dict(response.headers), bytes(response.body), article_id)


class IdempotentWrite:
    """The write of one request, which an Idempotency-Key makes safe to repeat."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def run(self, make: Callable[[Connection], StoredResponse]) -> TypedResponse[Any]:
        """Return the response of `make` or the stored one, as `idempotent_response` does."""
        return await idempotent_response(self._request, make)


async def get_idempotent_write(
    request: Request,
    idempotency_key: Annotated[  # noqa: ARG001 - for the document; the field is parsed with its quotation marks
        str | None,
        Header(
            alias="Idempotency-Key",
            description=(
                "A name of 1 to 255 visible ASCII characters, of the API key that sends it; also as a quoted string "
                "(RFC 9651). For 24 hours after the first request succeeded, repeating it returns its response; "
                "another URL, or a body of other bytes, is 422, and a repeat while it is in progress 409. A request "
                "that failed stores nothing."
            ),
            examples=["8e03978e-40d5-43e8-bc93-6894a57f9324"],
            json_schema_extra={"maxLength": MAX_QUOTED, "pattern": "^[ -~]+$"},
        ),
    ] = None,
) -> IdempotentWrite:
    """Return the write of a request, for `Depends`."""
    return IdempotentWrite(request)


IdempotentWriteDep = Annotated[IdempotentWrite, Depends(get_idempotent_write)]


class RejectIdempotencyKey(Guard):
    """Refuses the header where the response holds a secret: to send it again, the secret would have to be stored."""

    async def check(self, request: Request) -> None:
        """InvalidInputError where the header is sent."""
        reject_idempotency_key(request)


def reject_idempotency_key(request: Request) -> None:
    """Raise InvalidInputError if the header is sent: the response contains a secret that is shown once."""
    if HEADER in request.headers:
        raise InvalidInputError(
            FieldError(
                "Idempotency-Key",
                "Idempotency-Key is not supported here, because the response contains a one-time secret.",
            )
        )


def parse_idempotency_key(request: Request) -> str | None:
    """Return the field value without quotation marks, None without the field; InvalidInputError."""
    given = request.headers.getlist(HEADER)
    if not given:
        return None
    if len(given) == 1 and _BARE.fullmatch(given[0]):
        return given[0]
    if len(given) == 1 and (quoted := _QUOTED.fullmatch(given[0])):
        return _ESCAPED.sub(r"\1", quoted[1])
    raise InvalidInputError(
        FieldError("Idempotency-Key", "Must be a single value of 1 to 255 visible ASCII characters.")
    )


def request_hash(request: Request, body: bytes) -> bytes:
    """Return a hash of the whole request: method, path, query and body."""
    digest = blake2b(digest_size=DIGEST_BYTES, person=b"dayline repeat")
    for part in (request.method.encode(), request.scope["path"].encode(), request.scope["query_string"], body):
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.digest()


def _respond(stored: StoredResponse, headers: dict[str, str] | None = None) -> TypedResponse[Any]:
    return TypedResponse(stored.body, status_code=stored.status, headers={**stored.headers, **(headers or {})})
