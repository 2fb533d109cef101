"""Stream tokens: opening the stream with the rights of an API key, for a short time.

`EventSource` sends no Authorization, so that a browser names the token in the query, where logs of proxies show it.
"""

from typing import Final

from app.domain.instant import SECOND_US
from app.domain.signed_token import Grant, TokenSigner

TOKEN_LIFETIME_US: Final = 600 * SECOND_US

_SIGNER: Final = TokenSigner("stream")


def make_stream_token(secret: bytes, key_id: int, *, now: int) -> tuple[str, int]:
    """Return a token for the API key with this id, and the instant of its expiry."""
    expires_at = now + TOKEN_LIFETIME_US
    return _SIGNER.make_token(secret, Grant(key_id, expires_at)), expires_at


def read_stream_token(secret: bytes, token: str, *, now: int | None) -> int | None:
    """Return the id of the API key that a token is for; None if it is damaged, forged, or expired at `now`."""
    grant = _SIGNER.read_token(secret, token)
    if grant is None or (now is not None and grant.expires_at <= now):
        return None
    return grant.subject_id
