"""Asynchronous client: performs the effects of operations with awaited calls."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import httpx

from dayline_client.flow import Effect, Emit, Flow, ItemFlow, Pause, Read, Result, Send, advance
from dayline_client.operations import (
    MEMORY_BYTES,
    TIMEOUT_S,
    Operations,
    annotate,
    make_headers,
    make_operations,
    result_type,
)
from dayline_client.retries import RETRIES, Retries

P = ParamSpec("P")
T = TypeVar("T")


class _AwaitedSession:
    """Effects of one flow, and the response that it reads by parts."""

    def __init__(self, http: httpx.AsyncClient, sleep: Callable[[float], Awaitable[object]]) -> None:
        self._http = http
        self._sleep = sleep
        self._response: httpx.Response | None = None
        self._parts: AsyncIterator[bytes]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._close()

    async def perform(self, effect: Effect) -> httpx.Response | bytes | httpx.RequestError | None:
        """Return the outcome of an effect."""
        try:
            match effect:
                case Send():
                    return await self._send(effect)
                case Read():
                    return await anext(self._parts, None)
                case Pause():
                    await self._sleep(effect.seconds)
        except httpx.RequestError as error:
            return error
        return None

    async def _send(self, effect: Send) -> httpx.Response:
        await self._close()
        call = effect.call
        request = self._http.build_request(
            call.method, call.url, headers=call.headers, content=call.content, timeout=call.timeout
        )
        response = await self._http.send(request, stream=call.is_streamed)
        if call.is_streamed:
            self._response, self._parts = response, response.aiter_bytes()
            if not response.is_success:
                await response.aread()
        return response

    async def _close(self) -> None:
        if self._response is not None:
            await self._response.aclose()


class _AwaitedRunner:
    """Runs flows."""

    def __init__(
        self, operations: Operations, http: httpx.AsyncClient, sleep: Callable[[float], Awaitable[object]]
    ) -> None:
        self._operations = operations
        self._http = http
        self._sleep = sleep

    async def _run(self, flow: Flow[T]) -> T:
        async with _AwaitedSession(self._http, self._sleep) as session:
            step = advance(flow, None)
            while not isinstance(step, Result):
                step = advance(flow, await session.perform(step))
            value: T = step.value
            return value

    async def _iterate(self, flow: ItemFlow[T]) -> AsyncGenerator[T, None]:
        async with _AwaitedSession(self._http, self._sleep) as session:
            step = advance(flow, None)
            while not isinstance(step, Result):
                if isinstance(step, Emit):
                    yield step.item
                    step = advance(flow, None)
                else:
                    step = advance(flow, await session.perform(step))


def _awaiting(
    operation: Callable[Concatenate[Operations, P], Flow[T]],
) -> Callable[Concatenate[_AwaitedRunner, P], Coroutine[Any, Any, T]]:
    """Make a method that returns what the operation returns."""

    @wraps(operation)
    async def method(self: _AwaitedRunner, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._run(operation(self._operations, *args, **kwargs))

    return annotate(method, operation, result_type(operation))


def _iterating(
    operation: Callable[Concatenate[Operations, P], ItemFlow[T]],
) -> Callable[Concatenate[_AwaitedRunner, P], AsyncGenerator[T, None]]:
    """Make a method that iterates over the items of the operation."""

    @wraps(operation)
    def method(self: _AwaitedRunner, /, *args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[T, None]:
        return self._iterate(operation(self._operations, *args, **kwargs))

    return annotate(method, operation, AsyncIterator[result_type(operation)])  # type: ignore[misc]


class AsyncDayline(_AwaitedRunner):
    """Client of one installation, used in one event loop.

    `base_url` may have a path. `timeout` is httpx's: seconds for connecting, and for each part of a response.
    `memory_bytes` bounds the responses that are stored with their ETags, 0 stores none. `transport` is httpx's, for
    proxies, certificates and tests. `sleep` waits between attempts; with Trio, pass `trio.sleep`.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | httpx.Timeout = TIMEOUT_S,
        retries: Retries = RETRIES,
        memory_bytes: int = MEMORY_BYTES,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        operations = make_operations(base_url, timeout=timeout, retries=retries, memory_bytes=memory_bytes)
        fields = make_headers(api_key, headers)
        super().__init__(operations, httpx.AsyncClient(headers=fields, transport=transport), sleep)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    service = _awaiting(Operations.service)
    get = _awaiting(Operations.get)
    timeline = _awaiting(Operations.timeline)
    days = _iterating(Operations.days)
    day = _awaiting(Operations.day)
    calendar = _awaiting(Operations.calendar)
    articles = _iterating(Operations.articles)
    article = _awaiting(Operations.article)
    resolve = _awaiting(Operations.resolve)
    curated_list = _awaiting(Operations.curated_list)
    editions = _iterating(Operations.editions)
    sections = _iterating(Operations.sections)
    tags = _iterating(Operations.tags)
    authors = _iterating(Operations.authors)
    labels = _iterating(Operations.labels)

    export = _iterating(Operations.export)
    changes = _iterating(Operations.changes)
    follow = _iterating(Operations.follow)

    request = _awaiting(Operations.request)
    create_article = _awaiting(Operations.create_article)
    publish = _awaiting(Operations.publish)
    upsert_article = _awaiting(Operations.upsert_article)
    editorial_article = _awaiting(Operations.editorial_article)
    update_article = _awaiting(Operations.update_article)
    publish_article = _awaiting(Operations.publish_article)
    withdraw_article = _awaiting(Operations.withdraw_article)
    restore_article = _awaiting(Operations.restore_article)
