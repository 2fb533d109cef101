"""Rate limits for addresses and API keys: fixed windows, counted in this process, with bounded memory.

Imported only if a limit is set: its library takes a quarter of a second to load.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from starlette.types import Scope

from app import clock
from app.api.auth.scopes import AuthResult
from app.domain.instant import SECOND_US
from app.errors import RateLimitedError
from app.net.client_address import Network, client_address, rate_limit_bucket

MAX_TRACKED_CLIENTS = 100_000
"""Maximum number of tracked clients; beyond it the oldest window is dropped."""


class FixedWindowStorage(Storage):
    """Counters of one limit, whose windows have equal length and thus end in the order in which they began."""

    STORAGE_SCHEME = None
    base_exceptions = ValueError

    def __init__(self) -> None:
        super().__init__()
        self._windows: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count one request, in a new window if none is open; return the count."""
        now = _seconds()
        self._discard(now)
        known = self._windows.get(key)
        if known is None and len(self._windows) >= MAX_TRACKED_CLIENTS:
            self._windows.popitem(last=False)
        count, ends_at = known or (0, now + expiry)
        self._windows[key] = count + amount, ends_at
        return count + amount

    def get(self, key: str) -> int:
        """Return the count of the open window."""
        count, ends_at = self._windows.get(key, (0, 0.0))
        return count if ends_at > _seconds() else 0

    def get_expiry(self, key: str) -> float:
        """Return the end of the open window, in seconds since 1970; now if none is open."""
        now = _seconds()
        return max(self._windows.get(key, (0, now))[1], now)

    def check(self) -> bool:
        """Return True: memory is always available."""
        return True

    def reset(self) -> int | None:
        """Remove all counters; return their number."""
        count = len(self._windows)
        self._windows.clear()
        return count

    def clear(self, key: str) -> None:
        """Remove one counter."""
        self._windows.pop(key, None)

    def _discard(self, now: float) -> None:
        while self._windows and next(iter(self._windows.values()))[1] <= now:
            self._windows.popitem(last=False)


@dataclass(frozen=True, slots=True)
class RateLimitResult:
    """Result of counting a request; `reset_after` is in seconds, rounded up."""

    name: str
    limit: int
    window: int
    remaining: int
    reset_after: int
    exceeded: bool

    def headers(self) -> dict[str, str]:
        """Return the fields for the client, as structured fields (draft-ietf-httpapi-ratelimit-headers)."""
        return {
            "ratelimit": f'"{self.name}";r={self.remaining};t={self.reset_after}',
            "ratelimit-policy": f'"{self.name}";q={self.limit};w={self.window}',
        }

    def to_error(self) -> RateLimitedError:
        """Return the error for a request beyond the limit."""
        return RateLimitedError(
            f"The limit of {self.limit} requests in {self.window} seconds is exceeded; "
            f"retry in {self.reset_after} seconds.",
            retry_after=self.reset_after,
        )


class _Policy:
    """One limit, and the counters of the clients it applies to."""

    def __init__(self, name: str, rate: str) -> None:
        self._name = name
        self._item: RateLimitItem = parse(rate)
        self._limiter = FixedWindowRateLimiter(FixedWindowStorage())

    def hit(self, who: str) -> RateLimitResult:
        """Count a request."""
        is_within = self._limiter.hit(self._item, who)
        ends_at, remaining = self._limiter.get_window_stats(self._item, who)
        return RateLimitResult(
            name=self._name,
            limit=self._item.amount,
            window=self._item.get_expiry(),
            remaining=remaining,
            reset_after=max(1, ceil(ends_at - _seconds())),
            exceeded=not is_within,
        )


class RateLimiter:
    """Both limits: that of keys for valid API keys, that of addresses for all other requests."""

    def __init__(self, *, address: str | None, key: str | None, trusted: Sequence[Network]) -> None:
        self._address = None if address is None else _Policy("address", address)
        self._key = None if key is None else _Policy("key", key)
        self._trusted = trusted

    def hit(self, caller: AuthResult, scope: Scope) -> RateLimitResult | None:
        """Count a request; None if no limit applies to it."""
        if caller.principal is not None:
            return None if self._key is None else self._key.hit(str(caller.principal.key_id))
        return None if self._address is None else self._address.hit(self._site(scope))

    def _site(self, scope: Scope) -> str:
        client = scope.get("client")
        return rate_limit_bucket(
            client_address(
                None if client is None else client[0],
                forwarded=_whole(scope, b"forwarded"),
                x_forwarded_for=_whole(scope, b"x-forwarded-for"),
                trusted=self._trusted,
            )
        )


def _whole(scope: Scope, name: bytes) -> str:
    return ",".join(value.decode("latin-1") for header, value in scope["headers"] if header == name)


def _seconds() -> float:
    return clock.now() / SECOND_US
