"""Webhooks: made, listed, edited, tried and told again by whoever may manage them."""

from typing import Annotated, Any

from fastapi import Path, Request, Response

from app import clock
from app.actions import webhooks as actions
from app.api.body import read_body, read_object
from app.api.deps import database_of, dispatcher_of
from app.api.editorial.changing import expected_revisions
from app.api.idempotency import refuse_idempotency
from app.api.openapi import documented
from app.api.private import EDITORIAL, private_answer
from app.api.query import read_question
from app.api.routes import resource
from app.db.session import Connection
from app.domain.api_key import KeyScope
from app.errors import Flaw, InvalidInput, InvalidValue, NotFound
from app.queries import webhooks as queries
from app.queries.changes import find_place
from app.schemas import webhook as schemas
from app.schemas import webhook_examples as examples
from app.schemas.question import Nothing
from app.webhooks.signature import make_secret, parse_secret

router = resource("Webhooks", prefix=f"{EDITORIAL}/webhooks")

MANAGE = (KeyScope.WEBHOOKS_MANAGE,)
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
    **documented(
        None,
        schemas.NewWebhook,
        examples.NEW_WEBHOOK,
        problems=(422,),
        scopes=MANAGE,
        command=schemas.WebhookRecord,
        command_example=examples.WEBHOOK_RECORD,
        status=201,
    ),
)
async def post_webhook(request: Request) -> Response:
    """A new webhook with its secret, which is told this once; messages are sent from now on.

    An `Idempotency-Key` is refused: to give the same answer again the secret would have to be kept with it.
    """
    read_question(request, Nothing)
    refuse_idempotency(request)
    record = await read_body(request, schemas.WebhookRecord)
    _check_url(request, record.url)
    secret = _secret(record.secret)

    def create(connection: Connection) -> schemas.NewWebhook:
        queries.check_filters(connection, record.filters.model_dump(exclude={"types"}))
        since = find_place(connection, record.since)
        made = actions.create_webhook(connection, record, secret=secret, since=since, now=clock.now())
        return {**queries.get_webhook(connection, made), "secret": secret}

    made = await database_of(request).write(create)
    dispatcher_of(request).wake()
    return private_answer(made, status=201, revision=made["revision"], headers={"location": made["href"]})


@router.get(
    "",
    summary="Webhooks in the order of their making",
    **documented(schemas.WebhooksQuestion, schemas.WebhookList, examples.WEBHOOKS, problems=(400, 422), scopes=MANAGE),
)
async def list_webhooks(request: Request) -> Response:
    """Every webhook without its secret, disabled ones too."""
    question = read_question(request, schemas.WebhooksQuestion)
    return private_answer(await database_of(request).read(queries.list_webhooks, question))


@router.get(
    "/{webhook_id}", summary="One webhook", **documented(None, schemas.Webhook, examples.WEBHOOK, scopes=MANAGE)
)
async def get_webhook(request: Request, webhook_id: Key) -> Response:
    """One webhook without its secret: whether it is enabled, and how it fares."""
    read_question(request, Nothing)
    shown = await database_of(request).read(queries.get_webhook, queries.find_webhook_id(webhook_id))
    return private_answer(shown, revision=shown["revision"])


@router.patch(
    "/{webhook_id}",
    summary="Edit a webhook",
    **documented(
        None,
        schemas.Webhook,
        examples.WEBHOOK,
        problems=(404, 412, 422),
        scopes=MANAGE,
        command=schemas.WebhookPatch,
        command_example=examples.WEBHOOK_PATCH,
    ),
)
async def edit_webhook(request: Request, webhook_id: Key) -> Response:
    """A merge patch (RFC 7396). Enabled again it goes on where it stood; `If-Match` is heeded."""
    read_question(request, Nothing)
    endpoint_id, expected = queries.find_webhook_id(webhook_id), expected_revisions(request)
    patch = await read_object(request)

    def edit(connection: Connection) -> schemas.Webhook:
        wanted = actions.edit_webhook(connection, endpoint_id, patch, expected=expected, now=clock.now())
        if "url" in patch:
            _check_url(request, wanted.url)
        queries.check_filters(connection, wanted.filters.model_dump(exclude={"types"}))
        return queries.get_webhook(connection, endpoint_id)

    return await _changed(request, edit)


@router.delete("/{webhook_id}", summary="Delete a webhook", **documented(None, None, None, scopes=MANAGE, status=204))
async def delete_webhook(request: Request, webhook_id: Key) -> Response:
    """It is gone with all that was to be sent; a message that is under way may still arrive."""
    read_question(request, Nothing)
    await database_of(request).write(actions.delete_webhook, queries.find_webhook_id(webhook_id))
    return private_answer(None, status=204)


