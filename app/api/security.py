"""Who asks: the key a request carries, what it may do, and the dependency that turns others away."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.types import Scope

from app import clock
from app.api.deps import database_of
from app.domain.api_key import KeyScope, is_good, prefix_of
from app.errors import Forbidden, Unauthenticated
from app.queries.keys import find_key

MISSING = "A key is needed here: Authorization: Bearer dl_…"
WRONG = "The key is not good: it was never given out, has expired or was revoked."

_SCHEME = "bearer"


@dataclass(frozen=True, slots=True)
class Principal:
    """The key behind a request."""

    key_id: int
    prefix: str
    name: str
    scopes: frozenset[str]

    @property
    def actor(self) -> str:
        """How the change log and revisions name it."""
        return f"key:{self.prefix}"

    def may(self, scope: KeyScope) -> bool:
        """Whether the key has this scope."""
        return scope in self.scopes


@dataclass(frozen=True, slots=True)
class Caller:
    """What a request showed: a good key, or none, or (`is_refused`) one that is not good."""

    principal: Principal | None
    is_refused: bool = False


NOBODY = Caller(None)
REFUSED = Caller(None, is_refused=True)


def authorized(*scopes: KeyScope) -> Callable[[Request], Awaitable[Principal]]:
    """A dependency that lets keys with any one of these scopes in; Unauthenticated, Forbidden."""

    async def authorize(request: Request) -> Principal:
        return permit(await identify(request.scope), *scopes)

    return authorize


def permit(caller: Caller, *scopes: KeyScope) -> Principal:
    """The key behind the caller when it has one of these scopes; Unauthenticated, Forbidden."""
    principal = caller.principal
    if principal is None:
        raise Unauthenticated(WRONG if caller.is_refused else MISSING, is_refused=caller.is_refused)
    if not any(principal.may(scope) for scope in scopes):
        raise Forbidden(*scopes)
    return principal


def principal_of(request: Request) -> Principal:
    """The key behind a request that `authorized` let in."""
    principal: Principal = request.state.principal
    return principal


async def identify(scope: Scope) -> Caller:
    """Who asks, read from the database once a request, so that a revoked key is refused by every process at once.

    A good key is left on the request's state as `principal`, and its use is noted.
    """
    state: dict[str, Any] = scope.setdefault("state", {})
    known: Caller | None = state.get("caller")
    if known is None:
        known = state["caller"] = await _look_up(scope)
        state["principal"] = known.principal
    return known


async def is_still_good(scope: Scope, *scopes: KeyScope) -> bool:
    """Whether the key of a request that goes on for long would be let in now; asked anew each time."""
    caller = await _look_up(scope)
    return caller.principal is not None and any(caller.principal.may(each) for each in scopes)


async def _look_up(scope: Scope) -> Caller:
    shown = [value for name, value in scope["headers"] if name == b"authorization"]
    if not shown:
        return NOBODY
    scheme, _, token = shown[0].decode("latin-1").strip().partition(" ")
    if len(shown) > 1 or scheme.lower() != _SCHEME:
        return REFUSED
    token = token.strip()
    prefix = prefix_of(token)
    if prefix is None:
        return REFUSED
    request, now = Request(scope), clock.now()
    stored = await database_of(request).read(find_key, prefix)
    if not is_good(token, None if stored is None else stored.state, now=now) or stored is None:
        return REFUSED
    request.app.state.key_uses.note(stored.id, now)
    return Caller(Principal(stored.id, prefix, stored.name, stored.scopes))
