"""Keys: given out, listed, rotated and revoked by whoever may manage them."""

from typing import Annotated

from fastapi import Path, Request, Response

from app import clock
from app.actions.keys import create_key, revoke_key, rotate_key
from app.api.body import read_body
from app.api.deps import database_of
from app.api.idempotency import refuse_idempotency
from app.api.openapi import documented
from app.api.private import EDITORIAL, private_answer
from app.api.query import read_question
from app.api.routes import resource
from app.db.session import Connection
from app.domain.api_key import PREFIX_PATTERN, KeyScope
from app.queries import keys
from app.schemas import key_examples as examples
from app.schemas.api_key import ApiKey, ApiKeyList, KeyRecord, KeysQuestion, NewApiKey, RotationRecord
from app.schemas.question import Nothing

router = resource("Keys", prefix=f"{EDITORIAL}/keys")

MANAGE = (KeyScope.KEYS_MANAGE,)
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
    **documented(
        None,
        NewApiKey,
        examples.NEW_KEY,
        problems=(422,),
        scopes=MANAGE,
        command=KeyRecord,
        command_example=examples.KEY_RECORD,
        status=201,
    ),
)
async def post_key(request: Request) -> Response:
    """A new key with its token, which is told this once. Whoever may manage keys may give any scope.

    An `Idempotency-Key` is refused: to give the same answer again the token would have to be kept. After a lost
    answer, revoke the key that nobody holds and ask again.
    """
    read_question(request, Nothing)
    refuse_idempotency(request)
    record = await read_body(request, KeyRecord)

    def create(connection: Connection) -> NewApiKey:
        prefix, token = create_key(connection, record, now=clock.now())
        return {**keys.get_key(connection, prefix), "token": token}

    made = await database_of(request).write(create)
    return private_answer(made, status=201, headers={"location": made["href"]})


@router.get(
    "",
    summary="Keys by prefix",
    **documented(KeysQuestion, ApiKeyList, examples.KEYS, problems=(400, 422), scopes=MANAGE),
)
async def list_keys(request: Request) -> Response:
    """Every key without its secret, revoked and expired ones too."""
    question = read_question(request, KeysQuestion)
    return private_answer(await database_of(request).read(keys.list_keys, question))


@router.get("/{prefix}", summary="One key", **documented(None, ApiKey, examples.KEY, scopes=MANAGE))
async def get_key(request: Request, prefix: Prefix) -> Response:
    """One key without its secret."""
    read_question(request, Nothing)
    return private_answer(await database_of(request).read(keys.get_key, prefix))


@router.delete("/{prefix}", summary="Revoke a key", **documented(None, None, None, scopes=MANAGE, status=204))
async def delete_key(request: Request, prefix: Prefix) -> Response:
    """The key is refused from now on, by every process; it stays listed. Again changes nothing."""
    read_question(request, Nothing)
    await database_of(request).write(revoke_key, prefix, now=clock.now())
    return private_answer(None, status=204)


@router.post(
    "/{prefix}/rotation",
    summary="Give a key a new secret",
    **documented(
        None,
        NewApiKey,
        examples.NEW_KEY,
        problems=(404, 409, 422),
        scopes=MANAGE,
        command=RotationRecord,
        command_example={"grace_seconds": 3600},
    ),
)
async def post_key_rotation(request: Request, prefix: Prefix) -> Response:
    """The key with a new token, told this once; the old one stays good for `grace_seconds`, by default not at all.

    An `Idempotency-Key` is refused, as for a new key.
    """
    read_question(request, Nothing)
    refuse_idempotency(request)
    record = await read_body(request, RotationRecord)

    def rotate(connection: Connection) -> NewApiKey:
        token = rotate_key(connection, prefix, grace_seconds=record.grace_seconds, now=clock.now())
        return {**keys.get_key(connection, prefix), "token": token}

    return private_answer(await database_of(request).write(rotate))
