"""How a request reaches a receiver: to an address that the guard allowed, and only the head of the answer matters.

httpx has no place for one's own look-up, so this is a transport of its own over the pool that httpx stands on. The
alternative, an address instead of the name in the URL, shares connections between names at one address: what is meant
for one would travel under the certificate of the other. Here a connection belongs to scheme, name and port, the name is
what the certificate is checked for, and one that is kept open leads where it led when it was judged.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any

import httpcore
import httpx

from app.webhooks.ssrf_guard import SsrfGuard

MAX_ADDRESSES = 4  # that are tried of one name
MAX_IDLE = 64  # connections kept open
IDLE_S = 4.0  # for so long: many servers close theirs after five seconds, perhaps under the next request
MAX_BODY_OCTETS = 16_384
BODY_S = 1.0
PRE_SEND_CHECK = "is_meant"
"""The extension of a request that is asked, once there is a connection, whether it is to be sent at all."""

PreSendCheck = Callable[[], Awaitable[bool]]


class SupersededError(Exception):
    """Whoever made the request does not want it sent any more, and nothing of it was."""


class GuardedTransport(httpx.AsyncBaseTransport):
    """HTTP/1.1 to receivers of one scheme: https, or http without `trust`. No proxies, redirects, cookies."""

    def __init__(self, guard: SsrfGuard, *, trust: ssl.SSLContext | None, deadline_s: float, connect_s: float) -> None:
        self._deadline_s = deadline_s
        self._connect_s = connect_s
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust,
            max_connections=None,  # whoever sends bounds how many at once: a place in a queue is no failure
            max_keepalive_connections=MAX_IDLE,
            keepalive_expiry=IDLE_S,
            network_backend=_GuardedConnections(guard, is_plain=trust is None),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Status and headers of the answer, without its body.

        TimeoutError when the head of the answer is not complete by the deadline, however lively it trickles; else
        what httpcore, the look-up (OSError), the guard (InvalidValueError) and its `is_meant` (SupersededError) raise.
        What follows the head, a body without end or none that was announced, does not alter what was answered.
        """
        url = request.url
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions={"timeout": {"connect": self._connect_s}, **_asking(request.extensions.get(PRE_SEND_CHECK))},
        )
        async with asyncio.timeout(self._deadline_s):
            answer = await self._pool.handle_async_request(asked)
        await _drain_response(answer)
        return httpx.Response(answer.status, headers=answer.headers, request=request)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


def _asking(is_meant: PreSendCheck | None) -> dict[str, Any]:
    """What has httpcore ask before the first octet goes out over a connection, which may have taken seconds to make."""
    if is_meant is None:
        return {}

    async def trace(event: str, _told: dict[str, Any]) -> None:
        if event == "http11.send_request_headers.started" and not await is_meant():
            raise SupersededError

    return {"trace": trace}


async def _drain_response(answer: httpcore.Response) -> None:
    """Read a short body, so that its connection can be used again; from a long or slow one hang up."""
    octets = 0
    with suppress(Exception):
        try:
            async with asyncio.timeout(BODY_S):
                async for chunk in answer.aiter_stream():
                    octets += len(chunk)
                    if octets > MAX_BODY_OCTETS:
                        break
        finally:
            await answer.aclose()


class _GuardedConnections(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that the guard gives for a name, one after the other, and to nothing else."""

    def __init__(self, guard: SsrfGuard, *, is_plain: bool) -> None:
        self._guard = guard
        self._is_plain = is_plain
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address that takes one; all of them share the time."""
        loop = asyncio.get_running_loop()
        ends_at = None if timeout is None else loop.time() + timeout
        try:
            async with asyncio.timeout_at(ends_at):
                addresses = await self._guard.resolve(host, port, is_plain=self._is_plain)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error
        untried = addresses[:MAX_ADDRESSES]
        while True:
            address = untried.pop(0)
            share = None if ends_at is None else max(0.0, ends_at - loop.time()) / (len(untried) + 1)
            try:
                stream = await self._network.connect_tcp(str(address), port, share, local_address, socket_options)
                return _Connection(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not untried:
                    raise


class _Connection(httpcore.AsyncNetworkStream):
    """A connection that is closed too when its TLS handshake is cancelled: httpcore would leave that to chance."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self.read = stream.read  # type: ignore[method-assign]  # these are the stream's own, untouched
        self.write = stream.write  # type: ignore[method-assign]
        self.aclose = stream.aclose  # type: ignore[method-assign]
        self.get_extra_info = stream.get_extra_info  # type: ignore[method-assign]

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> httpcore.AsyncNetworkStream:
        """The same connection, encrypted, its certificate checked for the name."""
        try:
            return await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except asyncio.CancelledError:
            await self._stream.aclose()
            raise
