"""Synchronous client: performs the effects of operations with blocking calls."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec, Self, TypeVar

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


class _BlockingSession:
    """Effects of one flow, and the response that it reads by parts."""

    def __init__(self, http: httpx.Client, sleep: Callable[[float], object]) -> None:
        self._http = http
        self._sleep = sleep
        self._response: httpx.Response | None = None
        self._parts: Iterator[bytes] = iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def perform(self, effect: Effect) -> httpx.Response | bytes | httpx.RequestError | None:
        """Return the outcome of an effect."""
        try:
            match effect:
                case Send():
                    return self._send(effect)
                case Read():
                    return next(self._parts, None)
                case Pause():
                    self._sleep(effect.seconds)
        except httpx.RequestError as error:
            return error
        return None

    def _send(self, effect: Send) -> httpx.Response:
        self._close()
        call = effect.call
        request = self._http.build_request(
            call.method, call.url, headers=call.headers, content=call.content, timeout=call.timeout
        )
        response = self._http.send(request, stream=call.is_streamed)
        if call.is_streamed:
            self._response, self._parts = response, response.iter_bytes()
            if not response.is_success:
                response.read()
        return response

    def _close(self) -> None:
        if self._response is not None:
            self._response.close()


class _BlockingRunner:
    """Runs flows."""

    def __init__(self, operations: Operations, http: httpx.Client, sleep: Callable[[float], object]) -> None:
        self._operations = operations
        self._http = http
        self._sleep = sleep

    def _run(self, flow: Flow[T]) -> T:
        with _BlockingSession(self._http, self._sleep) as session:
            step = advance(flow, None)
            while not isinstance(step, Result):
                step = advance(flow, session.perform(step))
            value: T = step.value
            return value

    def _iterate(self, flow: ItemFlow[T]) -> Generator[T, None, None]:
        with _BlockingSession(self._http, self._sleep) as session:
            step = advance(flow, None)
            while not isinstance(step, Result):
                if isinstance(step, Emit):
                    yield step.item
                    step = advance(flow, None)
                else:
                    step = advance(flow, session.perform(step))


def _returning(
    operation: Callable[Concatenate[Operations, P], Flow[T]],
) -> Callable[Concatenate[_BlockingRunner, P], T]:
    """Make a method that returns what the operation returns."""

    @wraps(operation)
    def method(self: _BlockingRunner, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._run(operation(self._operations, *args, **kwargs))

    return annotate(method, operation, result_type(operation))


def _iterating(
    operation: Callable[Concatenate[Operations, P], ItemFlow[T]],
) -> Callable[Concatenate[_BlockingRunner, P], Generator[T, None, None]]:
    """Make a method that iterates over the items of the operation."""

    @wraps(operation)
    def method(self: _BlockingRunner, /, *args: P.args, **kwargs: P.kwargs) -> Generator[T, None, None]:
        return self._iterate(operation(self._operations, *args, **kwargs))

    return annotate(method, operation, Iterator[result_type(operation)])  # type: ignore[misc]


class Dayline(_BlockingRunner):
    """Client of one installation; threads may share it.

    `base_url` may have a path. `timeout` is httpx's: seconds for connecting, and for each part of a response.
    `memory_bytes` bounds the responses that are stored with their ETags, 0 stores none. `transport` is httpx's, for
    proxies, certificates and tests. `sleep` waits between attempts.
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
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        operations = make_operations(base_url, timeout=timeout, retries=retries, memory_bytes=memory_bytes)
        fields = make_headers(api_key, headers)
        super().__init__(operations, httpx.Client(headers=fields, transport=transport), sleep)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    service = _returning(Operations.service)
    get = _returning(Operations.get)
    timeline = _returning(Operations.timeline)
    days = _iterating(Operations.days)
    day = _returning(Operations.day)
    calendar = _returning(Operations.calendar)
    articles = _iterating(Operations.articles)
    article = _returning(Operations.article)
    resolve = _returning(Operations.resolve)
    curated_list = _returning(Operations.curated_list)
    editions = _iterating(Operations.editions)
    sections = _iterating(Operations.sections)
    tags = _iterating(Operations.tags)
    authors = _iterating(Operations.authors)
    labels = _iterating(Operations.labels)

    export = _iterating(Operations.export)
    changes = _iterating(Operations.changes)
    follow = _iterating(Operations.follow)

    request = _returning(Operations.request)
    create_article = _returning(Operations.create_article)
    publish = _returning(Operations.publish)
    upsert_article = _returning(Operations.upsert_article)
    editorial_article = _returning(Operations.editorial_article)
    update_article = _returning(Operations.update_article)
    publish_article = _returning(Operations.publish_article)
    withdraw_article = _returning(Operations.withdraw_article)
    restore_article = _returning(Operations.restore_article)
