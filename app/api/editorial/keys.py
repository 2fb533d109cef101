"""Keys: given out, listed, rotated and revoked by whoever may manage them."""

from typing import Annotated

from fastapi import Path, Request, Response

from app import clock
from app.actions.keys import create_key, revoke_key, rotate_key
from app.api.dependencies import get_database
from app.api.http.idempotency import reject_idempotency_key
from app.api.http.private_responses import EDITORIAL, private_response
from app.api.http.query_params import parse_query
from app.api.http.request_body import parse_body
from app.api.openapi.document import operation
from app.api.router import make_router
from app.db.database import Connection
from app.domain.api_key import PREFIX_PATTERN, ApiKeyScope
from app.queries import keys
from app.schemas.api_key import ApiKey, ApiKeyCreate, ApiKeyList, ApiKeyListParams, ApiKeyRotate, ApiKeyWithToken
from app.schemas.examples import key as examples
from app.schemas.params import NoParams

router = make_router("Keys", prefix=f"{EDITORIAL}/keys")

MANAGE = (ApiKeyScope.KEYS_MANAGE,)
Prefix = Annotated[
    str,
    Path(
        description="What names the key: the ten characters after `dl_` in its token.",
        examples=["k7q2m5xw3f"],
        json_schema_extra={"pattern": f"^{PREFIX_PATTERN}$"},
    ),
]


@router.post(
    "",
    summary="Give out a key",
    **operation(
        None,
        ApiKeyWithToken,
        examples.NEW_KEY,
        errors=(422,),
        scopes=MANAGE,
        command=ApiKeyCreate,
        command_example=examples.KEY_RECORD,
        status=201,
    ),
)
async def create_api_key(request: Request) -> Response:
    """A new key with its token, which is told this once. Whoever may manage keys may give any scope.

    An `Idempotency-Key` is refused: to give the same answer again the token would have to be kept. After a lost
    answer, revoke the key that nobody holds and ask again.
    """
    parse_query(request, NoParams)
    reject_idempotency_key(request)
    record = await parse_body(request, ApiKeyCreate)

    def create(connection: Connection) -> ApiKeyWithToken:
        prefix, token = create_key(connection, record, now=clock.now())
        return {**keys.get_key(connection, prefix), "token": token}

    made = await get_database(request).write(create)
    return private_response(made, status=201, headers={"location": made["href"]})


@router.get(
    "",
    summary="Keys by prefix",
    **operation(ApiKeyListParams, ApiKeyList, examples.KEYS, errors=(400, 422), scopes=MANAGE),
)
async def list_keys(request: Request) -> Response:
    """Every key without its secret, revoked and expired ones too."""
    question = parse_query(request, ApiKeyListParams)
    return private_response(await get_database(request).read(keys.list_keys, question))


@router.get("/{prefix}", summary="One key", **operation(None, ApiKey, examples.KEY, scopes=MANAGE))
async def get_key(request: Request, prefix: Prefix) -> Response:
    """One key without its secret."""
    parse_query(request, NoParams)
    return private_response(await get_database(request).read(keys.get_key, prefix))


@router.delete("/{prefix}", summary="Revoke a key", **operation(None, None, None, scopes=MANAGE, status=204))
async def revoke_api_key(request: Request, prefix: Prefix) -> Response:
    """The key is refused from now on, by every process; it stays listed. Again changes nothing."""
    parse_query(request, NoParams)
    await get_database(request).write(revoke_key, prefix, now=clock.now())
    return private_response(None, status=204)


@router.post(
    "/{prefix}/rotation",
    summary="Give a key a new secret",
    **operation(
        None,
        ApiKeyWithToken,
        examples.NEW_KEY,
        errors=(404, 409, 422),
        scopes=MANAGE,
        command=ApiKeyRotate,
        command_example={"grace_seconds": 3600},
    ),
)
async def rotate_api_key(request: Request, prefix: Prefix) -> Response:
    """The key with a new token, told this once; the old one stays good for `grace_seconds`, by default not at all.

    An `Idempotency-Key` is refused, as for a new key.
    """
    parse_query(request, NoParams)
    reject_idempotency_key(request)
    record = await parse_body(request, ApiKeyRotate)

    def rotate(connection: Connection) -> ApiKeyWithToken:
        token = rotate_key(connection, prefix, grace_seconds=record.grace_seconds, now=clock.now())
        return {**keys.get_key(connection, prefix), "token": token}

    return private_response(await get_database(request).write(rotate))
