"""Webhooks: made, listed, edited, tried and told again by whoever may manage them."""

from typing import Annotated, Any

from fastapi import Path, Request, Response

from app import clock
from app.actions.webhooks import endpoints as actions
from app.api.dependencies import get_database, get_dispatcher
from app.api.editorial.dependencies import parse_if_match
from app.api.http.idempotency import reject_idempotency_key
from app.api.http.private_responses import EDITORIAL, private_response
from app.api.http.query_params import parse_query
from app.api.http.request_body import parse_body, parse_json_object
from app.api.openapi.document import operation
from app.api.router import make_router
from app.db.database import Connection
from app.domain.api_key import ApiKeyScope
from app.errors import FieldError, InvalidInputError, InvalidValueError, NotFoundError
from app.queries.changes.change_list import validate_position
from app.queries.webhooks import endpoints as queries
from app.schemas import webhook as schemas
from app.schemas.examples import webhook as examples
from app.schemas.params import NoParams
from app.webhooks.signature import make_secret, parse_secret

router = make_router("Webhooks", prefix=f"{EDITORIAL}/webhooks")

MANAGE = (ApiKeyScope.WEBHOOKS_MANAGE,)
Key = Annotated[
    str,
    Path(
        description="What names the webhook.",
        examples=["0677y7hzc3m2e"],
        json_schema_extra={"pattern": "^[0-7][0-9a-hjkmnp-tv-z]{12}$"},
    ),
]


@router.post(
    "",
    summary="Make a webhook",
    **operation(
        None,
        schemas.WebhookWithSecret,
        examples.NEW_WEBHOOK,
        errors=(422,),
        scopes=MANAGE,
        command=schemas.WebhookCreate,
        command_example=examples.WEBHOOK_RECORD,
        status=201,
    ),
)
async def create_webhook(request: Request) -> Response:
    """A new webhook with its secret, which is told this once; messages are sent from now on.

    An `Idempotency-Key` is refused: to give the same answer again the secret would have to be kept with it.
    """
    parse_query(request, NoParams)
    reject_idempotency_key(request)
    record = await parse_body(request, schemas.WebhookCreate)
    _check_url(request, record.url)
    secret = _secret(record.secret)

    def create(connection: Connection) -> schemas.WebhookWithSecret:
        queries.check_filters(connection, record.filters.model_dump(exclude={"types"}))
        since = validate_position(connection, record.since)
        made = actions.create_webhook(connection, record, secret=secret, since=since, now=clock.now())
        return {**queries.get_webhook(connection, made), "secret": secret}

    made = await get_database(request).write(create)
    get_dispatcher(request).wake()
    return private_response(made, status=201, revision=made["revision"], headers={"location": made["href"]})


@router.get(
    "",
    summary="Webhooks in the order of their making",
    **operation(schemas.WebhookListParams, schemas.WebhookList, examples.WEBHOOKS, errors=(400, 422), scopes=MANAGE),
)
async def list_webhooks(request: Request) -> Response:
    """Every webhook without its secret, disabled ones too."""
    question = parse_query(request, schemas.WebhookListParams)
    return private_response(await get_database(request).read(queries.list_webhooks, question))


@router.get("/{webhook_id}", summary="One webhook", **operation(None, schemas.Webhook, examples.WEBHOOK, scopes=MANAGE))
async def get_webhook(request: Request, webhook_id: Key) -> Response:
    """One webhook without its secret: whether it is enabled, and how it fares."""
    parse_query(request, NoParams)
    shown = await get_database(request).read(queries.get_webhook, queries.parse_webhook_id(webhook_id))
    return private_response(shown, revision=shown["revision"])


@router.patch(
    "/{webhook_id}",
    summary="Edit a webhook",
    **operation(
        None,
        schemas.Webhook,
        examples.WEBHOOK,
        errors=(404, 412, 422),
        scopes=MANAGE,
        command=schemas.WebhookUpdate,
        command_example=examples.WEBHOOK_PATCH,
    ),
)
async def edit_webhook(request: Request, webhook_id: Key) -> Response:
    """A merge patch (RFC 7396). Enabled again it goes on where it stood; `If-Match` is heeded."""
    parse_query(request, NoParams)
    endpoint_id, expected = queries.parse_webhook_id(webhook_id), parse_if_match(request)
    patch = await parse_json_object(request)

    def edit(connection: Connection) -> schemas.Webhook:
        wanted = actions.edit_webhook(connection, endpoint_id, patch, expected=expected, now=clock.now())
        if "url" in patch:
            _check_url(request, wanted.url)
        queries.check_filters(connection, wanted.filters.model_dump(exclude={"types"}))
        return queries.get_webhook(connection, endpoint_id)

    return await _changed(request, edit)


