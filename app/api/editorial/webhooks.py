"""Webhook endpoints: create, list, edit, ping and replay."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Body, Depends, Query

from app import clock
from app.actions.webhooks import endpoints as actions
from app.api.dependencies import ServicesDep
from app.api.editorial.dependencies import IfMatch
from app.api.editorial.path_params import WebhookId
from app.api.http.idempotency import RejectIdempotencyKey
from app.api.http.merge_patch import MergePatchOf
from app.api.http.private_responses import EDITORIAL, private_response
from app.api.http.responses import TypedResponse
from app.api.openapi.document import documented
from app.api.router import ordinary_router
from app.db.database import Connection
from app.domain.api_key import ApiKeyScope
from app.errors import FieldError, InvalidInputError, InvalidValueError, NotFoundError
from app.queries.changes.change_list import validate_position
from app.queries.webhooks import endpoints as queries
from app.schemas import webhook as schemas
from app.schemas.examples import webhook as examples
from app.services import Services
from app.webhooks.dispatcher import Dispatcher
from app.webhooks.signature import make_secret, parse_secret

W = TypeVar("W", schemas.Webhook, schemas.WebhookWithSecret)

router = ordinary_router("Webhooks", prefix=f"{EDITORIAL}/webhooks", scopes=(ApiKeyScope.WEBHOOKS_MANAGE,))

NewWebhook = Annotated[schemas.WebhookCreate, Body(examples=[examples.WEBHOOK_RECORD])]
Patch = Annotated[dict[str, Any], Body(examples=[examples.WEBHOOK_PATCH]), MergePatchOf(schemas.WebhookUpdate)]
Rotation = Annotated[schemas.WebhookSecretRotate, Body(examples=[examples.WEBHOOK_ROTATION])]
Replay = Annotated[schemas.WebhookReplay, Body(examples=[examples.WEBHOOK_REPLAY])]

REFUSES_IDEMPOTENCY_KEY = [Depends(RejectIdempotencyKey())]


@router.post(
    "",
    summary="Create a webhook endpoint",
    dependencies=REFUSES_IDEMPOTENCY_KEY,
    **documented(examples.NEW_WEBHOOK, errors=(422,), status=201),
)
async def create_webhook(services: ServicesDep, record: NewWebhook) -> TypedResponse[schemas.WebhookWithSecret]:
    """Create a webhook endpoint; its secret is returned this once. Changes are sent from now on, or after `since`.

    Each change is a `POST` of `{"type", "timestamp", "data": {"seq", "at", "article"}}` (`application/json`), signed as
    Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`), in order; `timestamp` and `at` are the
    time of the change. `article` is that of `/v1/articles/{id_or_slug}`, or `id` and `href` of one that was withdrawn
    or erased (with `data.notice`, null for the latter) or left the filters. `type` and `article` are current at each
    attempt. Of an entry `article` is null, and `data.entry` that of `/v1/changes`. Any 2xx within 15 seconds
    acknowledges it; else it is repeated after 5 seconds up to 3 hours, with the same `webhook-id`, while the later
    messages of this endpoint wait, and after five days the endpoint is disabled. `410` disables it at once. Where
    webhooks are disabled by a setting, messages wait until they are enabled.

    `Idempotency-Key` is not supported, because the response contains the secret: a repeat after a lost response creates
    a second endpoint. List them first, and delete the one whose secret you lack.
    """
    _check_url(services.dispatcher, record.url)
    secret = _secret(record.secret)

    def create(connection: Connection) -> schemas.WebhookWithSecret:
        queries.check_filters(connection, record.filters.model_dump(exclude={"types"}))
        since = validate_position(connection, record.since)
        made = actions.create_webhook(connection, record, secret=secret, since=since, now=clock.now())
        return {**queries.get_webhook(connection, made), "secret": secret}

    created = await services.database.write(create)
    services.dispatcher.wake()
    return private_response(created, status=201, revision=created["revision"], headers={"location": created["href"]})


@router.get(
    "",
    summary="List webhook endpoints",
    **documented(examples.WEBHOOKS, errors=(400, 422)),
)
async def list_webhooks(
    services: ServicesDep, params: Annotated[schemas.WebhookListParams, Query()]
) -> TypedResponse[schemas.WebhookList]:
    """List webhook endpoints in the order of creation, without their secrets, disabled ones too."""
    return private_response(await services.database.read(queries.list_webhooks, params))


@router.get("/{webhook_id}", summary="Retrieve a webhook endpoint", **documented(examples.WEBHOOK))
async def get_webhook(services: ServicesDep, webhook_id: WebhookId) -> TypedResponse[schemas.Webhook]:
    """Return a webhook endpoint without its secret: whether it is enabled, and its last failures."""
    shown = await services.database.read(queries.get_webhook, queries.parse_webhook_id(webhook_id))
    return private_response(shown, revision=shown["revision"])


@router.patch(
    "/{webhook_id}",
    summary="Update a webhook endpoint",
    **documented(examples.WEBHOOK, errors=(404, 412, 422)),
)
async def edit_webhook(
    services: ServicesDep, webhook_id: WebhookId, expected: IfMatch, patch: Patch
) -> TypedResponse[schemas.Webhook]:
    """Update a webhook endpoint by a merge patch (RFC 7396). Enabled again, it continues where it stopped.

    Changed filters apply to pending messages too. Without `If-Match` any revision is accepted.
    """
    endpoint_id = queries.parse_webhook_id(webhook_id)

    def edit(connection: Connection) -> schemas.Webhook:
        after = actions.edit_webhook(connection, endpoint_id, patch, expected=expected, now=clock.now())
        if "url" in patch:
            _check_url(services.dispatcher, after.url)
        queries.check_filters(connection, after.filters.model_dump(exclude={"types"}))
        return queries.get_webhook(connection, endpoint_id)

    return await _change(services, edit)


@router.delete("/{webhook_id}", summary="Delete a webhook endpoint", **documented(None, status=204))
async def delete_webhook(services: ServicesDep, webhook_id: WebhookId) -> TypedResponse[None]:
    """Delete a webhook endpoint with its pending deliveries; a message that is being sent may still arrive."""
    await services.database.write(actions.delete_webhook, queries.parse_webhook_id(webhook_id))
    return private_response(None, status=204)


@router.post(
    "/{webhook_id}/rotation",
    summary="Rotate a signing secret",
    dependencies=REFUSES_IDEMPOTENCY_KEY,
    **documented(examples.NEW_WEBHOOK, errors=(404, 422)),
)
async def post_webhook_rotation(
    services: ServicesDep, webhook_id: WebhookId, record: Rotation
) -> TypedResponse[schemas.WebhookWithSecret]:
    """Replace the signing secret, which is returned this once; both secrets sign messages for `grace_seconds`.

    `Idempotency-Key` is not supported, as for a new endpoint.
    """
    endpoint_id = queries.parse_webhook_id(webhook_id)
    secret = _secret(record.secret)

    def rotate(connection: Connection) -> schemas.WebhookWithSecret:
        grace = record.grace_seconds
        actions.rotate_secret(connection, endpoint_id, secret=secret, grace_seconds=grace, now=clock.now())
        return {**queries.get_webhook(connection, endpoint_id), "secret": secret}

    return await _change(services, rotate)


@router.get(
    "/{webhook_id}/deliveries",
    summary="List deliveries",
    **documented(examples.DELIVERIES, errors=(400, 404, 422)),
)
async def list_deliveries(
    services: ServicesDep, webhook_id: WebhookId, params: Annotated[schemas.DeliveryListParams, Query()]
) -> TypedResponse[schemas.DeliveryList]:
    """List delivered and pending messages, the latest change first: of 30 days, at most a thousand delivered ones."""
    endpoint_id = queries.parse_webhook_id(webhook_id)
    return private_response(await services.database.read(queries.list_deliveries, endpoint_id, params))


@router.put(
    "/{webhook_id}/replay",
    summary="Replay changes",
    **documented(examples.WEBHOOK),
)
async def replay_webhook(
    services: ServicesDep, webhook_id: WebhookId, record: Replay
) -> TypedResponse[schemas.Webhook]:
    """Send every change after `since` again, in order, each with the current state of its article and the id it had.

    Of changes older than seven days the last one of each article and entry remains. A position of another log is 422. A
    disabled endpoint gets them once it is enabled.
    """
    endpoint_id = queries.parse_webhook_id(webhook_id)

    def replay(connection: Connection) -> schemas.Webhook:
        since = validate_position(connection, record.since)
        actions.replay_changes(connection, endpoint_id, since=since, now=clock.now())
        return queries.get_webhook(connection, endpoint_id)

    return await _change(services, replay)


@router.post(
    "/{webhook_id}/ping",
    summary="Send a test ping",
    **documented(examples.PING, errors=(404, 409, 422)),
)
async def ping_webhook(services: ServicesDep, webhook_id: WebhookId) -> TypedResponse[schemas.Ping]:
    """Send a `webhook.ping` immediately, also to a disabled endpoint, and return the outcome.

    409 where webhooks are disabled by a setting.
    """
    done = await services.dispatcher.ping(queries.parse_webhook_id(webhook_id))
    if done is None:
        raise NotFoundError(f"There is no webhook '{webhook_id}'.")
    name, attempt = done
    ping: schemas.Ping = {
        "id": name,
        "delivered": attempt.is_delivered,
        "response_status": attempt.status,
        "reason": attempt.reason,
        "duration_ms": attempt.duration_ms,
    }
    return private_response(ping)


async def _change(services: Services, change: Callable[[Connection], W]) -> TypedResponse[W]:
    """Run the change in one transaction, wake the dispatcher, and return the endpoint after it."""
    shown = await services.database.write(change)
    services.dispatcher.wake()
    return private_response(shown, revision=shown["revision"])


def _check_url(dispatcher: Dispatcher, url: str) -> None:
    try:
        dispatcher.check_url(url)
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
