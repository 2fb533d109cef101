"""DNS resolution in which no caller waits for the name server of another."""

import asyncio
import socket
from contextlib import suppress
from threading import Thread


class DnsResolver:
    """Resolver by the system's getaddrinfo, each name in its own thread, and once for concurrent callers.

    The event loop's own resolver shares a few threads, and the operator of a name server can block one of them for
    half a minute: a few hostile names would block all. Here such a name blocks its own thread only, and the process
    ends without waiting for it.
    """

    def __init__(self) -> None:
        self._under_way: dict[tuple[str, int], asyncio.Future[list[str]]] = {}

    async def __call__(self, host: str, port: int) -> list[str]:
        """Return the addresses of a name in ASCII, in the system's order of preference; OSError without any."""
        name = (host, port)
        result = self._under_way.get(name)
        if result is None:
            loop = asyncio.get_running_loop()
            result = loop.create_future()
            Thread(
                target=_resolve_in_thread, args=(host, port, loop, result), name=f"lookup-{host}", daemon=True
            ).start()
            self._under_way[name] = result
            result.add_done_callback(lambda done: self._discard(name, done))
        return await asyncio.shield(result)  # other callers may wait for it too

    def _discard(self, name: tuple[str, int], done: "asyncio.Future[list[str]]") -> None:
        self._under_way.pop(name, None)
        done.exception()  # retrieved, so that asyncio does not report it


def _resolve_in_thread(
    host: str, port: int, loop: asyncio.AbstractEventLoop, result: "asyncio.Future[list[str]]"
) -> None:
    addresses: list[str] = []
    error: Exception | None = None
    try:
        rows = socket.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(row[4][0]) for row in rows))
    except Exception as failure:  # noqa: BLE001 - raised in the caller, whatever it is
        error = failure
    with suppress(RuntimeError):  # the loop may have ended
        loop.call_soon_threadsafe(_set_result, result, addresses, error)


def _set_result(result: "asyncio.Future[list[str]]", addresses: list[str], error: Exception | None) -> None:
    if result.done():
        return
    if error is None:
        result.set_result(addresses)
    else:
        result.set_exception(error)
