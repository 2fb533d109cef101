"""Open connections of one process: time limits for slow clients, and bounds on partly read requests."""

import asyncio
import fcntl
import logging
import resource
import struct
import termios
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import nsmallest
from typing import Protocol, runtime_checkable

from app.net.client_address import Network, parse_address, rate_limit_bucket
from app.net.cross_origin import CrossOriginPolicy
from app.server.request_head import HeadLimits

log = logging.getLogger(__name__)

STATE_KEY = "connection_monitor"
"""Key of the application's ConnectionMonitor in the state of its lifespan."""
SWEEP_INTERVAL_S = 1.0
RESERVED_FILES = 128  # descriptors for databases, webhooks and listening sockets
MIN_CONNECTIONS = 16
EVICTED_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Limits of one client; docs/limits.md lists the defaults."""

    head: HeadLimits = field(default_factory=HeadLimits)
    head_timeout_s: float = 10.0
    body_timeout_s: float = 30.0  # a body that takes longer must arrive at `min_bytes_per_s`
    write_timeout_s: float = 60.0  # likewise a response that the client reads
    min_bytes_per_s: int = 1_024
    linger_s: float = 2.0  # how long input is discarded after an error, so that the client can read the response
    max_discarded_body_bytes: int = 1_048_576  # of a body that arrives after its response
    max_requests_per_turn: int = 16  # pipelined requests of one connection before others are served
    max_partial_per_address: int = 100  # beyond the grace, which bursts of new connections need to be read at all
    partial_grace_s: float = 1.0
    max_partial: int = 4_000


@runtime_checkable
class Connection(Protocol):
    """A connection as the monitor sees it."""

    @property
    def peer_host(self) -> str | None:
        """Return the address of the client."""

    @property
    def partial_since(self) -> float:
        """The time at which the head or body that is being read began, by the loop's clock."""

    @property
    def idle_until(self) -> float | None:
        """The time at which keep-alive ends, by the loop's clock; None while a request or response is under way."""

    def check_reading(self, now: float) -> None:
        """Close the connection where a request arrives too slowly."""

    def check_writing(self, now: float) -> None:
        """Close the connection where the client reads a response too slowly."""

    def evict(self) -> None:
        """Close the connection and remove it from the registry, in favour of others."""


class ConnectionMonitor:
    """Registry of connections with a partly read request or an unread response; one sweep per second checks them.

    A connection counts as partial from its first moment until a request has been read completely. The bound per
    address (IPv6: /64) closes the oldest one of that address, so that a client that sends at once is never locked
    out. Trusted proxies forward many clients and are only bound by the total.
    """

    def __init__(
        self,
        limits: ConnectionLimits | None = None,
        *,
        trusted_proxies: Sequence[Network] = (),
        base_path: str = "",
        cross_origin: CrossOriginPolicy | None = None,
    ) -> None:
        self.limits = limits or ConnectionLimits()
        self.base_path = base_path  # of the links in refusals
        self.cross_origin = cross_origin  # of their CORS fields
        self.refused: Counter[str] = Counter()  # since the last sweep
        self._reported: Counter[str] = Counter()
        self.max_open = max_connections()
        self._trusted = tuple(trusted_proxies)
        self._partial: dict[Connection, str | None] = {}  # in the order of registration
        self._by_address: dict[str, dict[Connection, None]] = {}
        self._unread: set[Connection] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._address_key = lru_cache(maxsize=4_096)(self._find_address_key)

    def refused_total(self) -> Counter[str]:
        """Return how many requests of this process were refused before the application, by code."""
        return self._reported + self.refused

    def add_partial(self, connection: Connection) -> None:
        """Register a connection that waits for the rest of a request."""
        host = connection.peer_host
        key = None if host is None else self._address_key(host)
        self._partial[connection] = key
        if key is not None:
            same = self._by_address.setdefault(key, {})
            same[connection] = None
            if len(same) > self.limits.max_partial_per_address:
                self._evict(same)
        if len(self._partial) > self.limits.max_partial:
            next(iter(self._partial)).evict()
        self._start()

    def remove_partial(self, connection: Connection) -> None:
        """Remove a connection whose request has been read."""
        key = self._partial.pop(connection, None)
        if key is not None:
            same = self._by_address[key]
            del same[connection]
            if not same:
                del self._by_address[key]

    def add_unread(self, connection: Connection) -> None:
        """Register a connection whose client has not read what was sent."""
        self._unread.add(connection)
        self._start()

    def remove_unread(self, connection: Connection) -> None:
        """Remove a connection whose client reads."""
        self._unread.discard(connection)

    def evict_connections(self, connections: Collection[object]) -> bool:
        """Close connections where as many are open as descriptors allow: partial ones first, then idle ones.

        Return False where every connection is serving a request.
        """
        evicted = list(self._partial)[:EVICTED_AT_ONCE]
        if not evicted:
            known = [(each.idle_until, each) for each in connections if isinstance(each, Connection)]
            idle = [(until, each) for until, each in known if until is not None]
            evicted = [each for _, each in nsmallest(EVICTED_AT_ONCE, idle, key=lambda found: found[0])]
        for each in evicted:
            each.evict()
        return bool(evicted)

    def _evict(self, same: dict[Connection, None]) -> None:
        """Close the oldest connections of an address beyond its bound, but none within the grace."""
        young = asyncio.get_running_loop().time() - self.limits.partial_grace_s
        while len(same) > self.limits.max_partial_per_address:
            oldest = next(iter(same))
            if oldest.partial_since > young:
                break
            oldest.evict()

    def _start(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SWEEP_INTERVAL_S, self._sweep)

    def _sweep(self) -> None:
        """Check every registered connection, and report refusals in one line."""
        self._timer = None
        now = asyncio.get_running_loop().time()
        for connection in list(self._partial):
            connection.check_reading(now)
        for same in list(self._by_address.values()):
            if len(same) > self.limits.max_partial_per_address:
                self._evict(same)
        for connection in list(self._unread):
            connection.check_writing(now)
        if self.refused:
            counts = ", ".join(f"{count} {code}" for code, count in sorted(self.refused.items()))
            self._reported += self.refused
            self.refused.clear()
            log.warning("Refused requests before the application: %s", counts)
        if self._partial or self._unread:
            self._start()

    def _find_address_key(self, host: str) -> str | None:
        """Return the key by which a client's connections are counted; None for trusted proxies."""
        address = parse_address(host)
        if address is not None and any(address in network for network in self._trusted):
            return None
        return rate_limit_bucket(address)


def max_connections() -> int:
    """Return how many connections the limit of open files leaves room for."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return 1 << 30
    return max(MIN_CONNECTIONS, soft - min(RESERVED_FILES, soft // 4))


def unsent_bytes(transport: asyncio.Transport) -> int:
    """Return the number of written bytes that the client has not acknowledged, as far as the system reports it."""
    waiting = transport.get_write_buffer_size()
    connection = transport.get_extra_info("socket")
    if connection is None:
        return waiting
    try:
        response = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, b"\0\0\0\0")
    except OSError:
        return waiting
    queued: int = struct.unpack("i", response)[0]
    return waiting + queued
