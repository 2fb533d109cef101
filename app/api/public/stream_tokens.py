"""Stream tokens, with which browsers stream where reading takes an API key."""

from fastapi import Depends, Request

from app import clock
from app.actions.keys import get_or_create_signing_secret
from app.api.auth.scopes import get_principal
from app.api.dependencies import ServicesDep
from app.api.http.idempotency import RejectIdempotencyKey
from app.api.http.private_responses import private_response
from app.api.http.responses import TypedResponse
from app.api.openapi.document import documented
from app.api.router import ordinary_router
from app.domain.api_key import ApiKeyScope
from app.domain.calendar import UTC
from app.domain.instant import format_instant
from app.domain.stream_token import make_stream_token
from app.queries.keys import find_signing_secret
from app.schemas.examples import reading
from app.schemas.stream import StreamToken

router = ordinary_router("Changes", prefix="/v1/stream-tokens", scopes=(ApiKeyScope.CONTENT_READ,))


@router.post(
    "",
    summary="Create a stream token",
    dependencies=[Depends(RejectIdempotencyKey())],
    **documented(reading.STREAM_TOKEN, errors=(422,)),
)
async def create_stream_token(request: Request, services: ServicesDep) -> TypedResponse[StreamToken]:
    """Create a token that opens `/v1/stream` for ten minutes, as `token` in its query: `EventSource` sends no header.

    It has the rights of the API key that creates it, on `/v1/stream` alone, and opens any number of streams; each
    counts for the rate limit of the key. An open stream lasts beyond the token, until the key is revoked or expires.
    Where reading needs no key, neither does the stream. Create a token in the front end's server, which has the key,
    and never in a browser. Tokens are not stored: one cannot be revoked by itself, and repeating a request makes
    another one.
    """
    secret = await services.database.read(find_signing_secret)
    if secret is None:
        secret = await services.database.write(get_or_create_signing_secret)
    token, expires_at = make_stream_token(secret, get_principal(request).key_id, now=clock.now())
    return private_response({"token": token, "expires_at": format_instant(expires_at, UTC)})
