"""Connections of asyncpg that end when their peer is gone. Slow to load: imported for PostgreSQL only."""

import asyncio
import contextlib
import socket
from typing import Any

import asyncpg

KEEPALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 3, "TCP_KEEPCNT": 3}  # seconds, seconds, probes
UNACKNOWLEDGED_MS = 10_000
CLOSED_WITHIN_S = 1.0
SEVERAL_HOSTS = 1.5  # times the limit of one host, for all of them together

CLIENT_CHECK = (
    "SELECT set_config('client_connection_check_interval', '2s', false)"
    " WHERE current_setting('client_connection_check_interval', true) IS NOT NULL"
)
"""Setting that lets the server (14 or later) end a statement whose client has closed the connection.

A server whose operating system does not report closed connections (Windows) refuses any value but zero.
"""


class Driver(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """A connection whose socket notices a dead peer, and which closes without waiting for the server."""

    def __init__(self, protocol: Any, transport: Any, *args: Any, **options: Any) -> None:
        super().__init__(protocol, transport, *args, **options)
        set_keepalive(transport.get_extra_info("socket"))

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - asyncpg's signature
        """Close; abort where a timeout is given, as SQLAlchemy does with a connection that it invalidates.

        asyncpg would first have the server cancel the current statement, which a frozen server never confirms.
        """
        if timeout is not None:
            self.terminate()
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await super().close(timeout=CLOSED_WITHIN_S)


def set_keepalive(connected: Any) -> None:
    """Set the kernel's limits: a TCP connection whose peer acknowledges nothing for ten seconds is closed."""
    if connected is None or connected.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in {**KEEPALIVE, "TCP_USER_TIMEOUT": UNACKNOWLEDGED_MS}.items():
        option = getattr(socket, name, None)  # not on every platform
        if option is not None:
            connected.setsockopt(socket.IPPROTO_TCP, option, value)


async def open_driver(*args: Any, connect_s: float, session: str = "", **options: Any) -> Driver:
    """Connect within `connect_s` and apply the session's settings; errors of the driver, TimeoutError.

    Several hosts are tried in turn, each with its share of one and a half times as long: one that drops packets must
    not use up the time of the others.
    """
    hosts, ports = options.get("host"), options.get("port")
    if not isinstance(hosts, list) or not isinstance(ports, list):
        return await _connect(*args, within_s=connect_s, session=session, **options)
    share_s = connect_s * SEVERAL_HOSTS / len(hosts)
    failure: Exception = OSError("no host is named")
    for host, port in zip(hosts, ports, strict=True):
        try:
            return await _connect(*args, within_s=share_s, session=session, **{**options, "host": host, "port": port})
        except (OSError, asyncpg.PostgresError, asyncpg.InternalClientError) as error:
            failure = error
    raise failure


async def _connect(*args: Any, within_s: float, session: str, **options: Any) -> Driver:
    """Connect to one host. Settings are sent as a statement: poolers refuse unknown startup parameters."""
    try:
        async with asyncio.timeout(within_s):
            driver: Driver = await asyncpg.connect(*args, connection_class=Driver, **options)
            try:
                await _prepare(driver, session)
            except BaseException:
                driver.terminate()
                raise
    except TimeoutError:
        raise TimeoutError(f"no connection was made within {within_s:g} s") from None
    return driver


async def _prepare(driver: Driver, session: str) -> None:
    """Apply the session's settings, and the check of the client where the server supports it, in one round trip."""
    try:
        await driver.execute("; ".join(each for each in (session, CLIENT_CHECK) if each))
    except asyncpg.InvalidParameterValueError:
        if session:
            await driver.execute(session)
