"""The stream: the change feed as Server-Sent Events (WHATWG HTML, section 9.2)."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import orjson
from fastapi import Header, Request, Response
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.types import Receive, Scope, Send

from app.api.deps import hub_of
from app.api.head import HEAD_KEY
from app.api.openapi import documented
from app.api.query import read_question
from app.api.responses import CROSS_ORIGIN, NO_STORE
from app.api.routes import resource
from app.api.security import is_still_good
from app.db.session import is_outage
from app.domain.api_key import KeyScope
from app.errors import Flaw, InvalidInput
from app.relay.channel import Wire
from app.relay.subscription import Subscription
from app.schemas import examples
from app.schemas.change import FeedItem
from app.schemas.stream import StreamedChange, StreamQuestion

router = resource("Changes")

LAST_EVENT_ID = "Last-Event-ID"
DIGITS_MOST = 19
RETRY_MS = (1_000, 3_000)
HEADERS = {"cache-control": NO_STORE, "x-accel-buffering": "no", **CROSS_ORIGIN}

LastEventId = Annotated[
    str | None,
    Header(
        alias=LAST_EVENT_ID,
        description="The last id that was received; it goes before `since`. Browsers send it by themselves.",
        examples=["1"],
    ),
]
_chance = random.Random()  # noqa: S311 - spreads those who come back together; nobody gains by guessing it


def write_change(item: FeedItem) -> bytes:
    """A change as an event."""
    return format_sse_event(data_str=orjson.dumps(item).decode(), event=item["type"], id=str(item["seq"]))


def write_position(seq: int) -> bytes:
    """A beat: no event, but clients that keep the last id know how far they are."""
    return format_sse_event(comment="ping", id=str(seq))


def write_opening(seq: int) -> bytes:
    """The first words: when to come back, each client at another moment, and from where."""
    return format_sse_event(retry=_chance.randint(*RETRY_MS), id=str(seq))


class _EventStream(Response):
    """What the document says it answers with: an EventSourceResponse there stands for a generator.

    The framework runs those with three tasks and an encoding for each client; here an event is encoded once for all.
    """

    media_type = EventSourceResponse.media_type


WIRE = Wire(write_change, write_position, write_opening)


@router.get(
    "/stream",
    summary="What happens, as it happens",
    response_class=_EventStream,
    **documented(
        StreamQuestion,
        StreamedChange,
        examples.STREAMED_CHANGE,
        problems=(404, 422, 503),
        cached=False,
        media_type=_EventStream.media_type,
    ),
)
async def stream_changes(request: Request, last_event_id: LastEventId = None) -> Response:
    """The change feed as Server-Sent Events, without an end: each change as soon as it is public.

    After a break, `Last-Event-ID` (or `since`) goes on without a gap or a repeat. A comment and the id reached so
    far come every 15 seconds.
    """
    question = read_question(request, StreamQuestion)
    known = _read_id(last_event_id or "")
    since = question.since if known is None else known
    subscribing = hub_of(request).subscribe(question.changes(), since, is_welcome=_welcoming(request))
    try:
        subscription = await subscribing
    except InvalidInput as error:
        raise error if known is None else _named_after_header(error) from None
    if HEAD_KEY in request.scope:
        subscription.end()
    return _Stream(subscription)


def _read_id(told: str) -> int | None:
    """The position in the header, None where it says nothing; InvalidInput."""
    if not told:
        return None
    if not (told.isascii() and told.isdigit() and len(told) <= DIGITS_MOST):
        raise InvalidInput(Flaw(LAST_EVENT_ID, "The id of an event is expected: digits alone."))
    return int(told)


def _named_after_header(error: InvalidInput) -> InvalidInput:
    named = (LAST_EVENT_ID if each.where == "since" else each.where for each in error.flaws)
    return InvalidInput(*(Flaw(where, each.message) for where, each in zip(named, error.flaws, strict=True)))


def _welcoming(request: Request) -> Callable[[], Awaitable[bool]]:
    """Whether the stream may go on: where reading is keyed, a key that was revoked or has expired ends it."""

    async def is_welcome() -> bool:
        if not request.app.state.is_keyed:
            return True
        try:
            return await is_still_good(request.scope, KeyScope.CONTENT_READ)
        except Exception as error:
            if is_outage(error):
                return True  # nothing is told while it lasts
            raise

    return is_welcome


class _Stream(EventSourceResponse):
    """Sends what the subscription has until it ends; it ends when the client goes."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription
        self._chunks = subscription.chunks()
        super().__init__(self._chunks, headers=HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        subscription = self._subscription
        subscription.on_stuck = _cut_of(receive)
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


def _cut_of(receive: Receive) -> Callable[[], Any]:
    """What cuts the connection of a client that takes nothing, whom no last word reaches.

    ASGI has no word for it, but uvicorn's `receive` belongs to what holds the connection; elsewhere it is closed when
    the server gives up.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    cut: Callable[[], Any] = getattr(transport, "abort", bool)
    return cut
