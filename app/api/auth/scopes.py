"""Authentication and authorization: the API key of a request, its scopes, and the dependency that requires them."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.types import Scope

from app import clock
from app.api.auth.stream_tokens import get_stream_tokens
from app.api.dependencies import get_database, services_of
from app.api.http.route import Guard
from app.domain.api_key import TOKEN_PREFIX, ApiKeyScope, token_prefix, verify_token
from app.errors import ForbiddenError, UnauthenticatedError
from app.queries.keys import StoredKey, get_key_of_stream_token, get_stored_key

MISSING_KEY_MESSAGE = "Authentication required: send Authorization: Bearer dl_…"
INVALID_KEY_MESSAGE = "The API key is invalid: it is unknown, has expired or was revoked."
REPEATED_MESSAGE = "Authorization may be sent only once."
SCHEME_MESSAGE = "The authentication scheme must be Bearer: send Authorization: Bearer dl_…"
MISSING_SCHEME_MESSAGE = "Authorization has a key without its scheme: send Authorization: Bearer dl_…"
MALFORMED_MESSAGE = "Authorization has no complete API key: a key begins with dl_ and has 65 characters."
TWO_WAYS_MESSAGE = "Send either Authorization or a stream token, not both."
REPEATED_TOKEN_MESSAGE = "A stream token may be sent only once."  # noqa: S105 - a sentence
INVALID_TOKEN_MESSAGE = (
    "The stream token is invalid: it is damaged, has expired, or its API key was revoked. Create another one."  # noqa: S105 - a sentence
)

_SCHEME = "bearer"


@dataclass(frozen=True, slots=True)
class Principal:
    """API key of a request."""

    key_id: int
    prefix: str
    name: str
    scopes: frozenset[str]
    editions: frozenset[int] | None = None
    is_trusted: bool = False

    def may(self, scope: ApiKeyScope) -> bool:
        """Return whether the key has this scope."""
        return scope in self.scopes


@dataclass(frozen=True, slots=True)
class AuthResult:
    """Result of authentication: a valid key, or the reason why there is none (`invalid_credentials`: one was sent)."""

    principal: Principal | None
    invalid_credentials: bool = False
    reason: str = INVALID_KEY_MESSAGE


ANONYMOUS = AuthResult(None, reason=MISSING_KEY_MESSAGE)
INVALID = AuthResult(None, invalid_credentials=True)


class RequireScopes(Guard):
    """A dependency that admits API keys with any one of these scopes; the OpenAPI document names them."""

    def __init__(self, *scopes: ApiKeyScope) -> None:
        self.scopes = scopes

    async def check(self, request: Request) -> Principal:
        """Return the API key of the request; UnauthenticatedError, ForbiddenError."""
        return authorize(await authenticate(request.scope), *self.scopes)


def authorize(caller: AuthResult, *scopes: ApiKeyScope) -> Principal:
    """Return the key if it has one of these scopes; UnauthenticatedError, ForbiddenError."""
    principal = caller.principal
    if principal is None:
        raise UnauthenticatedError(caller.reason, is_refused=caller.invalid_credentials)
    if not any(principal.may(scope) for scope in scopes):
        raise ForbiddenError(*scopes)
    return principal


def get_principal(request: Request) -> Principal:
    """Return the API key of a request that `RequireScopes` admitted."""
    principal: Principal = request.state.principal
    return principal


async def authenticate(scope: Scope) -> AuthResult:
    """Authenticate a request, with one read of the database, so that every process rejects a revoked key immediately.

    A valid key is stored in the request's state as `principal`, and its use is recorded.
    """
    state: dict[str, Any] = scope.setdefault("state", {})
    known: AuthResult | None = state.get("caller")
    if known is None:
        known = state["caller"] = await _authenticate(scope)
        state["principal"] = known.principal
    return known


async def is_still_authorized(scope: Scope, *scopes: ApiKeyScope) -> bool:
    """Return whether the key of a long request is still valid; reads the database each time.

    A stream token may have expired meanwhile: it is for opening the stream.
    """
    caller = await _authenticate(scope, is_open=True)
    return caller.principal is not None and any(caller.principal.may(each) for each in scopes)


async def _authenticate(scope: Scope, *, is_open: bool = False) -> AuthResult:
    shown = [value for name, value in scope["headers"] if name == b"authorization"]
    tokens = get_stream_tokens(scope)
    if not shown:
        return await _authenticate_stream(scope, tokens, is_open=is_open) if tokens else ANONYMOUS
    if tokens or len(shown) > 1:
        return _refused(TWO_WAYS_MESSAGE if tokens else REPEATED_MESSAGE)
    scheme, _, token = shown[0].decode("latin-1").strip().partition(" ")
    if scheme.lower() != _SCHEME:
        return _refused(MISSING_SCHEME_MESSAGE if scheme.startswith(TOKEN_PREFIX) else SCHEME_MESSAGE)
    token = token.strip()
    prefix = token_prefix(token)
    if prefix is None:
        return _refused(MALFORMED_MESSAGE)
    request, now = Request(scope), clock.now()
    stored = await get_database(request).read(get_stored_key, prefix)
    if not verify_token(token, None if stored is None else stored.state, now=now) or stored is None:
        return INVALID
    services_of(request).last_used.note(stored.id, now)
    return AuthResult(_principal(stored))


async def _authenticate_stream(scope: Scope, tokens: list[str], *, is_open: bool) -> AuthResult:
    """Return the key of the stream token; the stream is all that it grants, whatever else the key may do."""
    request, now = Request(scope), clock.now()
    if len(tokens) > 1:
        return _refused(REPEATED_TOKEN_MESSAGE)
    read = get_database(request).read
    stored = await read(get_key_of_stream_token, tokens[0], now=None if is_open else now)
    if stored is None or not stored.state.is_valid_at(now):
        return _refused(INVALID_TOKEN_MESSAGE)
    services_of(request).last_used.note(stored.id, now)
    return AuthResult(_principal(stored))


def _principal(stored: StoredKey) -> Principal:
    return Principal(stored.id, stored.prefix, stored.name, stored.scopes, stored.editions, stored.is_trusted)


def _refused(reason: str) -> AuthResult:
    """Return the result for a field that holds no key; the value itself is not repeated."""
    return AuthResult(None, invalid_credentials=True, reason=reason)
