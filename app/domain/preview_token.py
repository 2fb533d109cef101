"""Preview tokens: reading one article until an expiry."""

from typing import Final, NamedTuple

from app.domain.signed_token import Grant, TokenSigner
from app.errors import NotFoundError, PreviewExpiredError

_SIGNER: Final = TokenSigner("preview")


class Preview(NamedTuple):
    """Grant of a token: reading one article until an instant."""

    article_id: int
    expires_at: int


def make_token(secret: bytes, preview: Preview) -> str:
    """Return the token of a preview, 66 characters that need no escape in a URL."""
    return _SIGNER.make_token(secret, Grant(*preview))


def read_token(secret: bytes, token: str, *, now: int) -> Preview:
    """Verify a token at `now`; NotFoundError if it is damaged or forged, PreviewExpiredError after its expiry."""
    grant = _SIGNER.read_token(secret, token)
    if grant is None:
        raise NotFoundError("There is no such preview.")
    if grant.expires_at <= now:
        raise PreviewExpiredError
    return Preview(*grant)
