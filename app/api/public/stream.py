"""Stream: the change feed as Server-Sent Events (WHATWG HTML, section 9.2)."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import orjson
from fastapi import Header, Request, Response
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.types import Receive, Scope, Send

from app.api.auth.scopes import authenticate, authorize, is_still_authorized
from app.api.dependencies import get_stream_hub, services_of
from app.api.http.query_params import parse_query
from app.api.http.responses import CROSS_ORIGIN, NO_STORE
from app.api.middleware.head import IS_HEAD_KEY
from app.api.openapi.document import operation
from app.api.router import make_router
from app.db.database import is_transient
from app.domain.api_key import ApiKeyScope
from app.errors import FieldError, InvalidInputError
from app.schemas.change import ChangeItem
from app.schemas.examples import reading
from app.schemas.stream import StreamedChange, StreamParams
from app.sse.shared_feed import EventEncoder
from app.sse.subscription import Subscription

router = make_router("Changes")

UNCHANGED = f"{NO_STORE}, no-transform"
"""A proxy that compresses holds events back until a block is full: Next.js and webpack do, unless this forbids it."""
LAST_EVENT_ID = "Last-Event-ID"
MAX_DIGITS = 19
RETRY_MS = (1_000, 3_000)
HEADERS = {"cache-control": UNCHANGED, "x-accel-buffering": "no", **CROSS_ORIGIN}

LastEventId = Annotated[
    str | None,
    Header(
        alias=LAST_EVENT_ID,
        description="The last id that was received; it overrides `since`. Browsers send it by themselves.",
        examples=["1"],
        json_schema_extra={"pattern": "^[0-9]*$", "maxLength": MAX_DIGITS},
    ),
]
_random = random.Random()  # noqa: S311 - spreads reconnecting clients; not a secret


def encode_change(item: ChangeItem) -> bytes:
    """Encode a change as an event."""
    return format_sse_event(data_str=orjson.dumps(item).decode(), event=item["type"], id=str(item["seq"]))


def encode_heartbeat(seq: int) -> bytes:
    """Encode a heartbeat: no event, but the id from which a client resumes."""
    return format_sse_event(comment="ping", id=str(seq))


def encode_retry(seq: int) -> bytes:
    """Encode the preamble: a random reconnection time for each client, and the id from which to resume."""
    return format_sse_event(retry=_random.randint(*RETRY_MS), id=str(seq))


class _EventStream(Response):
    """Response class of the document: FastAPI's EventSourceResponse there requires a generator.

    FastAPI runs a generator with three tasks and encodes events for each client; here an event is encoded once for all.
    """

    media_type = EventSourceResponse.media_type


EVENT_ENCODER = EventEncoder(encode_change, encode_heartbeat, encode_retry)


@router.get(
    "/stream",
    summary="Stream changes (SSE)",
    response_class=_EventStream,
    **operation(
        StreamParams,
        StreamedChange,
        reading.STREAMED_CHANGE,
        errors=(404, 422, 503),
        cacheable=False,
        media_type=_EventStream.media_type,
    ),
)
async def stream_changes(request: Request, last_event_id: LastEventId = None) -> Response:
    """Stream changes as Server-Sent Events as soon as they are public; the response has no end.

    Parameters and items are as in `/v1/changes`, without `wait`, `cursor` and `limit`. `Last-Event-ID` (or `since`)
    resumes without a gap or a repeat. A heartbeat comes every 15 seconds. A client is disconnected when more than 256
    new changes or 1 MiB are queued for it (what it missed before is sent at its pace and not counted) or it reads
    nothing between two heartbeats, when its key is revoked or expires, and when the server shuts down: reconnect with
    the last id.

    The response has three kinds of blocks, the preamble, heartbeats and changes:

    ```
    id: 115
    retry: 1840

    : ping
    id: 115

    event: article.removed
    data: {"seq":116,"type":"article.removed",…}
    id: 116
    ```

    A position of another log is 422 with `errors[0].where` `Last-Event-ID` or `since`. An `EventSource` stays closed
    after any response but 200: after 422 open another one with `since=0`, for an empty copy; after 429 or 503, one with
    `since` set to the last id, a few seconds later (it does not show `Retry-After` or the status). It sends no
    `Authorization`, so where reading needs a key, send a stream token in the query. It reconnects with the same URL, so
    a reconnection is 401 once the token has expired: fetch another token, and open another `EventSource` with `since`
    set to the last id.
    """
    params = parse_query(request, StreamParams)
    if params.token is not None:
        authorize(await authenticate(request.scope), ApiKeyScope.CONTENT_READ)
    known = _read_id(last_event_id or "")
    since = params.since if known is None else known
    subscribing = get_stream_hub(request).subscribe(
        params.changes(), since, is_authorized=_authorization_check(request)
    )
    try:
        subscription = await subscribing
    except InvalidInputError as error:
        raise error if known is None else _named_after_header(error) from None
    if IS_HEAD_KEY in request.scope:
        subscription.end()
    return _SseResponse(subscription)


def _read_id(text: str) -> int | None:
    """Parse the position in the header, None if it is empty; InvalidInputError."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise InvalidInputError(FieldError(LAST_EVENT_ID, "Must be the id of an event, which has digits only."))
    return int(text)


def _named_after_header(error: InvalidInputError) -> InvalidInputError:
    named = (LAST_EVENT_ID if each.location == "since" else each.location for each in error.errors)
    return InvalidInputError(
        *(FieldError(where, each.message) for where, each in zip(named, error.errors, strict=True))
    )


def _authorization_check(request: Request) -> Callable[[], Awaitable[bool]]:
    """Return a check whether the stream may continue: with keyed reading, a revoked or expired key ends it."""

    async def is_welcome() -> bool:
        if not services_of(request).settings.reads_require_key:
            return True
        try:
            return await is_still_authorized(request.scope, ApiKeyScope.CONTENT_READ)
        except Exception as error:
            if is_transient(error):
                return True  # no change is sent during an outage
            raise

    return is_welcome


class _SseResponse(EventSourceResponse):
    """Response that sends a subscription's chunks until it ends; a disconnect ends the subscription."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription
        self._chunks = subscription.iter_chunks()
        super().__init__(self._chunks, headers=HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        subscription = self._subscription
        subscription.on_stuck = _connection_abort(receive)
        leaving = asyncio.ensure_future(self.listen_for_disconnect(receive))
        leaving.add_done_callback(lambda _: subscription.end())
        try:
            await self.stream_response(send)
        except OSError:
            pass  # the client is gone
        finally:
            subscription.end()
            leaving.cancel()
            await self._chunks.aclose()


def _connection_abort(receive: Receive) -> Callable[[], Any]:
    """Return a function that aborts the connection of a client that reads nothing.

    ASGI has no such message, but uvicorn's `receive` belongs to the object that holds the connection; other servers
    close it by their own timeouts.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    cut: Callable[[], Any] = getattr(transport, "abort", bool)
    return cut
