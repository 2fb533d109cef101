"""HTTP transport to receivers: connections to addresses that the guard allowed; only the response's head is used.

httpx does not allow a resolver of one's own, so this is a transport over httpcore's pool, which httpx uses as well. The
alternative, an address in place of the name in the URL, shares connections between names at one address: a request for
one would be sent under the certificate of the other. Here a connection belongs to scheme, name and port, its
certificate is checked for the name, and a persistent one leads to the address that was checked.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any

import httpcore
import httpx

from app.webhooks.ssrf_guard import SsrfGuard

MAX_ADDRESSES = 4  # addresses tried for one name
MAX_IDLE = 64  # idle connections
IDLE_S = 4.0  # many servers close idle connections after five seconds, possibly under the next request
MAX_BODY_OCTETS = 16_384
BODY_S = 1.0
PRE_SEND_CHECK = "is_meant"
"""Extension of a request with a callable that decides, once a connection is open, whether to send it at all."""

PreSendCheck = Callable[[], Awaitable[bool]]


class SupersededError(Exception):
    """The caller no longer wants the request sent, and nothing of it was."""


class GuardedTransport(httpx.AsyncBaseTransport):
    """Transport over HTTP/1.1 for one scheme: https, or http without `trust`. No proxies, redirects, cookies."""

    def __init__(self, guard: SsrfGuard, *, trust: ssl.SSLContext | None, deadline_s: float, connect_s: float) -> None:
        self._deadline_s = deadline_s
        self._connect_s = connect_s
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust,
            max_connections=None,  # the caller limits concurrency: waiting in a queue is not a failure
            max_keepalive_connections=MAX_IDLE,
            keepalive_expiry=IDLE_S,
            network_backend=_GuardedConnections(guard, is_plain=trust is None),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return status and headers of the response, without its body.

        TimeoutError if the response's head is incomplete at the deadline, however slowly it arrives; otherwise errors
        of httpcore, the resolver (OSError), the guard (InvalidValueError) and `pre_send_check` (SupersededError). A
        body that is endless or missing does not alter the result.
        """
        url = request.url
        message = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions={
                "timeout": {"connect": self._connect_s},
                **_trace_extension(request.extensions.get(PRE_SEND_CHECK)),
            },
        )
        async with asyncio.timeout(self._deadline_s):
            response = await self._pool.handle_async_request(message)
        await _drain_response(response)
        return httpx.Response(response.status, headers=response.headers, request=request)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


def _trace_extension(pre_send_check: PreSendCheck | None) -> dict[str, Any]:
    """Return the extension that calls `pre_send_check` before the first byte is sent on a connection."""
    if pre_send_check is None:
        return {}

    async def trace(event: str, _details: dict[str, Any]) -> None:
        if event == "http11.send_request_headers.started" and not await pre_send_check():
            raise SupersededError

    return {"trace": trace}


async def _drain_response(response: httpcore.Response) -> None:
    """Read a short body, so that the connection can be reused; close it if the body is long or slow."""
    octets = 0
    with suppress(Exception):
        try:
            async with asyncio.timeout(BODY_S):
                async for chunk in response.aiter_stream():
                    octets += len(chunk)
                    if octets > MAX_BODY_OCTETS:
                        break
        finally:
            await response.aclose()


class _GuardedConnections(httpcore.AsyncNetworkBackend):
    """Network backend that connects to the addresses the guard returns for a name, and to no other."""

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
        """Connect to the first address that accepts; all of them share the time."""
        loop = asyncio.get_running_loop()
        ends_at = None if timeout is None else loop.time() + timeout
        try:
            async with asyncio.timeout_at(ends_at):
                addresses = await self._guard.resolve(host, port, is_plain=self._is_plain)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error
        remaining = addresses[:MAX_ADDRESSES]
        while True:
            address = remaining.pop(0)
            share = None if ends_at is None else max(0.0, ends_at - loop.time()) / (len(remaining) + 1)
            try:
                stream = await self._network.connect_tcp(str(address), port, share, local_address, socket_options)
                return _Connection(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not remaining:
                    raise


class _Connection(httpcore.AsyncNetworkStream):
    """Connection that is also closed when its TLS handshake is cancelled, which httpcore does not guarantee."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self.read = stream.read  # type: ignore[method-assign]  # the stream's own methods
        self.write = stream.write  # type: ignore[method-assign]
        self.aclose = stream.aclose  # type: ignore[method-assign]
        self.get_extra_info = stream.get_extra_info  # type: ignore[method-assign]

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> httpcore.AsyncNetworkStream:
        """Encrypt the connection, and check its certificate for the name."""
        try:
            return await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except asyncio.CancelledError:
            await self._stream.aclose()
            raise