@router.post(
    "/{webhook_id}/rotation",
    summary="Give a webhook a new secret",
    **documented(
        None,
        schemas.NewWebhook,
        examples.NEW_WEBHOOK,
        problems=(404, 422),
        scopes=MANAGE,
        command=schemas.SecretRotationRecord,
        command_example={"grace_seconds": 3600},
    ),
)
async def post_webhook_rotation(request: Request, webhook_id: Key) -> Response:
    """The webhook with a new secret, told this once; for `grace_seconds`, a day by default, both sign each message.

    An `Idempotency-Key` is refused, as for a new webhook.
    """
    read_question(request, Nothing)
    refuse_idempotency(request)
    endpoint_id = queries.find_webhook_id(webhook_id)
    record = await read_body(request, schemas.SecretRotationRecord)
    secret = _secret(record.secret)

    def rotate(connection: Connection) -> schemas.NewWebhook:
        grace = record.grace_seconds
        actions.rotate_secret(connection, endpoint_id, secret=secret, grace_seconds=grace, now=clock.now())
        return {**queries.get_webhook(connection, endpoint_id), "secret": secret}

    return await _changed(request, rotate)


@router.get(
    "/{webhook_id}/deliveries",
    summary="What was sent to a webhook",
    **documented(
        schemas.DeliveriesQuestion,
        schemas.DeliveryList,
        examples.DELIVERIES,
        problems=(400, 404, 422),
        scopes=MANAGE,
    ),
)
async def list_deliveries(request: Request, webhook_id: Key) -> Response:
    """What was delivered and what waits, the latest change first. Kept are 30 days, and a thousand at most."""
    question = read_question(request, schemas.DeliveriesQuestion)
    endpoint_id = queries.find_webhook_id(webhook_id)
    return private_answer(await database_of(request).read(queries.list_deliveries, endpoint_id, question))


@router.put(
    "/{webhook_id}/replay",
    summary="Tell a webhook everything again",
    **documented(
        None,
        schemas.Webhook,
        examples.WEBHOOK,
        scopes=MANAGE,
        command=schemas.ReplayRecord,
        command_example={"since": 1},
    ),
)
async def put_replay(request: Request, webhook_id: Key) -> Response:
    """Every change after `since` is sent again, in order, each article as it is by then, under the ids it had."""
    read_question(request, Nothing)
    endpoint_id = queries.find_webhook_id(webhook_id)
    record = await read_body(request, schemas.ReplayRecord)

    def replay(connection: Connection) -> schemas.Webhook:
        since = find_place(connection, record.since)
        actions.replay_changes(connection, endpoint_id, since=since, now=clock.now())
        return queries.get_webhook(connection, endpoint_id)

    return await _changed(request, replay)


@router.post(
    "/{webhook_id}/ping",
    summary="Try a webhook",
    **documented(None, schemas.Ping, examples.PING, problems=(404, 409, 422), scopes=MANAGE),
)
async def post_ping(request: Request, webhook_id: Key) -> Response:
    """A `webhook.ping` is sent at once, outside of the order and also while it is disabled; what came of it.

    409 where the installation is set to send nothing.
    """
    read_question(request, Nothing)
    done = await dispatcher_of(request).ping(queries.find_webhook_id(webhook_id))
    if done is None:
        raise NotFound(f"There is no webhook '{webhook_id}' here.")
    name, attempt = done
    told: schemas.Ping = {
        "id": name,
        "is_delivered": attempt.is_delivered,
        "response_status": attempt.status,
        "reason": attempt.reason,
        "duration_ms": attempt.duration_ms,
    }
    return private_answer(told)


async def _changed(request: Request, change: Any) -> Response:
    """Make the change in one transaction, have it looked at, and answer the webhook as it is then."""
    shown = await database_of(request).write(change)
    dispatcher_of(request).wake()
    return private_answer(shown, revision=shown["revision"])


def _check_url(request: Request, url: str) -> None:
    try:
        dispatcher_of(request).check_url(url)
    except InvalidValue as error:
        raise InvalidInput(Flaw("url", error.detail)) from None


def _secret(given: str | None) -> str:
    if given is None:
        return make_secret()
    try:
        parse_secret(given)
    except InvalidValue as error:
        raise InvalidInput(Flaw("secret", error.detail)) from None
    return given