@router.delete("/{webhook_id}", summary="Delete a webhook", **operation(None, None, None, scopes=MANAGE, status=204))
async def delete_webhook(request: Request, webhook_id: Key) -> Response:
    """It is gone with all that was to be sent; a message that is under way may still arrive."""
    parse_query(request, NoParams)
    await get_database(request).write(actions.delete_webhook, queries.parse_webhook_id(webhook_id))
    return private_response(None, status=204)


@router.post(
    "/{webhook_id}/rotation",
    summary="Give a webhook a new secret",
    **operation(
        None,
        schemas.WebhookWithSecret,
        examples.NEW_WEBHOOK,
        errors=(404, 422),
        scopes=MANAGE,
        command=schemas.WebhookSecretRotate,
        command_example={"grace_seconds": 3600},
    ),
)
async def post_webhook_rotation(request: Request, webhook_id: Key) -> Response:
    """The webhook with a new secret, told this once; for `grace_seconds`, a day by default, both sign each message.

    An `Idempotency-Key` is refused, as for a new webhook.
    """
    parse_query(request, NoParams)
    reject_idempotency_key(request)
    endpoint_id = queries.parse_webhook_id(webhook_id)
    record = await parse_body(request, schemas.WebhookSecretRotate)
    secret = _secret(record.secret)

    def rotate(connection: Connection) -> schemas.WebhookWithSecret:
        grace = record.grace_seconds
        actions.rotate_secret(connection, endpoint_id, secret=secret, grace_seconds=grace, now=clock.now())
        return {**queries.get_webhook(connection, endpoint_id), "secret": secret}

    return await _changed(request, rotate)


@router.get(
    "/{webhook_id}/deliveries",
    summary="What was sent to a webhook",
    **operation(
        schemas.DeliveryListParams,
        schemas.DeliveryList,
        examples.DELIVERIES,
        errors=(400, 404, 422),
        scopes=MANAGE,
    ),
)
async def list_deliveries(request: Request, webhook_id: Key) -> Response:
    """What was delivered and what waits, the latest change first. Kept are 30 days, and a thousand at most."""
    question = parse_query(request, schemas.DeliveryListParams)
    endpoint_id = queries.parse_webhook_id(webhook_id)
    return private_response(await get_database(request).read(queries.list_deliveries, endpoint_id, question))


@router.put(
    "/{webhook_id}/replay",
    summary="Tell a webhook everything again",
    **operation(
        None,
        schemas.Webhook,
        examples.WEBHOOK,
        scopes=MANAGE,
        command=schemas.WebhookReplay,
        command_example={"since": 1},
    ),
)
async def replay_webhook(request: Request, webhook_id: Key) -> Response:
    """Every change after `since` is sent again, in order, each article as it is by then, under the ids it had."""
    parse_query(request, NoParams)
    endpoint_id = queries.parse_webhook_id(webhook_id)
    record = await parse_body(request, schemas.WebhookReplay)

    def replay(connection: Connection) -> schemas.Webhook:
        since = validate_position(connection, record.since)
        actions.replay_changes(connection, endpoint_id, since=since, now=clock.now())
        return queries.get_webhook(connection, endpoint_id)

    return await _changed(request, replay)


@router.post(
    "/{webhook_id}/ping",
    summary="Try a webhook",
    **operation(None, schemas.Ping, examples.PING, errors=(404, 409, 422), scopes=MANAGE),
)
async def ping_webhook(request: Request, webhook_id: Key) -> Response:
    """A `webhook.ping` is sent at once, outside of the order and also while it is disabled; what came of it.

    409 where the installation is set to send nothing.
    """
    parse_query(request, NoParams)
    done = await get_dispatcher(request).ping(queries.parse_webhook_id(webhook_id))
    if done is None:
        raise NotFoundError(f"There is no webhook '{webhook_id}' here.")
    name, attempt = done
    told: schemas.Ping = {
        "id": name,
        "is_delivered": attempt.is_delivered,
        "response_status": attempt.status,
        "reason": attempt.reason,
        "duration_ms": attempt.duration_ms,
    }
    return private_response(told)


async def _changed(request: Request, change: Any) -> Response:
    """Make the change in one transaction, have it looked at, and answer the webhook as it is then."""
    shown = await get_database(request).write(change)
    get_dispatcher(request).wake()
    return private_response(shown, revision=shown["revision"])


def _check_url(request: Request, url: str) -> None:
    try:
        get_dispatcher(request).check_url(url)
    except InvalidValueError as error:
        raise InvalidInputError(FieldError("url", error.detail)) from None


def _secret(given: str | None) -> str:
    if given is None:
        return make_secret()
    try:
        parse_secret(given)
    except InvalidValueError as error:
        raise InvalidInputError(FieldError("secret", error.detail)) from None
    return given
