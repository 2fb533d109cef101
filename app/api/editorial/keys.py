"""API keys: create, list, rotate and revoke."""

from typing import Annotated

from fastapi import Body, Depends, Query

from app import clock
from app.actions.keys import create_key, revoke_key, rotate_key
from app.api.dependencies import ServicesDep
from app.api.editorial.path_params import KeyPrefix
from app.api.http.idempotency import RejectIdempotencyKey
from app.api.http.private_responses import EDITORIAL, private_response
from app.api.http.responses import TypedResponse
from app.api.openapi.document import documented
from app.api.router import ordinary_router
from app.db.database import Connection
from app.domain.api_key import ApiKeyScope
from app.queries import keys
from app.schemas.api_key import ApiKey, ApiKeyCreate, ApiKeyList, ApiKeyListParams, ApiKeyRotate, ApiKeyWithToken
from app.schemas.examples import key as examples

router = ordinary_router("Keys", prefix=f"{EDITORIAL}/keys", scopes=(ApiKeyScope.KEYS_MANAGE,))

NewKey = Annotated[ApiKeyCreate, Body(examples=[examples.KEY_RECORD])]
Rotation = Annotated[ApiKeyRotate, Body(examples=[examples.KEY_ROTATION])]


@router.post(
    "",
    summary="Create an API key",
    dependencies=[Depends(RejectIdempotencyKey())],
    **documented(examples.NEW_KEY, errors=(422,), status=201),
)
async def create_api_key(services: ServicesDep, record: NewKey) -> TypedResponse[ApiKeyWithToken]:
    """Create an API key; its token is returned this once. A key may have any scope, also those that its creator lacks.

    `Idempotency-Key` is not supported, because the response contains the token. After a lost response, revoke the key
    and create another.
    """

    def create(connection: Connection) -> ApiKeyWithToken:
        prefix, token = create_key(connection, record, now=clock.now())
        return {**keys.get_key(connection, prefix), "token": token}

    created = await services.database.write(create)
    return private_response(created, status=201, headers={"location": created["href"]})


@router.get("", summary="List API keys", **documented(examples.KEYS, errors=(400, 422)))
async def list_keys(services: ServicesDep, params: Annotated[ApiKeyListParams, Query()]) -> TypedResponse[ApiKeyList]:
    """List API keys by prefix, without their secrets, revoked and expired ones too."""
    return private_response(await services.database.read(keys.list_keys, params))


@router.get("/{prefix}", summary="Retrieve an API key", **documented(examples.KEY))
async def get_key(services: ServicesDep, prefix: KeyPrefix) -> TypedResponse[ApiKey]:
    """Return an API key without its secret."""
    return private_response(await services.database.read(keys.get_key, prefix))


@router.delete("/{prefix}", summary="Revoke an API key", **documented(None, status=204))
async def revoke_api_key(services: ServicesDep, prefix: KeyPrefix) -> TypedResponse[None]:
    """Revoke an API key: every process refuses it from now on. It stays listed; repeating changes nothing."""
    await services.database.write(revoke_key, prefix, now=clock.now())
    return private_response(None, status=204)


@router.post(
    "/{prefix}/rotation",
    summary="Rotate an API key",
    dependencies=[Depends(RejectIdempotencyKey())],
    **documented(examples.NEW_KEY, errors=(404, 409, 422)),
)
async def rotate_api_key(services: ServicesDep, prefix: KeyPrefix, record: Rotation) -> TypedResponse[ApiKeyWithToken]:
    """Replace the secret of an API key; the token is returned this once. The old one is valid for `grace_seconds`.

    Prefix, scopes and expiry stay. Another rotation ends the grace period of the one before. `Idempotency-Key` is not
    supported, as for a new key.
    """

    def rotate(connection: Connection) -> ApiKeyWithToken:
        token = rotate_key(connection, prefix, grace_seconds=record.grace_seconds, now=clock.now())
        return {**keys.get_key(connection, prefix), "token": token}

    return private_response(await services.database.write(rotate))
